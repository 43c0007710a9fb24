/*
 * sim_link_home.c - an answer that has left: what befalls it, its arrival; and the end of a
 * connection before that.
 */
#include <errno.h>

#include "sim_link_priv.h"

bool
sim_link_forget(struct sim_parcel *p)
{
	struct sim_lane *lane = sim_parcel_lane(p);
	bool more = link_has_behind(lane);

	if (lane->going[LINK_BACK] == p)
		lane->going[LINK_BACK] = NULL;
	sim_parcel_free(p);
	return more;
}

/* ---- the end of a connection ---- */

/* Whoever calls has another parcel of this lane in his hands, or its phone still listens: else
 * it could go with the last one. */
void
sim_link_drop(struct sim_link *link, struct sim_lane *lane)
{
	struct sim_parcel *p = lane->going[LINK_BACK];

	while (link_has_behind(lane))
		sim_parcel_free(
		    LIST_ITEM(lane->behind[LINK_BACK].next, struct sim_parcel, queue));
	if (p == NULL)
		return;
	if (lane->sender != NULL)
		sim_wire_take(&link->wire, lane->sender);
	lane->sender = NULL;
	lane->going[LINK_BACK] = NULL;
	sim_parcel_free(p);
}

static void
home_arrive(void *arg)
{
	sim_parcel_arrive(arg);
}

void
sim_link_break(struct sim_link *link, struct sim_lane *lane, uint64_t after_us, int err)
{
	struct sim_parcel *down;

	/* Another number: deeds that are under way find their connection gone. */
	lane->dead = true;
	lane->connection++;
	sim_link_drop(link, lane);
	/* What was lost for good holds nothing back any more. */
	if (lane->at_us[LINK_BACK] == SIM_NEVER)
		lane->at_us[LINK_BACK] = 0;
	down = sim_parcel_down(lane->h, err);
	if (down != NULL)
		sim_link_travel(down, LINK_BACK, after_us, home_arrive);
}

/* ---- off the wire: what befalls it on its way ---- */

/* The head of a reply and the first bytes behind it are one packet, and its end is none. */
static bool
home_is_packet(const struct sim_parcel *p)
{
	return p->kind != IO_WHOLE && (p->kind != IO_BODY || sim_parcel_lane(p)->n > LINK_MSS);
}

/* Bytes that are only counted differ by the sum over them. */
static void
home_spoil_bytes(struct sim_parcel *p, uint32_t dice)
{
	if (p->bytes != NULL)
		serve_fault_spoil(dice, p->bytes, p->n);
	else
		p->spoilt = dice;
}

/* 0, or what the phone makes of it: a bad record, or a reply that is none. */
static int
home_spoil(struct sim_parcel *p, uint32_t dice)
{
	struct sim_lane *lane = sim_parcel_lane(p);

	/* RFC 2246 section 7.2.2: a bad MAC is fatal. */
	if (p->tls)
		return -EPROTO;
	if (p->kind != IO_HEAD) {
		home_spoil_bytes(p, dice);
		return 0;
	}
	/* Of a packet with head and body the body, which is most of it. */
	lane->dice = dice;
	if (link_has_behind(lane) &&
	    LIST_ITEM(lane->behind[LINK_BACK].next, struct sim_parcel, queue)->kind == IO_BODY)
		return 0;
	return -EBADMSG;
}

/* On its way, with what befell it.  A lost datagram is gone; behind a lost piece nothing comes
 * any more, and nobody tells the phone. */
static bool
home_fly(struct sim_link *link, struct sim_parcel *p, const struct serve_fate *fate)
{
	uint64_t after_us = (1 + 2 * p->trips) * link->latency_us + fate->delay_us;
	struct sim_lane *lane = sim_parcel_lane(p);
	struct sim_parcel *copy;
	int err = 0;

	if (fate->lost) {
		lane->at_us[LINK_BACK] = SIM_NEVER;
		return sim_link_forget(p);
	}
	if (fate->spoilt)
		err = home_spoil(p, fate->dice);
	if (err != 0) {
		sim_link_break(link, lane, after_us, err);
		return sim_link_forget(p);
	}
	/* A datagram's copy comes right behind it. */
	copy = fate->twice ? sim_parcel_copy(p) : NULL;
	sim_link_travel(p, LINK_BACK, after_us, home_arrive);
	if (copy != NULL)
		sim_link_travel(copy, LINK_BACK, after_us, home_arrive);
	return link_has_behind(lane);
}

/* A SYN's answer is sent again as slowly as a SYN; under TLS a handshake went before. */
static enum serve_traffic
home_traffic(const struct sim_parcel *p)
{
	if (!link_is_connection(p))
		return SERVE_DATAGRAM;
	return p->kind == IO_UP && p->trips == 0 ? SERVE_SYN : SERVE_PIECE;
}

bool
sim_link_off(struct sim_parcel *p)
{
	struct sim_lane *lane = sim_parcel_lane(p);
	struct sim_link *link = link_of(p);
	struct serve_fate fate = { .lost = false };

	if (lane->going[LINK_BACK] == p)
		lane->going[LINK_BACK] = NULL;
	/* Behind a gap that is never filled. */
	if (link_is_connection(p) && lane->at_us[LINK_BACK] == SIM_NEVER)
		return sim_link_forget(p);
	/* The server's last word: it neither sends nor hears after it. */
	if (p->kind == IO_DOWN) {
		lane->dead = true;
		lane->connection++;
		sim_link_drop(link, lane);
	}
	/* What was drawn for the packet when its head left. */
	if (p->kind == IO_BODY && lane->dice != 0) {
		home_spoil_bytes(p, lane->dice);
		lane->dice = 0;
	}
	if (home_is_packet(p))
		sim_link_fate(link, home_traffic(p), &fate);
	return home_fly(link, p, &fate);
}
