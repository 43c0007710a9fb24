/*
 * sim_link_back.c - an answer sets out: it waits for its time and its turn, may be cut short,
 * and leaves over the wire.
 */
#include <errno.h>

#include "sim_link_priv.h"

/* Of a body that is only a number so much leaves at once: the phone sees it grow. */
enum { BACK_CHUNK = 256 * 1024 };

/* It is next, before what was said earlier. */
static void
back_put_first(struct sim_lane *lane, struct sim_parcel *p)
{
	list_add_tail(lane->behind[LINK_BACK].next, &p->queue);
}

/* Cut short by a fault: what is too much is lost, with all behind it but the end that is put
 * there.  NULL: nothing of it is left. */
static struct sim_parcel *
back_cut(struct sim_parcel *p, uint64_t limit, enum sim_mishap mishap, int err)
{
	struct sim_lane *lane = sim_parcel_lane(p);
	uint64_t room = limit > lane->n ? limit - lane->n : 0;
	struct sim_parcel *part = NULL, *down;

	if (p->n <= room)
		return p;
	link_mishap(link_of(p), mishap);
	/* Nobody tells who reads a datagram that there was more of it. */
	if (!link_is_connection(p)) {
		p->wire_n -= p->n - room;
		p->n = room;
		return p;
	}
	down = sim_parcel_down(p->h, err);
	if (down != NULL)
		back_put_first(lane, down);
	if (room > 0)
		part = sim_parcel_split(p, room);
	lane->going[LINK_BACK] = part;
	sim_parcel_free(p);
	return part;
}

/* A reply counts from its head; on a stream each piece is one. */
static struct sim_parcel *
back_cut_by_faults(struct sim_parcel *p)
{
	struct sim_link *link = link_of(p);
	struct sim_lane *lane = sim_parcel_lane(p);
	struct fault_deed deed;
	bool cut;

	/* The first of another reply, or no part of one. */
	if (p->kind != IO_BODY) {
		lane->n = 0;
		lane->dice = 0;
	}
	if (p->kind != IO_BODY && p->kind != IO_BYTES && p->kind != IO_PACKET)
		return p;
	if (!serve_fault_now(&link->faults, sim_clock_us(link->clock), &deed))
		return p;
	if (!link_is_connection(p))
		deed.reset_after = 0;
	/* Of both the one that comes first. */
	cut = deed.truncate_after != 0 &&
	    (deed.reset_after == 0 || deed.truncate_after < deed.reset_after);
	if (cut)
		return back_cut(p, deed.truncate_after, SIM_TRUNCATED, 0);
	if (deed.reset_after != 0)
		return back_cut(p, deed.reset_after, SIM_RESET, -ECONNRESET);
	return p;
}

/* So that others get their share between, and the phone sees it grow. */
static struct sim_parcel *
back_chunk(struct sim_parcel *p)
{
	struct sim_lane *lane = sim_parcel_lane(p);
	struct sim_parcel *part;

	if (p->kind != IO_BODY || p->bytes != NULL || p->n <= BACK_CHUNK)
		return p;
	part = sim_parcel_split(p, BACK_CHUNK);
	if (part == NULL)
		return p;
	back_put_first(lane, p);
	lane->going[LINK_BACK] = part;
	return part;
}

/* Its time has come: it leaves, all of it or a part. */
static bool
back_leave(struct sim_parcel *p)
{
	struct sim_lane *lane = sim_parcel_lane(p);
	struct sim_link *link = link_of(p);
	bool limited = sim_wire_is_limited(&link->wire);
	struct sim_wire_slot *slot;

	if (sim_parcel_is_lost(p))
		return sim_link_forget(p);
	p = back_cut_by_faults(p);
	if (p == NULL)
		return link_has_behind(lane);
	if (limited)
		p = back_chunk(p);
	if (p->kind == IO_BODY)
		lane->n += p->n;
	if (p->kind == IO_PACKET || p->kind == IO_BYTES || p->kind == IO_WHOLE)
		sim_load_reply(link->load, sim_clock_us(link->clock));

	/* Without memory for the wire it leaves at once: sooner than it should, but it does. */
	slot = limited ? sim_wire_put(&link->wire, p->wire_n, p) : NULL;
	if (slot == NULL) {
		sim_load_out(link->load, sim_clock_us(link->clock), p->wire_n);
		return sim_link_off(p);
	}
	if (link_is_connection(p))
		lane->sender = slot;
	return link_has_behind(lane);
}

static void back_on_time(void *);

/* The server may have said when it is to leave. */
static bool
back_start(struct sim_parcel *p)
{
	struct sim_lane *lane = sim_parcel_lane(p);
	uint64_t now_us = sim_clock_us(link_of(p)->clock);

	if (p->of_way[0] <= now_us)
		return back_leave(p);
	link_after(p, p->of_way[0] - now_us, back_on_time);
	return link_has_behind(lane);
}

/* Whose turn it is.  A head waits for what the server says behind it: both are one packet. */
static struct sim_parcel *
back_next(struct sim_lane *lane)
{
	struct list *first = lane->behind[LINK_BACK].next;
	struct sim_parcel *p = LIST_ITEM(first, struct sim_parcel, queue);

	if (p->kind == IO_HEAD && first->next == &lane->behind[LINK_BACK])
		return NULL;
	list_remove(first);
	return p;
}

/* Of a connection one after the other; at least one is waiting. */
static void
back_run(struct sim_lane *lane)
{
	bool more = true;

	while (more && lane->going[LINK_BACK] == NULL) {
		struct sim_parcel *p = back_next(lane);

		if (p == NULL)
			return;
		lane->going[LINK_BACK] = p;
		more = back_start(p);
	}
}

static void
back_on_time(void *arg)
{
	struct sim_lane *lane = sim_parcel_lane(arg);

	if (back_leave(arg))
		back_run(lane);
}

void
sim_link_on_left(void *arg)
{
	struct sim_lane *lane = sim_parcel_lane(arg);

	if (link_is_connection(arg))
		lane->sender = NULL;
	if (sim_link_off(arg))
		back_run(lane);
}

void
sim_link_back(struct sim_link *link, struct sim_parcel *p)
{
	struct sim_lane *lane = sim_parcel_lane(p);

	p->of_way[0] = sim_clock_us(link->clock) + p->after_us;
	/* What is said to a closed ear, or over a connection that is over, costs nothing. */
	if (lane->dead || sim_parcel_is_lost(p)) {
		(void)sim_link_forget(p);
	} else if (!link_is_connection(p)) {
		(void)back_start(p);
	} else {
		list_add_tail(&lane->behind[LINK_BACK], &p->queue);
		back_run(lane);
	}
}
