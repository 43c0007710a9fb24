/* sim_link_out.c - the way from the phone to the server's door, and what it meets there. */
#include <errno.h>

#include "sim_link_priv.h"

/* ---- the server's door ---- */

/* The phone hears of it one way later; the listener does not. */
static void
out_refuse(struct sim_parcel *p, int err)
{
	struct sim_link *link = link_of(p);

	if (err == -ECONNREFUSED)
		link_mishap(link, SIM_REFUSED);
	if (err == -ECONNRESET)
		link_mishap(link, SIM_RESET);
	/* Nobody answers a broadcast to tell that it was in vain. */
	if (p->type != SIM_DHCP)
		sim_link_break(link, sim_parcel_lane(p), link->latency_us, err);
	sim_link_finish(p, false);
}

/* A deed has come.  A server that resets hears nothing of what is said to it. */
static void
out_on_door(void *arg)
{
	struct sim_parcel *p = arg;
	struct sim_link *link = link_of(p);
	struct fault_deed deed;

	(void)serve_fault_now(&link->faults, sim_clock_us(link->clock), &deed);
	if (link_is_stale(p))
		sim_link_finish(p, false);
	else if (!link_is_connection(p) && deed.refuse)
		out_refuse(p, -ECONNREFUSED);
	else if (link_is_connection(p) && deed.reset)
		out_refuse(p, -ECONNRESET);
	else if (p->spoilt != 0)
		/* Nobody can read that: under TLS the server says so, else it hangs up. */
		out_refuse(p, p->tls ? -EPROTO : -ECONNRESET);
	else
		sim_link_serve(p);
}

/* What ends the handle is never refused, and comes last: some may be late. */
static void
out_on_end(void *arg)
{
	struct sim_parcel *p = arg;
	struct sim_lane *lane = sim_parcel_lane(p);

	if (lane->deeds > 1)
		lane->end = p;
	else
		sim_link_finish(p, true);
}

/* ---- the way there ---- */

static void
out_send_datagram(struct sim_link *link, struct sim_parcel *p)
{
	struct sim_parcel *copy = NULL;
	struct serve_fate fate;

	sim_link_fate(link, SERVE_DATAGRAM, &fate);
	/* Nobody will know; the phone sends it again, or does without. */
	if (fate.lost) {
		sim_link_finish(p, false);
		return;
	}
	if (fate.spoilt)
		serve_fault_spoil(fate.dice, p->bytes, p->n);
	if (fate.twice)
		copy = sim_parcel_copy(p);
	sim_link_travel(p, LINK_OUT, link->latency_us + fate.delay_us, out_on_door);
	if (copy == NULL)
		return;
	copy->of_way[1] = p->of_way[1];
	sim_parcel_lane(p)->deeds++;
	sim_link_travel(copy, LINK_OUT, link->latency_us + fate.delay_us, out_on_door);
}

/* So many ways after all that TCP did to get it through; or the phone's TCP gives up. */
static void
out_send(struct sim_parcel *p, enum serve_traffic traffic, uint64_t ways, sim_event_fn *fn)
{
	struct sim_link *link = link_of(p);
	struct serve_fate fate;

	sim_link_fate(link, traffic, &fate);
	if (fate.lost) {
		sim_link_break(link, sim_parcel_lane(p), fate.delay_us, -ETIMEDOUT);
		sim_link_finish(p, false);
		return;
	}
	/* What is said in the clear is heard otherwise than it was said. */
	if (fate.spoilt && !p->tls && p->bytes != NULL)
		serve_fault_spoil(fate.dice, p->bytes, p->n);
	else if (fate.spoilt)
		p->spoilt = fate.dice;
	sim_link_travel(p, LINK_OUT, ways * link->latency_us + fate.delay_us, fn);
}

/* TCP's SYN has come.  A request follows when its connection is made. */
static void
out_on_syn(void *arg)
{
	struct sim_parcel *p = arg;
	struct sim_link *link = link_of(p);
	struct fault_deed deed;

	(void)serve_fault_now(&link->faults, sim_clock_us(link->clock), &deed);
	if (link_is_stale(p))
		sim_link_finish(p, false);
	else if (deed.refuse)
		out_refuse(p, -ECONNREFUSED);
	else if (p->deed == SIM_OPENED)
		out_on_door(p);
	else
		/* SYN and ACK, TLS's two round trips, and the request itself. */
		out_send(p, SERVE_PIECE, 2 * p->trips, out_on_door);
}

/* Of an HTTP session each connection, under its first request. */
static bool
out_connects(const struct sim_parcel *p)
{
	return p->fresh || p->deed == SIM_OPENED;
}

/* What a deed means to the connection, whatever becomes of it on its way. */
static void
out_note(struct sim_link *link, struct sim_parcel *p)
{
	struct sim_lane *lane = sim_parcel_lane(p);

	lane->deeds++;
	if (link_is_connection(p) && out_connects(p)) {
		/* Nothing of an earlier one holds this one up. */
		lane->connection++;
		lane->at_us[LINK_OUT] = lane->at_us[LINK_BACK] = 0;
		lane->dead = false;
		list_remove(&lane->open);
		list_add_tail(&link->open, &lane->open);
	}
	if (link_is_end(p))
		list_remove(&lane->open);
	p->of_way[1] = lane->connection;
}

void
sim_link_out(struct sim_link *link, struct sim_parcel *p)
{
	out_note(link, p);
	if (link_is_end(p))
		sim_link_travel(p, LINK_OUT, link->latency_us, out_on_end);
	else if (sim_parcel_lane(p)->dead)
		sim_link_finish(p, false);
	else if (!link_is_connection(p))
		out_send_datagram(link, p);
	else if (out_connects(p))
		out_send(p, SERVE_SYN, 1, out_on_syn);
	else
		out_send(p, SERVE_PIECE, 1, out_on_door);
}
