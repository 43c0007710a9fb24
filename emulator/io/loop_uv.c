/*
 * loop_uv.c - the real loop itself: running, posting, stopping, and how late it is.
 *
 * The knock and the tick do not keep a loop alive.  See loop.h.
 */
#include <assert.h>
#include <errno.h>
#include <stddef.h>

#include "loop_priv.h"
#include "mem.h"

enum { LOOP_TICK_MS = 10 };

void
loop_free_handle(uv_handle_t *handle)
{
	mem_free(handle);
}

/* Call what has been posted; was there anything? */
static bool
loop_read_notes(struct loop_uv *loop)
{
	struct loop_note *note, *next;

	uv_mutex_lock(&loop->lock);
	note = loop->notes;
	loop->notes = NULL;
	loop->last_note = &loop->notes;
	uv_mutex_unlock(&loop->lock);
	/* Called without the lock: a note may post another, which comes next time. */
	if (note == NULL)
		return false;
	for (; note != NULL; note = next) {
		next = note->next;
		note->fn(note->arg);
		mem_free(note);
	}
	return true;
}

/* One knock may stand for many posts: libuv joins them. */
static void
loop_on_knock(uv_async_t *knock)
{
	struct loop_uv *loop = knock->data;

	if (atomic_load(&loop->stop))
		uv_stop(&loop->uv);
	else
		loop_read_notes(loop);
}

/* Set anew each time instead of repeating: lateness does not add up. */
static void
loop_on_tick(uv_timer_t *tick)
{
	struct loop_uv *loop = tick->data;
	uint64_t now_us = uv_hrtime() / 1000, due_us = loop->tick_due_ms * 1000;

	hist_add(&loop->lag, now_us > due_us ? now_us - due_us : 0);
	uv_update_time(&loop->uv);
	loop->tick_due_ms = uv_now(&loop->uv) + LOOP_TICK_MS;
	uv_timer_start(tick, loop_on_tick, LOOP_TICK_MS, 0);
}

/* Unreferenced: a loop with nothing but its tick has ended. */
static void
loop_start_tick(struct loop_uv *loop)
{
	uv_timer_init(&loop->uv, &loop->tick);
	loop->tick.data = loop;
	uv_update_time(&loop->uv);
	loop->tick_due_ms = uv_now(&loop->uv) + LOOP_TICK_MS;
	uv_timer_start(&loop->tick, loop_on_tick, LOOP_TICK_MS, 0);
	uv_unref((uv_handle_t *)&loop->tick);
}

static void
loop_uv_free(struct loop *base)
{
	struct loop_uv *loop = loop_uv_of(base);
	struct loop_note *note;
	int closed;

	uv_close((uv_handle_t *)&loop->knock, NULL);
	uv_close((uv_handle_t *)&loop->tick, NULL);
	/* Killed children have to be reaped before the loop can go. */
	while (loop->dying > 0)
		uv_run(&loop->uv, UV_RUN_ONCE);
	/* Closing callbacks still have to run. */
	uv_run(&loop->uv, UV_RUN_NOWAIT);
	closed = uv_loop_close(&loop->uv);
	assert(closed == 0); /* else something is still open on this loop */
	(void)closed;
	uv_mutex_destroy(&loop->lock);
	/* Posted too late to be called. */
	while ((note = loop->notes) != NULL) {
		loop->notes = note->next;
		mem_free(note);
	}
	mem_free(loop);
}

static void
loop_uv_run(struct loop *base)
{
	struct loop_uv *loop = loop_uv_of(base);

	/* The tick rested since the last run: that is not lag. */
	uv_update_time(&loop->uv);
	loop->tick_due_ms = uv_now(&loop->uv) + LOOP_TICK_MS;
	uv_timer_start(&loop->tick, loop_on_tick, LOOP_TICK_MS, 0);

	/* The knock keeps no loop alive: notes posted as it ended are read here. */
	do
		uv_run(&loop->uv, UV_RUN_DEFAULT);
	while (!atomic_load(&loop->stop) && loop_read_notes(loop));
	atomic_store(&loop->stop, false);
}

/* Safe from any thread: a flag and a knock. */
static void
loop_uv_stop(struct loop *base)
{
	struct loop_uv *loop = loop_uv_of(base);

	atomic_store(&loop->stop, true);
	uv_async_send(&loop->knock);
}

static uint64_t
loop_uv_now_us(struct loop *base)
{
	(void)base;
	return uv_hrtime() / 1000;
}

static double
loop_uv_lag_p99_ms(struct loop *base)
{
	return (double)hist_at(&loop_uv_of(base)->lag, 0.99) / 1000;
}

/* In the order of the posts; the knock wakes the loop if it sleeps. */
static int
loop_uv_post(struct loop *base, loop_fn *fn, void *arg)
{
	struct loop_uv *loop = loop_uv_of(base);
	struct loop_note *note = mem_new(sizeof(*note));

	if (note == NULL)
		return -ENOMEM;
	note->fn = fn;
	note->arg = arg;
	uv_mutex_lock(&loop->lock);
	*loop->last_note = note;
	loop->last_note = &note->next;
	uv_mutex_unlock(&loop->lock);
	uv_async_send(&loop->knock);
	return 0;
}

/* ---- made ---- */

static const struct loop_ops loop_uv_ops = {
	.free = loop_uv_free,
	.run = loop_uv_run,
	.stop = loop_uv_stop,
	.now_us = loop_uv_now_us,
	.lag_p99_ms = loop_uv_lag_p99_ms,
	.post = loop_uv_post,
	.timer_new = loop_uv_timer_new,
	.timer_set = loop_uv_timer_set,
	.timer_stop = loop_uv_timer_stop,
	.timer_close = loop_uv_timer_close,
};

struct loop_uv *
loop_uv_of(struct loop *loop)
{
	assert(loop->ops == &loop_uv_ops);
	return (struct loop_uv *)(void *)loop;
}

int
loop_new(struct loop **out)
{
	struct loop_uv *loop = mem_new(sizeof(*loop));
	int rc;

	if (loop == NULL)
		return -ENOMEM;
	loop->base.ops = &loop_uv_ops;
	loop->last_note = &loop->notes;
	rc = uv_mutex_init(&loop->lock);
	if (rc < 0)
		goto fail;
	rc = uv_loop_init(&loop->uv);
	if (rc < 0)
		goto fail_lock;
	rc = uv_async_init(&loop->uv, &loop->knock, loop_on_knock);
	if (rc < 0) {
		uv_loop_close(&loop->uv);
		goto fail_lock;
	}
	loop->knock.data = loop;
	uv_unref((uv_handle_t *)&loop->knock);
	loop_start_tick(loop);
	*out = &loop->base;
	return 0;

fail_lock:
	uv_mutex_destroy(&loop->lock);
fail:
	mem_free(loop);
	return rc;
}
