/* io_shape.c - see io_shape.h. */
#include "io_shape.h"

#include <stddef.h>

enum {
	SHAPE_UDP_HEAD = 28, /* IP and UDP */
	SHAPE_TCP_HEAD = 40,
	/* The queue before the wire: so long, or so many bytes, whichever is more. */
	SHAPE_QUEUE_US = 200 * 1000,
	SHAPE_QUEUE_N = 64 * 1024,
	/* As Linux sends again: tcp_syn_retries, tcp_retries2, TCP_TIMEOUT_INIT, TCP_RTO_MIN,
	   TCP_RTO_MAX. */
	SHAPE_SYN_AGAIN = 6,
	SHAPE_AGAIN = 15,
	SHAPE_SYN_RTO_US = 1000 * 1000,
	SHAPE_RTO_US = 200 * 1000,
	SHAPE_RTO_MAX_US = 120 * 1000 * 1000
};

/* Its own stream of the seed: a packet more or less changes nothing that the phone does. */
#define SHAPE_STREAM 0x6c696e6b00000000u

bool
io_shape_is_needed(const struct io_link *link)
{
	return link != NULL &&
	    (link->delay_us != 0 || link->jitter_us != 0 || link->loss > 0 ||
		link->down_per_s != 0 || link->up_per_s != 0);
}

void
io_shape_init(struct io_shape *s, const struct io_link *link, uint64_t seed, uint32_t phone)
{
	*s = (struct io_shape){ .link = *link };
	rng_seed(&s->chance, seed, SHAPE_STREAM | phone);
}

void
io_shape_rest(struct io_shape *s)
{
	s->free_us[IO_SHAPE_UP] = s->free_us[IO_SHAPE_DOWN] = 0;
}

/* ---- sizes ---- */

uint64_t
io_shape_datagram_n(uint64_t n)
{
	return n + SHAPE_UDP_HEAD;
}

uint32_t
io_shape_packets(uint64_t n)
{
	/* What has no bytes is a packet too. */
	return n == 0 ? 1 : (uint32_t)((n + IO_SHAPE_MSS - 1) / IO_SHAPE_MSS);
}

uint64_t
io_shape_stream_n(uint64_t n)
{
	return n + (uint64_t)SHAPE_TCP_HEAD * io_shape_packets(n);
}

/* ---- the wire ---- */

static uint64_t
shape_rate(const struct io_shape *s, enum io_shape_to to)
{
	return to == IO_SHAPE_UP ? s->link.up_per_s : s->link.down_per_s;
}

static uint64_t
shape_takes_us(uint64_t n, uint64_t per_s)
{
	return per_s != 0 ? n * 1000000 / per_s : 0;
}

/* How long the queue may be. */
static uint64_t
shape_queue_us(const struct io_shape *s, enum io_shape_to to)
{
	uint64_t us = shape_takes_us(SHAPE_QUEUE_N, shape_rate(s, to));

	return us > SHAPE_QUEUE_US ? us : SHAPE_QUEUE_US;
}

static uint64_t
shape_wait_us(const struct io_shape *s, enum io_shape_to to, uint64_t now_us)
{
	return s->free_us[to] > now_us ? s->free_us[to] - now_us : 0;
}

/* On the wire behind all that waits: when its last bit has left. */
static uint64_t
shape_put(struct io_shape *s, enum io_shape_to to, uint64_t now_us, uint64_t wire_n)
{
	uint64_t takes_us = shape_takes_us(wire_n, shape_rate(s, to));

	s->free_us[to] = now_us + shape_wait_us(s, to, now_us) + takes_us;
	return s->free_us[to];
}

/* ---- the way ---- */

/* Evenly in delay +- jitter, not below 0. */
static uint64_t
shape_delay_us(struct io_shape *s)
{
	uint64_t jitter_us = s->link.jitter_us, us;

	if (jitter_us == 0)
		return s->link.delay_us;
	us = s->link.delay_us + rng_below(&s->chance, 2 * jitter_us + 1);
	return us > jitter_us ? us - jitter_us : 0;
}

/* What cannot happen takes no number. */
static bool
shape_loses(struct io_shape *s)
{
	return s->link.loss > 0 && rng_unit(&s->chance) < s->link.loss;
}

uint64_t
io_shape_datagram(struct io_shape *s, enum io_shape_to to, uint64_t now_us, uint64_t wire_n)
{
	uint64_t per_s = shape_rate(s, to), at_us;

	if (per_s != 0 &&
	    shape_wait_us(s, to, now_us) + shape_takes_us(wire_n, per_s) >
		shape_queue_us(s, to))
		return IO_SHAPE_NEVER;
	/* Lost on its way: it had the wire all the same. */
	at_us = shape_put(s, to, now_us, wire_n);
	if (shape_loses(s))
		return IO_SHAPE_NEVER;
	return at_us + shape_delay_us(s);
}

/* ---- streams ---- */

uint64_t
io_shape_room(const struct io_shape *s, enum io_shape_to to, uint64_t now_us)
{
	uint64_t per_s = shape_rate(s, to), wait_us = shape_wait_us(s, to, now_us);
	uint64_t half_us = shape_queue_us(s, to) / 2, n;

	if (per_s == 0)
		return UINT64_MAX;
	n = wait_us < half_us ? (half_us - wait_us) * per_s / 1000000 : 0;
	/* Crumbs are not worth a head. */
	return n < IO_SHAPE_MSS ? 0 : n;
}

uint64_t
io_shape_room_us(const struct io_shape *s, enum io_shape_to to)
{
	uint64_t quarter_us = shape_queue_us(s, to) / 4;

	/* Half of what streams may fill is free then: some pieces, not one at a time. */
	return s->free_us[to] > quarter_us ? s->free_us[to] - quarter_us : 0;
}

/* How long TCP takes for one packet beyond the way itself.  false: it gives up after that. */
static bool
shape_again(struct io_shape *s, bool syn, uint64_t *us)
{
	uint64_t rto_us = syn ? SHAPE_SYN_RTO_US : SHAPE_RTO_US;
	unsigned most = syn ? SHAPE_SYN_AGAIN : SHAPE_AGAIN;

	*us = 0;
	for (unsigned n = 0; shape_loses(s); n++) {
		*us += rto_us;
		if (n == most)
			return false;
		rto_us = 2 * rto_us < SHAPE_RTO_MAX_US ? 2 * rto_us : SHAPE_RTO_MAX_US;
	}
	return true;
}

/* Each packet is sent again by itself: the slowest is waited for. */
static bool
shape_all_again(struct io_shape *s, uint32_t packets, bool syn, uint64_t *us)
{
	bool whole = true;

	*us = 0;
	for (uint32_t i = 0; i < packets && whole; i++) {
		uint64_t one_us;

		whole = shape_again(s, syn, &one_us);
		if (one_us > *us)
			*us = one_us;
	}
	return whole;
}

bool
io_shape_piece(struct io_shape *s, uint64_t now_us, const struct io_shape_piece *p,
    struct io_shape_flow *flow, uint64_t *at_us)
{
	unsigned ways = 1 + 2u * p->trips;
	bool whole = flow->last_us != IO_SHAPE_NEVER;

	*at_us = IO_SHAPE_NEVER;
	if (!whole)
		return false;
	*at_us = shape_put(s, p->to, now_us, p->wire_n);
	/* The ways of a handshake before it are of a packet each. */
	for (unsigned i = 0; i < ways && whole; i++) {
		uint64_t again_us;

		whole = shape_all_again(
		    s, i + 1 == ways ? p->packets : 1, i < p->handshakes, &again_us);
		*at_us += again_us + (whole ? shape_delay_us(s) : 0);
	}
	if (whole && *at_us < flow->last_us)
		*at_us = flow->last_us;
	flow->last_us = whole ? *at_us : IO_SHAPE_NEVER;
	return whole;
}
