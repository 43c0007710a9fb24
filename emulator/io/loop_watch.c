/* loop_watch.c - timers, descriptors and signals of the real loop.  See loop.h. */
#include <errno.h>

#include "loop.h"
#include "loop_priv.h"
#include "mem.h"

struct loop_uv_timer {
	struct loop_timer base; /* first */
	uv_timer_t uv;
	loop_fn *fn;
	void *arg;
};

struct loop_watch {
	uv_poll_t uv;
	loop_watch_fn *fn;
	void *arg;
	int wanted;
};

struct loop_signal {
	uv_signal_t uv;
	loop_fn *fn;
	void *arg;
};

/* ---- timers ---- */

static struct loop_uv_timer *
timer_of(struct loop_timer *timer)
{
	return (struct loop_uv_timer *)(void *)timer;
}

static void
timer_on_ring(uv_timer_t *uv)
{
	struct loop_uv_timer *timer = uv->data;

	timer->fn(timer->arg);
}

int
loop_uv_timer_new(struct loop *loop, loop_fn *fn, void *arg, struct loop_timer **out)
{
	struct loop_uv_timer *timer = mem_new(sizeof(*timer));

	if (timer == NULL)
		return -ENOMEM;
	uv_timer_init(&loop_uv_of(loop)->uv, &timer->uv);
	timer->base.ops = loop->ops;
	timer->uv.data = timer;
	timer->fn = fn;
	timer->arg = arg;
	*out = &timer->base;
	return 0;
}

/* Rounded up, and never 0: a timer that sets itself to 0 would not let the loop go on. */
static uint64_t
timer_ms(uint64_t us)
{
	uint64_t ms = us / 1000 + (us % 1000 != 0);

	return ms > 0 ? ms : 1;
}

void
loop_uv_timer_set(struct loop_timer *base, uint64_t after_us, uint64_t every_us)
{
	struct loop_uv_timer *timer = timer_of(base);

	uint64_t due_ms, now_ms;

	/* libuv counts from its cached time, which is old in a long callback, and whose
	 * milliseconds are cut: due rounded up is never too early. */
	uv_update_time(timer->uv.loop);
	now_ms = uv_now(timer->uv.loop);
	due_ms = timer_ms(uv_hrtime() / 1000 + after_us);
	uv_timer_start(&timer->uv, timer_on_ring, due_ms > now_ms ? due_ms - now_ms : 1,
	    every_us ? timer_ms(every_us) : 0);
}

void
loop_uv_timer_stop(struct loop_timer *timer)
{
	uv_timer_stop(&timer_of(timer)->uv);
}

static void
timer_on_closed(uv_handle_t *uv)
{
	mem_free(uv->data);
}

/* The memory goes when libuv has let go. */
void
loop_uv_timer_close(struct loop_timer *timer)
{
	uv_close((uv_handle_t *)&timer_of(timer)->uv, timer_on_closed);
}

/* ---- descriptors ---- */

static void watch_on_event(uv_poll_t *, int status, int events);

/* Wanting nothing stops the watching. */
static int
watch_start(struct loop_watch *watch)
{
	int events = (watch->wanted & LOOP_READ ? UV_READABLE : 0) |
	    (watch->wanted & LOOP_WRITE ? UV_WRITABLE : 0);

	return events ? uv_poll_start(&watch->uv, events, watch_on_event)
		      : uv_poll_stop(&watch->uv);
}

/* libuv stops a descriptor that has an error waiting; its owner finds it by using it. */
static void
watch_on_event(uv_poll_t *uv, int status, int events)
{
	struct loop_watch *watch = (struct loop_watch *)uv;
	int possible =
	    (events & UV_READABLE ? LOOP_READ : 0) | (events & UV_WRITABLE ? LOOP_WRITE : 0);

	if (status < 0) {
		possible = watch->wanted;
		watch_start(watch);
	}
	watch->fn(watch->arg, possible);
}

int
loop_watch_new(struct loop *loop, int fd, loop_watch_fn *fn, void *arg, struct loop_watch **out)
{
	struct loop_watch *watch = mem_new(sizeof(*watch));
	int rc;

	if (watch == NULL)
		return -ENOMEM;
	rc = uv_poll_init(&loop_uv_of(loop)->uv, &watch->uv, fd);
	if (rc < 0) {
		mem_free(watch);
		return rc;
	}
	watch->fn = fn;
	watch->arg = arg;
	*out = watch;
	return 0;
}

/* Most turns want what the last one wanted. */
int
loop_watch_set(struct loop_watch *watch, int wanted)
{
	if (wanted == watch->wanted)
		return 0;
	watch->wanted = wanted;
	return watch_start(watch);
}

void
loop_watch_close(struct loop_watch *watch)
{
	uv_close((uv_handle_t *)&watch->uv, loop_free_handle);
}

/* ---- signals ---- */

static void
signal_on_event(uv_signal_t *uv, int signum)
{
	struct loop_signal *sig = (struct loop_signal *)uv;

	(void)signum;
	sig->fn(sig->arg);
}

int
loop_signal_new(struct loop *loop, int signum, loop_fn *fn, void *arg, struct loop_signal **out)
{
	struct loop_signal *sig = mem_new(sizeof(*sig));
	int rc;

	if (sig == NULL)
		return -ENOMEM;
	rc = uv_signal_init(&loop_uv_of(loop)->uv, &sig->uv);
	if (rc < 0) {
		mem_free(sig);
		return rc;
	}
	sig->fn = fn;
	sig->arg = arg;
	rc = uv_signal_start(&sig->uv, signal_on_event, signum);
	if (rc < 0) {
		uv_close((uv_handle_t *)&sig->uv, loop_free_handle);
		return rc;
	}
	*out = sig;
	return 0;
}

void
loop_signal_close(struct loop_signal *sig)
{
	uv_close((uv_handle_t *)&sig->uv, loop_free_handle);
}
