/*
 * sim_link_work.c - the server's workers: what has come waits for one, first come, first
 * served, and keeps it for as long as it takes.
 *
 * What came over one connection is read from it in order, the next when the last is done.
 */
#include "sim_link_priv.h"

/* TCP's handshake and an end are the kernel's business; a TLS handshake is the server's. */
static bool
work_is_needed(const struct sim_parcel *p)
{
	return p->deed == SIM_SENT || p->deed == SIM_ASKED || (p->deed == SIM_OPENED && p->tls);
}

static uint64_t
work_draw(struct sim_link *link)
{
	return spread_draw(&link->takes, &link->rng);
}

/* How long it will keep a worker; known when it comes, so that the load is what was asked. */
static void
work_count(struct sim_link *link, struct sim_parcel *p)
{
	uint64_t now_us = sim_clock_us(link->clock), us;

	/* A handshake before the first request of an https connection, or alone. */
	if (p->tls && (p->deed == SIM_OPENED || p->fresh)) {
		us = work_draw(link);
		sim_load_handshake(link->load, now_us, us);
		p->of_way[0] += us;
	}
	if (p->deed != SIM_OPENED) {
		us = work_draw(link);
		sim_load_request(link->load, now_us, p->wire_n, us);
		p->of_way[0] += us;
	}
}

static void work_begin(struct sim_link *, struct sim_parcel *);

/* A worker is free: the next one, if it is not for a connection that is over. */
static void
work_next(struct sim_link *link)
{
	while (link->busy < link->workers && !list_empty(&link->waiting)) {
		struct sim_parcel *p = LIST_ITEM(link->waiting.next, struct sim_parcel, queue);

		list_remove(&p->queue);
		link->n_waiting--;
		if (link_is_stale(p))
			sim_link_finish(p, false);
		else
			work_begin(link, p);
	}
}

/* The others first: who has been served goes to the end of the queue. */
static void
work_on_done(void *arg)
{
	struct sim_parcel *p = arg;
	struct sim_link *link = link_of(p);
	uint64_t now_us = sim_clock_us(link->clock);

	sim_load_busy(link->load, now_us - p->of_way[0], now_us);
	link->busy--;
	work_next(link);
	sim_link_finish(p, !link_is_stale(p));
}

/* The clock last rang for it when it came. */
static void
work_begin(struct sim_link *link, struct sim_parcel *p)
{
	uint64_t now_us = sim_clock_us(link->clock);

	link->busy++;
	sim_load_begun(link->load, now_us, now_us - p->event.at_us);
	link_after(p, p->of_way[0], work_on_done);
}

static void
work_wait(struct sim_link *link, struct sim_parcel *p)
{
	if (link_is_connection(p))
		sim_parcel_lane(p)->going[LINK_OUT] = p;
	/* Nobody jumps the queue, not even while it is being called up. */
	if (link->busy < link->workers && list_empty(&link->waiting)) {
		work_begin(link, p);
		return;
	}
	list_add_tail(&link->waiting, &p->queue);
	sim_load_queue(link->load, sim_clock_us(link->clock), ++link->n_waiting);
}

void
sim_link_serve(struct sim_parcel *p)
{
	struct sim_link *link = link_of(p);
	struct sim_lane *lane = sim_parcel_lane(p);

	/* A socket has room for so many datagrams; a connection holds its phone back instead.
	 */
	if (!link_is_connection(p) && link->n_waiting >= link->backlog) {
		link_mishap(link, SIM_OVERFLOWED);
		sim_link_finish(p, false);
		return;
	}
	if (work_is_needed(p))
		work_count(link, p);
	/* What needs no worker still waits for what was said before it. */
	if (lane->going[LINK_OUT] != NULL || !list_empty(&lane->behind[LINK_OUT]))
		list_add_tail(&lane->behind[LINK_OUT], &p->queue);
	else if (work_is_needed(p))
		work_wait(link, p);
	else
		sim_link_finish(p, true);
}

/* ---- the end of a deed ---- */

/* Whose turn it is now that one is done. */
static struct sim_parcel *
work_behind(struct sim_lane *lane)
{
	struct sim_parcel *p = NULL;

	if (lane->going[LINK_OUT] != NULL)
		return NULL;
	if (!list_empty(&lane->behind[LINK_OUT])) {
		p = LIST_ITEM(lane->behind[LINK_OUT].next, struct sim_parcel, queue);
		list_remove(&p->queue);
	} else if (lane->deeds == 1) {
		p = lane->end;
		lane->end = NULL;
	}
	return p;
}

void
sim_link_finish(struct sim_parcel *p, bool heard)
{
	struct sim_link *link = link_of(p);
	struct sim_parcel *next;

	for (; p != NULL; p = next) {
		struct sim_lane *lane = sim_parcel_lane(p);

		lane->deeds--;
		if (lane->going[LINK_OUT] == p)
			lane->going[LINK_OUT] = NULL;
		next = work_behind(lane);
		/* To whom nobody listens nothing more is sent. */
		if (link_is_end(p))
			sim_link_drop(link, lane);
		if (heard)
			sim_parcel_arrive(p);
		else
			sim_parcel_free(p);
		if (next == NULL)
			return;
		/* Read from the socket; of a broken one there is nothing to read. */
		heard = !link_is_stale(next);
		if (heard && work_is_needed(next)) {
			work_wait(link, next);
			return;
		}
	}
}
