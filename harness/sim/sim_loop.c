/*
 * sim_loop.c - see sim_loop.h.  Timers and posts are events on the clock; a timer keeps room
 * for its own there, because setting one may not fail.
 */
#include "sim_loop.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>

#include "list.h"
#include "loop_ops.h"
#include "mem.h"

struct sim_loop {
	struct loop base; /* first */
	struct sim_clock *clock;
	struct list notes; /* on their way */
	unsigned timers;   /* not closed yet */
	atomic_bool stop;  /* a signal handler may set it */
};

struct sim_timer {
	struct loop_timer base; /* first */
	struct sim_loop *loop;
	struct sim_event event;
	loop_fn *fn;
	void *arg;
	uint64_t every_us; /* 0: once */
};

struct sim_note { /* one loop_post() */
	struct list link;
	struct sim_event event;
	loop_fn *fn;
	void *arg;
};

static struct sim_loop *
sim_loop_of(struct loop *loop)
{
	return (struct sim_loop *)(void *)loop;
}

static struct sim_timer *
sim_timer_of(struct loop_timer *timer)
{
	return (struct sim_timer *)(void *)timer;
}

/* ---- running ---- */

/* As on a real loop: stopped in an event, stopped beforehand, or out of things to wait for. */
static void
sim_loop_run(struct loop *base)
{
	struct sim_loop *loop = sim_loop_of(base);

	while (!atomic_load(&loop->stop))
		if (!sim_clock_step(loop->clock, UINT64_MAX))
			break;
	atomic_store(&loop->stop, false);
}

static void
sim_loop_stop(struct loop *base)
{
	atomic_store(&sim_loop_of(base)->stop, true);
}

static uint64_t
sim_loop_now_us(struct loop *base)
{
	return sim_clock_us(sim_loop_of(base)->clock);
}

/* Nothing takes any time here. */
static double
sim_loop_lag_p99_ms(struct loop *base)
{
	(void)base;
	return 0;
}

/* ---- posts ---- */

static void
sim_note_free(struct sim_note *note)
{
	list_remove(&note->link);
	mem_free(note);
}

static void
sim_note_on_turn(void *arg)
{
	struct sim_note *note = arg;
	loop_fn *fn = note->fn;
	void *for_fn = note->arg;

	/* Gone before it is called: that may well free the loop's owner. */
	sim_note_free(note);
	fn(for_fn);
}

static int
sim_loop_post(struct loop *base, loop_fn *fn, void *arg)
{
	struct sim_loop *loop = sim_loop_of(base);
	struct sim_note *note = mem_new(sizeof *note);

	if (note == NULL)
		return -ENOMEM;
	*note = (struct sim_note){
		.event = { .fn = sim_note_on_turn, .arg = note },
		.fn = fn,
		.arg = arg,
	};
	if (sim_clock_set(loop->clock, &note->event, 0) != 0) {
		mem_free(note);
		return -ENOMEM;
	}
	list_add_tail(&loop->notes, &note->link);
	return 0;
}

/* ---- timers ---- */

/* Set again before it is called, which may stop or close it. */
static void
sim_timer_on_ring(void *arg)
{
	struct sim_timer *timer = arg;

	if (timer->every_us != 0)
		(void)sim_clock_set(timer->loop->clock, &timer->event, timer->every_us);
	timer->fn(timer->arg);
}

static int
sim_timer_new(struct loop *base, loop_fn *fn, void *arg, struct loop_timer **out)
{
	struct sim_loop *loop = sim_loop_of(base);
	struct sim_timer *timer = mem_new(sizeof *timer);

	if (timer == NULL)
		return -ENOMEM;
	*timer = (struct sim_timer){
		.base = { base->ops },
		.loop = loop,
		.event = { .fn = sim_timer_on_ring, .arg = timer },
		.fn = fn,
		.arg = arg,
	};
	if (sim_clock_hold(loop->clock, &timer->event) != 0) {
		mem_free(timer);
		return -ENOMEM;
	}
	loop->timers++;
	*out = &timer->base;
	return 0;
}

/* The room for it is held, so that this cannot fail. */
static void
sim_timer_set(struct loop_timer *base, uint64_t after_us, uint64_t every_us)
{
	struct sim_timer *timer = sim_timer_of(base);
	int err = sim_clock_set(timer->loop->clock, &timer->event, after_us);

	assert(err == 0);
	(void)err;
	timer->every_us = every_us;
}

static void
sim_timer_stop(struct loop_timer *base)
{
	struct sim_timer *timer = sim_timer_of(base);

	sim_clock_unset(timer->loop->clock, &timer->event);
}

static void
sim_timer_close(struct loop_timer *base)
{
	struct sim_timer *timer = sim_timer_of(base);

	sim_clock_let(timer->loop->clock, &timer->event);
	timer->loop->timers--;
	mem_free(timer);
}

/* ---- made and freed ---- */

static void
sim_loop_free(struct loop *base)
{
	struct sim_loop *loop = sim_loop_of(base);

	assert(loop->timers == 0); /* else something is still open on this loop */
	/* Posted too late to be called. */
	while (!list_empty(&loop->notes)) {
		struct sim_note *note = LIST_ITEM(loop->notes.next, struct sim_note, link);

		sim_clock_unset(loop->clock, &note->event);
		sim_note_free(note);
	}
	mem_free(loop);
}

int
sim_loop_new(struct sim_clock *clock, struct loop **out)
{
	static const struct loop_ops ops = {
		.free = sim_loop_free,
		.run = sim_loop_run,
		.stop = sim_loop_stop,
		.now_us = sim_loop_now_us,
		.lag_p99_ms = sim_loop_lag_p99_ms,
		.post = sim_loop_post,
		.timer_new = sim_timer_new,
		.timer_set = sim_timer_set,
		.timer_stop = sim_timer_stop,
		.timer_close = sim_timer_close,
	};
	struct sim_loop *loop = mem_new(sizeof *loop);

	if (loop == NULL)
		return -ENOMEM;
	loop->base.ops = &ops;
	loop->clock = clock;
	list_init(&loop->notes);
	*out = &loop->base;
	return 0;
}
