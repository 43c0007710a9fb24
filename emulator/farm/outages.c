/* outages.c - see outages.h.  A binary heap of slots by the end of their outage; each slot
 * knows its place in it. */
#include "outages.h"

#include <errno.h>

#include "mem.h"

struct outage { /* of one slot */
	uint64_t until_us;
	uint32_t place; /* in the heap, OUTAGES_NOBODY: it is not there */
	bool off;
};

struct outages {
	struct outage *slot;
	uint32_t *heap; /* slots */
	uint32_t n;     /* in the heap */
};

int
outages_new(uint32_t n, struct outages **out)
{
	struct outages *o = mem_new(sizeof *o);

	if (o == NULL)
		return -ENOMEM;
	o->slot = mem_new(n * sizeof *o->slot);
	o->heap = mem_new(n * sizeof *o->heap);
	if (o->slot == NULL || o->heap == NULL) {
		outages_free(o);
		return -ENOMEM;
	}
	for (uint32_t s = 0; s < n; s++)
		o->slot[s].place = OUTAGES_NOBODY;
	*out = o;
	return 0;
}

void
outages_free(struct outages *o)
{
	if (o == NULL)
		return;
	mem_free(o->slot);
	mem_free(o->heap);
	mem_free(o);
}

/* ---- the heap ---- */

static bool
ends_before(const struct outages *o, uint32_t slot, uint32_t other)
{
	const struct outage *a = &o->slot[slot], *b = &o->slot[other];

	return a->until_us != b->until_us ? a->until_us < b->until_us : slot < other;
}

static void
heap_put(struct outages *o, uint32_t place, uint32_t slot)
{
	o->heap[place] = slot;
	o->slot[slot].place = place;
}

/* Where it belongs: no later than those below it. */
static void
heap_rise(struct outages *o, uint32_t place, uint32_t slot)
{
	for (; place > 0; place = (place - 1) / 2) {
		uint32_t above = o->heap[(place - 1) / 2];

		if (!ends_before(o, slot, above))
			break;
		heap_put(o, place, above);
	}
	heap_put(o, place, slot);
}

/* No earlier than the one above it. */
static void
heap_sink(struct outages *o, uint32_t place, uint32_t slot)
{
	uint32_t below;

	for (; (below = 2 * place + 1) < o->n; place = below) {
		if (below + 1 < o->n && ends_before(o, o->heap[below + 1], o->heap[below]))
			below++;
		if (!ends_before(o, o->heap[below], slot))
			break;
		heap_put(o, place, o->heap[below]);
	}
	heap_put(o, place, slot);
}

/* The last one takes its place, from where it may go either way. */
static void
heap_remove(struct outages *o, uint32_t slot)
{
	uint32_t place = o->slot[slot].place, last;

	if (place == OUTAGES_NOBODY)
		return;
	o->slot[slot].place = OUTAGES_NOBODY;
	last = o->heap[--o->n];
	if (last == slot)
		return;
	heap_sink(o, place, last);
	heap_rise(o, o->slot[last].place, last);
}

/* ---- the outages ---- */

bool
outages_off(const struct outages *o, uint32_t slot)
{
	return o->slot[slot].off;
}

bool
outages_ends(const struct outages *o, uint32_t slot)
{
	return o->slot[slot].place != OUTAGES_NOBODY;
}

void
outages_begin(struct outages *o, uint32_t slot, uint64_t until_us)
{
	heap_remove(o, slot);
	o->slot[slot].off = true;
	o->slot[slot].until_us = until_us;
	if (until_us != UINT64_MAX)
		heap_rise(o, o->n++, slot);
}

void
outages_end(struct outages *o, uint32_t slot)
{
	heap_remove(o, slot);
	o->slot[slot].off = false;
}

uint32_t
outages_first(const struct outages *o, uint64_t *until_us_out)
{
	if (o->n == 0)
		return OUTAGES_NOBODY;
	*until_us_out = o->slot[o->heap[0]].until_us;
	return o->heap[0];
}

void
outages_stop(struct outages *o)
{
	for (uint32_t i = 0; i < o->n; i++)
		o->slot[o->heap[i]].place = OUTAGES_NOBODY;
	o->n = 0;
}
