/*
 * io_turn.c - what the loop brings to a world: sockets that are ready, alarms that are
 * due, handles that were woken.
 *
 * A world has one epoll set of its own, which the loop watches: a socket then costs one
 * system call to add and none to remove, and closing is not asynchronous.  Events of one
 * epoll_wait() may be for something that was closed by an earlier one of them: it is still
 * there until the turn ends, with .fn NULL.
 */
#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "io_priv.h"
#include "loop_priv.h"
#include "mem.h"

enum { TURN_EVENTS = 64 }; /* a turn is short: alarms are looked at between turns */

struct io_grave {
	struct io_grave *next;
};

uint64_t
io_now_us(void)
{
	return uv_hrtime() / 1000;
}

/* ---- turns ---- */

void
io_turn_begin(struct io_world *w)
{
	w->in_turn++;
}

void
io_bury(struct io_world *w, void *memory)
{
	struct io_grave *grave = memory;

	if (w->in_turn == 0) {
		mem_free(memory);
		return;
	}
	grave->next = w->graves;
	w->graves = grave;
}

void
io_turn_end(struct io_world *w)
{
	struct io_grave *grave;

	if (--w->in_turn > 0)
		return;
	while ((grave = w->graves) != NULL) {
		w->graves = grave->next;
		mem_free(grave);
	}
}

/* Those that were woken before this; who is woken now comes next time. */
static void
turn_wake(struct io_world *w)
{
	struct list now;

	if (list_empty(&w->woken))
		return;
	list_add_tail(&w->woken, &now);
	list_remove(&w->woken);
	while (!list_empty(&now)) {
		struct io_handle *h = LIST_ITEM(now.next, struct io_handle, woken);

		list_remove(&h->woken);
		h->type->wake(h);
	}
}

static void
turn_on_idle(uv_idle_t *idle)
{
	struct io_world *w = idle->data;

	io_turn_begin(w);
	turn_wake(w);
	io_turn_end(w);
	if (list_empty(&w->woken))
		uv_idle_stop(idle);
}

void
io_wake(struct io_handle *h)
{
	struct io_world *w = io_world_of(h);

	if (!list_empty(&h->woken))
		return;
	list_add_tail(&w->woken, &h->woken);
	if (!uv_is_active((uv_handle_t *)&w->idle))
		uv_idle_start(&w->idle, turn_on_idle);
}

/* ---- descriptors ---- */

int
io_fd_add(struct io_world *w, struct io_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, f->fd, &ev) < 0 ? -errno : 0;
}

int
io_fd_mod(struct io_world *w, struct io_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	return epoll_ctl(w->epoll, EPOLL_CTL_MOD, f->fd, &ev) < 0 ? -errno : 0;
}

void
io_fd_forget(struct io_world *w, struct io_fd *f)
{
	f->fn = NULL;
	if (f->fd >= 0)
		epoll_ctl(w->epoll, EPOLL_CTL_DEL, f->fd, NULL);
}

void
io_fd_close(struct io_fd *f)
{
	f->fn = NULL;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static void
turn_on_poll(uv_poll_t *poll, int status, int events)
{
	struct io_world *w = poll->data;
	struct epoll_event ev[TURN_EVENTS];
	int n;

	(void)status, (void)events;
	io_turn_begin(w);
	n = epoll_wait(w->epoll, ev, TURN_EVENTS, 0);
	for (int i = 0; i < n; i++) {
		struct io_fd *f = ev[i].data.ptr;

		if (f->fn != NULL)
			f->fn(f, ev[i].events);
	}
	io_turn_end(w);
}

/* ---- what falls due: a binary heap, the earliest at 1 ---- */

static void
heap_put(struct io_world *w, size_t slot, struct io_due *due)
{
	w->heap[slot] = due;
	due->slot = slot;
}

static void
heap_up(struct io_world *w, size_t slot, struct io_due *due)
{
	for (; slot > 1 && w->heap[slot / 2]->at_us > due->at_us; slot /= 2)
		heap_put(w, slot, w->heap[slot / 2]);
	heap_put(w, slot, due);
}

static void
heap_down(struct io_world *w, size_t slot, struct io_due *due)
{
	for (size_t child; (child = 2 * slot) <= w->n_heap; slot = child) {
		if (child < w->n_heap && w->heap[child + 1]->at_us < w->heap[child]->at_us)
			child++;
		if (w->heap[child]->at_us >= due->at_us)
			break;
		heap_put(w, slot, w->heap[child]);
	}
	heap_put(w, slot, due);
}

static void
heap_mend(struct io_world *w, size_t slot, struct io_due *due)
{
	if (slot > 1 && w->heap[slot / 2]->at_us > due->at_us)
		heap_up(w, slot, due);
	else
		heap_down(w, slot, due);
}

static void turn_on_timer(uv_timer_t *);

/* The timer rings at the earliest; libuv counts in milliseconds. */
static void
turn_arm(struct io_world *w)
{
	uint64_t now_us, at_us;

	if (w->n_heap == 0 || w->heap[1]->at_us == w->armed_us)
		return;
	at_us = w->heap[1]->at_us;
	now_us = io_now_us();
	uv_update_time(&loop_uv_of(w->loop)->uv);
	uv_timer_start(
	    &w->timer, turn_on_timer, at_us > now_us ? (at_us - now_us) / 1000 + 1 : 1, 0);
	w->armed_us = at_us;
}

static void
turn_on_timer(uv_timer_t *timer)
{
	struct io_world *w = timer->data;
	uint64_t now_us = io_now_us();

	w->armed_us = 0;
	io_turn_begin(w);
	while (w->n_heap > 0 && w->heap[1]->at_us <= now_us) {
		struct io_due *due = w->heap[1];

		io_due_unset(w, due);
		due->fn(due);
	}
	io_turn_end(w);
	turn_arm(w);
}

int
io_due_init(struct io_world *w, struct io_due *due, void (*fn)(struct io_due *))
{
	/* heap[0] is not used. */
	if (w->n_due + 2 > w->heap_cap) {
		size_t cap = w->heap_cap ? 2 * w->heap_cap : 64;
		struct io_due **heap = mem_realloc(w->heap, cap * sizeof(*heap));

		if (heap == NULL)
			return -ENOMEM;
		w->heap = heap;
		w->heap_cap = cap;
	}
	w->n_due++;
	due->fn = fn;
	return 0;
}

void
io_due_done(struct io_world *w, struct io_due *due)
{
	if (due->fn == NULL)
		return;
	io_due_unset(w, due);
	due->fn = NULL;
	w->n_due--;
}

void
io_due_set(struct io_world *w, struct io_due *due, uint64_t at_us)
{
	if (due->slot == 0) {
		due->slot = ++w->n_heap;
		w->heap[due->slot] = due;
	}
	due->at_us = at_us;
	heap_mend(w, due->slot, due);
	/* A later one needs no earlier ring: the timer finds nothing due and sets itself. */
	if (w->armed_us == 0 || w->heap[1]->at_us < w->armed_us)
		turn_arm(w);
}

void
io_due_unset(struct io_world *w, struct io_due *due)
{
	size_t slot = due->slot;
	struct io_due *last;

	if (slot == 0)
		return;
	due->slot = 0;
	last = w->heap[w->n_heap--];
	if (last != due)
		heap_mend(w, slot, last);
}

/* ---- birth and end ---- */

int
io_turn_init(struct io_world *w, const char **err_out)
{
	uv_loop_t *uv = &loop_uv_of(w->loop)->uv;
	int rc;

	list_init(&w->woken);
	*err_out = "no descriptor left for a world";
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0)
		return -errno;
	rc = uv_poll_init(uv, &w->poll, w->epoll);
	if (rc < 0) {
		close(w->epoll);
		return rc;
	}
	uv_timer_init(uv, &w->timer);
	uv_idle_init(uv, &w->idle);
	w->poll.data = w->timer.data = w->idle.data = w;
	w->uv_open = 3;
	uv_poll_start(&w->poll, UV_READABLE, turn_on_poll);
	/* Only open handles keep the loop alive. */
	uv_unref((uv_handle_t *)&w->poll);
	uv_unref((uv_handle_t *)&w->timer);
	uv_unref((uv_handle_t *)&w->idle);
	return 0;
}

static void
turn_on_closed(uv_handle_t *handle)
{
	struct io_world *w = handle->data;

	if (--w->uv_open == 0)
		mem_free(w);
}

void
io_turn_done(struct io_world *w)
{
	assert(w->in_turn == 0);
	uv_close((uv_handle_t *)&w->poll, turn_on_closed);
	uv_close((uv_handle_t *)&w->timer, turn_on_closed);
	uv_close((uv_handle_t *)&w->idle, turn_on_closed);
	close(w->epoll);
	mem_free(w->heap);
}
