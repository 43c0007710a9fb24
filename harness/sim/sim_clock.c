/*
 * sim_clock.c - see sim_clock.h.
 *
 * The heap has four children a node: it is less deep than one with two, and the children lie
 * side by side.  Keys are kept in it, so that sifting touches no event but to tell it its
 * place.
 */
#include "sim_clock.h"

#include <assert.h>
#include <errno.h>

#include "mem.h"

enum { CLOCK_CHILDREN = 4, CLOCK_FIRST = 64 };

struct clock_entry {
	uint64_t at_us, seq; /* seq: the order in which they were set */
	struct sim_event *ev;
};

struct sim_clock {
	uint64_t now_us, seq;
	struct clock_entry *heap; /* the root at 1; 0 is not used */
	size_t n, cap;
	size_t held, loose; /* events with a place kept; set without one */
};

/* ---- the heap ---- */

static bool
clock_before(const struct clock_entry *a, const struct clock_entry *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->seq < b->seq;
}

static void
clock_put(struct sim_clock *c, size_t place, struct clock_entry e)
{
	c->heap[place] = e;
	e.ev->place = place;
}

static size_t
clock_parent(size_t place)
{
	return (place - 2) / CLOCK_CHILDREN + 1;
}

/* The earliest child; 0: it has none. */
static size_t
clock_child(const struct sim_clock *c, size_t place)
{
	size_t first = CLOCK_CHILDREN * (place - 1) + 2, best = first;

	if (first > c->n)
		return 0;
	for (size_t i = first + 1; i < first + CLOCK_CHILDREN && i <= c->n; i++)
		if (clock_before(&c->heap[i], &c->heap[best]))
			best = i;
	return best;
}

/* Put it where it belongs, from this place up or down. */
static void
clock_sift(struct sim_clock *c, size_t place, struct clock_entry e)
{
	size_t child;

	for (; place > 1 && clock_before(&e, &c->heap[clock_parent(place)]);
	     place = clock_parent(place))
		clock_put(c, place, c->heap[clock_parent(place)]);
	while ((child = clock_child(c, place)) != 0 && clock_before(&c->heap[child], &e)) {
		clock_put(c, place, c->heap[child]);
		place = child;
	}
	clock_put(c, place, e);
}

/* Room for so many. */
static int
clock_room(struct sim_clock *c, size_t n)
{
	struct clock_entry *heap;
	size_t cap = c->cap != 0 ? c->cap : CLOCK_FIRST;

	if (n + 1 <= c->cap)
		return 0;
	while (cap < n + 1)
		cap *= 2;
	heap = mem_realloc(c->heap, cap * sizeof *heap);
	if (heap == NULL)
		return -ENOMEM;
	c->heap = heap;
	c->cap = cap;
	return 0;
}

/* ---- setting ---- */

int
sim_clock_set(struct sim_clock *c, struct sim_event *ev, uint64_t after_us)
{
	size_t place = ev->place;

	assert(ev->fn != NULL);
	if (place == 0 && !ev->held) {
		if (clock_room(c, c->loose + c->held + 1) < 0)
			return -ENOMEM;
		c->loose++;
	}
	if (place == 0)
		place = ++c->n;
	ev->at_us = after_us < UINT64_MAX - c->now_us ? c->now_us + after_us : UINT64_MAX - 1;
	clock_sift(c, place, (struct clock_entry){ ev->at_us, c->seq++, ev });
	return 0;
}

/* The last one takes its place. */
void
sim_clock_unset(struct sim_clock *c, struct sim_event *ev)
{
	size_t place = ev->place;
	struct clock_entry last;

	if (place == 0)
		return;
	assert(c->heap[place].ev == ev);
	ev->place = 0;
	if (!ev->held)
		c->loose--;
	last = c->heap[c->n--];
	if (last.ev != ev)
		clock_sift(c, place, last);
}

int
sim_clock_hold(struct sim_clock *c, struct sim_event *ev)
{
	assert(ev->place == 0 && !ev->held);
	if (clock_room(c, c->loose + c->held + 1) < 0)
		return -ENOMEM;
	c->held++;
	ev->held = true;
	return 0;
}

void
sim_clock_let(struct sim_clock *c, struct sim_event *ev)
{
	sim_clock_unset(c, ev);
	if (ev->held)
		c->held--;
	ev->held = false;
}

/* ---- time ---- */

bool
sim_clock_step(struct sim_clock *c, uint64_t until_us)
{
	struct sim_event *ev;

	if (c->n == 0)
		return false;
	if (c->heap[1].at_us > until_us) {
		if (until_us > c->now_us)
			c->now_us = until_us;
		return false;
	}
	ev = c->heap[1].ev;
	c->now_us = c->heap[1].at_us;
	sim_clock_unset(c, ev);
	ev->fn(ev->arg);
	return true;
}

uint64_t
sim_clock_us(const struct sim_clock *c)
{
	return c->now_us;
}

bool
sim_clock_idle(const struct sim_clock *c)
{
	return c->n == 0;
}

uint64_t
sim_clock_next_us(const struct sim_clock *c)
{
	return c->n > 0 ? c->heap[1].at_us : UINT64_MAX;
}

/* ---- birth and end ---- */

int
sim_clock_new(struct sim_clock **out)
{
	struct sim_clock *c = mem_new(sizeof *c);

	if (c == NULL)
		return -ENOMEM;
	*out = c;
	return 0;
}

void
sim_clock_free(struct sim_clock *c)
{
	if (c == NULL)
		return;
	for (size_t i = 1; i <= c->n; i++)
		c->heap[i].ev->place = 0;
	mem_free(c->heap);
	mem_free(c);
}
