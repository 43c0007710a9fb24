/*
 * step_ntp_sync.c - row 5: learn the time.  RFC 5905 sections 8 and 14 (a
 * client that asks once), 7.4 (Kiss-o'-Death).
 *
 * needs  FACT_ADDRESS, FACT_NTP
 * gives  FACT_CLOCK: clock_offset_us; io and auth are told
 *
 * One request a try; a lost one is the runner's to ask again.
 */
#include <string.h>

#include "ntp_msg.h"
#include "step.h"

enum { LEAP_UNKNOWN = 3, STRATUM_MAX = 15 };

struct ntp_state {
	struct io_handle *udp;
	uint64_t cookie; /* sent as transmit time, must come back */
	uint64_t sent_us;
};

/* Ask.  The seconds are the phone's own; the fraction is chance, so that nobody can guess it.
 */
static enum verdict
ntp_sync_start(struct step *s)
{
	struct ntp_state *st = s->state;
	const struct facts_target *to = &s->facts->ntp;
	uint8_t memory[NTP_MSG_LEN];
	struct buf b;
	int err;

	st->cookie = (ntp_from_wall(step_wall_us(s)) & ~(uint64_t)UINT32_MAX) |
	    s->io->ops->random(s->io);
	buf_over(&b, memory, sizeof memory);
	ntp_msg_request(&b, st->cookie);

	err = step_udp(s, (struct io_addr){ to->ip, to->port }, &st->udp);
	if (err == 0)
		err = s->io->ops->send(st->udp, buf_bytes(&b));
	if (err != 0)
		return step_lost(s, err);
	st->sent_us = s->io->ops->now_us(s->io);
	seen_num(s->seen, SEEN_NTP_FIRST_BYTE, memory[0]);
	return STEP_WAIT;
}

/* A server that has just started says INIT or STEP; every other code means: go away. */
static enum verdict
ntp_sync_on_kiss(struct step *s, const struct ntp_msg *m)
{
	char code[5];

	ntp_msg_kiss(m, code);
	if (strcmp(code, "INIT") == 0 || strcmp(code, "STEP") == 0)
		return step_retry(s, WHY_SERVER_ERROR, "ntp:%s", code);
	return step_fail(s, WHY_REFUSED, "ntp:%s", code);
}

/* Judge the answer. */
static enum verdict
ntp_sync_on_reply(struct step *s, struct span bytes)
{
	const struct ntp_state *st = s->state;
	int64_t sent = (int64_t)st->sent_us, now = (int64_t)s->io->ops->now_us(s->io);
	struct ntp_msg m;

	/* Not ours: a stray or a forged packet must not end the try. */
	if (ntp_msg_decode(&m, bytes) != 0 || m.mode != NTP_MODE_SERVER ||
	    m.origin != st->cookie)
		return STEP_WAIT;

	seen_num(s->seen, SEEN_NTP_STRATUM, m.stratum);
	if (m.stratum == 0)
		return ntp_sync_on_kiss(s, &m);
	if (m.leap == LEAP_UNKNOWN || m.stratum > STRATUM_MAX)
		return step_retry(s, WHY_SERVER_ERROR, "ntp:not synchronised");
	if (m.transmit == 0 || m.receive == 0)
		return step_retry(s, WHY_BAD_REPLY, "ntp:no time");

	/* Section 8: half of both differences, so that equal ways cancel out. */
	s->facts->clock_offset_us =
	    (ntp_to_wall(m.receive) - sent + ntp_to_wall(m.transmit) - now) / 2;
	step_set_clock(s, s->facts->clock_offset_us);
	return STEP_DONE;
}

static enum verdict
ntp_sync_event(struct step *s, const struct io_event *ev)
{
	if (ev->kind == IO_DOWN)
		return step_lost(s, ev->err);
	return ev->kind == IO_PACKET ? ntp_sync_on_reply(s, ev->bytes) : STEP_WAIT;
}

const struct step_ops step_ntp_sync = {
	.name = "ntp_sync",
	.state_size = sizeof(struct ntp_state),
	.start = ntp_sync_start,
	.event = ntp_sync_event,
};
