/*
 * dhcp_talk.c - see dhcp_talk.h.
 *
 * DISCOVER and its REQUEST share a transaction number; what is sent again keeps
 * it; a new round begins a new one.
 */
#include "dhcp_talk.h"

#include <errno.h>
#include <string.h>

#include "dhcp_say.h"

enum { DHCP_PORT = 67, OP_REPLY = 2, NAKS_MAX = 3, MS = 1000, S = 1000000 };

static uint64_t
now_us(const struct dhcp_talk *t)
{
	return t->cfg.io->ops->now_us(t->cfg.io);
}

/* Uniform in 0..max. */
static uint64_t
chance_us(const struct dhcp_talk *t, uint64_t max_us)
{
	return (uint64_t)t->cfg.io->ops->random(t->cfg.io) * max_us / UINT32_MAX;
}

static void
close_handle(struct dhcp_talk *t, struct io_handle **h)
{
	if (*h != NULL)
		t->cfg.io->ops->close(*h);
	*h = NULL;
}

void
dhcp_talk_drop(struct dhcp_talk *t)
{
	close_handle(t, &t->conn);
	close_handle(t, &t->alarm);
	t->phase = DHCP_PHASE_OFF;
}

static enum talk_state
dhcp_fail(struct dhcp_talk *t, int err)
{
	dhcp_talk_drop(t);
	t->err = err;
	return TALK_FAILED;
}

/* ---- sending ------------------------------------------------------------------------ */

/* The message of the phase; where each has its address: RFC 2131 section 4.3.6, table 4. */
static struct dhcp_ask
phase_ask(const struct dhcp_talk *t)
{
	bool selecting = t->phase == DHCP_PHASE_SELECTING;
	struct dhcp_ask a = dhcp_say_begin(&t->cfg, selecting ? DHCP_DISCOVER : DHCP_REQUEST);

	a.xid = t->xid;
	a.secs = (uint16_t)((now_us(t) - t->began_us) / S);
	if (t->phase == DHCP_PHASE_RENEWING)
		a.ciaddr = t->offered;
	else if (!selecting)
		a.wanted = t->offered;
	if (t->phase == DHCP_PHASE_REQUESTING)
		a.server = t->server;
	return a;
}

/* How long the n-th message (from 0) of a round waits for its answer. */
static uint64_t
wait_us(const struct dhcp_talk *t, size_t n)
{
	const struct profile_dhcp *habit = t->cfg.habit;
	uint64_t jitter = (uint64_t)habit->wait_jitter_ms * MS, wait;

	wait = n < habit->n_wait ? (uint64_t)habit->wait_ms[n] * MS : 4 * S;
	wait += chance_us(t, 2 * jitter);
	return wait > jitter ? wait - jitter : 0;
}

static enum talk_state
dhcp_send(struct dhcp_talk *t)
{
	struct dhcp_ask a = phase_ask(t);
	int err = dhcp_say(&t->cfg, t->conn, &a);

	if (err != 0)
		return dhcp_fail(t, err);
	t->cfg.io->ops->alarm_set(t->alarm, wait_us(t, t->sends));
	t->sends++;
	return TALK_WAIT;
}

/* Begin with a message that waits for its own answer. */
static enum talk_state
dhcp_enter(struct dhcp_talk *t, enum dhcp_talk_phase phase)
{
	t->phase = phase;
	t->sends = 0;
	t->asked_us = now_us(t);
	return dhcp_send(t);
}

static enum talk_state
dhcp_discover(struct dhcp_talk *t)
{
	t->xid = dhcp_msg_xid(t->cfg.xid, t->cfg.mac);
	return dhcp_enter(t, DHCP_PHASE_SELECTING);
}

/* ---- silence ---------------------------------------------------------------------------- */

/* Nobody gave an address: what is the most that was heard? */
static enum talk_state
dhcp_exhausted(struct dhcp_talk *t)
{
	if (t->naks > 0)
		return dhcp_fail(t, -ECONNREFUSED);
	return dhcp_fail(t, t->flaw != NULL ? -EBADMSG : -ETIMEDOUT);
}

/* The round is over: the next one begins with a DISCOVER, after INIT-REBOOT the first. */
static enum talk_state
dhcp_next_round(struct dhcp_talk *t)
{
	if (t->phase != DHCP_PHASE_REBOOTING)
		t->rounds++;
	if (t->cfg.once || t->rounds >= t->cfg.habit->rounds)
		return dhcp_exhausted(t);
	return dhcp_discover(t);
}

static enum talk_state
dhcp_on_alarm(struct dhcp_talk *t)
{
	if (t->phase == DHCP_PHASE_DELAY)
		return t->offered != 0 ? dhcp_enter(t, DHCP_PHASE_REBOOTING) : dhcp_discover(t);
	if (t->phase == DHCP_PHASE_RENEWING)
		return dhcp_exhausted(t);
	/* A single DISCOVER; what has been offered is asked for as patiently as ever. */
	if (t->cfg.once && t->phase == DHCP_PHASE_SELECTING)
		return dhcp_exhausted(t);
	if (t->sends < t->cfg.habit->n_wait)
		return dhcp_send(t);
	return dhcp_next_round(t);
}

/* ---- answers ------------------------------------------------------------------------- */

/* Something a server said cannot be used; the answer of another one may. */
static enum talk_state
dhcp_flaw(struct dhcp_talk *t, const char *flaw)
{
	t->flaw = flaw;
	return TALK_WAIT;
}

/* The first offer that can be used is taken. */
static enum talk_state
dhcp_on_offer(struct dhcp_talk *t, const struct dhcp_msg *m)
{
	uint32_t mask = 0, server = 0;

	if (t->phase != DHCP_PHASE_SELECTING)
		return TALK_WAIT;
	(void)dhcp_msg_u32(m, DHCP_OPT_MASK, &mask);
	(void)dhcp_msg_u32(m, DHCP_OPT_SERVER, &server);
	if (m->yiaddr == 0)
		return dhcp_flaw(t, "dhcp:no address");
	if (mask == 0)
		return dhcp_flaw(t, "dhcp:no mask");
	if (server == 0)
		return dhcp_flaw(t, "dhcp:no server");

	t->offered = m->yiaddr;
	t->server = server;
	return dhcp_enter(t, DHCP_PHASE_REQUESTING);
}

/* The lease an ACK gives; NULL, or what is wrong with it. */
static const char *
lease_of(const struct dhcp_talk *t, const struct dhcp_msg *m, struct dhcp_lease *out)
{
	struct dhcp_lease l;
	const char *flaw = dhcp_lease_read(&l, m, t->cfg.habit->vlan_suboption);

	if (flaw != NULL)
		return flaw;
	if (l.ip != t->offered)
		return "dhcp:another address";
	if (t->phase == DHCP_PHASE_RENEWING && l.mask != t->lease.mask)
		return "dhcp:another mask";
	if (l.server == 0)
		l.server = t->server;
	l.leased_at_us = t->asked_us;
	*out = l;
	return NULL;
}

/* The lease, if nothing is wrong with it. */
static enum talk_state
dhcp_on_ack(struct dhcp_talk *t, const struct dhcp_msg *m)
{
	const char *flaw;

	if (t->phase == DHCP_PHASE_SELECTING || t->phase == DHCP_PHASE_DELAY)
		return TALK_WAIT;
	flaw = lease_of(t, m, &t->lease);
	if (flaw != NULL)
		return dhcp_flaw(t, flaw);
	dhcp_talk_drop(t);
	return TALK_DONE;
}

/* Refused: from the beginning, but not for ever. */
static enum talk_state
dhcp_on_nak(struct dhcp_talk *t, const struct dhcp_msg *m)
{
	uint32_t server = 0;

	if (t->phase == DHCP_PHASE_SELECTING || t->phase == DHCP_PHASE_DELAY)
		return TALK_WAIT;
	(void)dhcp_msg_u32(m, DHCP_OPT_SERVER, &server);
	if (t->phase == DHCP_PHASE_REQUESTING && server != 0 && server != t->server)
		return TALK_WAIT;
	if (t->phase == DHCP_PHASE_REBOOTING)
		return dhcp_discover(t);

	t->naks++;
	if (t->phase == DHCP_PHASE_RENEWING || t->naks >= NAKS_MAX)
		return dhcp_fail(t, -ECONNREFUSED);
	return dhcp_discover(t);
}

/* Late and repeated answers are not worth a note. */
static bool
dhcp_expects(const struct dhcp_talk *t, enum dhcp_type type)
{
	if (t->phase == DHCP_PHASE_DELAY)
		return false;
	return (t->phase == DHCP_PHASE_SELECTING) == (type == DHCP_OFFER);
}

static enum talk_state
dhcp_on_packet(struct dhcp_talk *t, struct span bytes)
{
	struct dhcp_msg m;

	if (dhcp_msg_decode(&m, bytes) != 0)
		return dhcp_flaw(t, "dhcp:unreadable");
	if (m.op != OP_REPLY || m.xid != t->xid || memcmp(m.mac, t->cfg.mac, sizeof m.mac) != 0)
		return TALK_WAIT;

	t->answered = true;
	if (t->cfg.note != NULL && dhcp_expects(t, m.type))
		t->cfg.note(t->cfg.note_arg, false, &m, bytes.n);
	if (m.type == DHCP_OFFER)
		return dhcp_on_offer(t, &m);
	if (m.type == DHCP_ACK)
		return dhcp_on_ack(t, &m);
	return m.type == DHCP_NAK ? dhcp_on_nak(t, &m) : TALK_WAIT;
}

enum talk_state
dhcp_talk_event(struct dhcp_talk *t, const struct io_event *ev)
{
	if (ev->h == NULL || t->phase == DHCP_PHASE_OFF)
		return TALK_WAIT;
	if (ev->h == t->alarm)
		return dhcp_on_alarm(t);
	if (ev->h != t->conn)
		return TALK_WAIT;
	if (ev->kind == IO_DOWN)
		return dhcp_fail(t, ev->err != 0 ? ev->err : -ECONNRESET);
	return dhcp_on_packet(t, ev->bytes);
}

/* ---- beginnings ----------------------------------------------------------------------- */

/* The handles, and the talk's own clock. */
static int
dhcp_open(struct dhcp_talk *t, const struct io_addr *unicast)
{
	struct io *io = t->cfg.io;
	int err = io->ops->alarm(io, t->cfg.owner, &t->alarm);

	t->began_us = now_us(t);
	if (err != 0)
		return err;
	if (unicast != NULL)
		return io->ops->udp(io, t->cfg.owner, *unicast, &t->conn);
	return io->ops->dhcp(io, t->cfg.owner, t->cfg.vlan, &t->conn);
}

enum talk_state
dhcp_talk_lease(
    struct dhcp_talk *t, const struct dhcp_talk_cfg *cfg, uint32_t last_ip, bool delay)
{
	int err;

	*t = (struct dhcp_talk){ .cfg = *cfg, .offered = last_ip };
	err = dhcp_open(t, NULL);
	if (err != 0)
		return dhcp_fail(t, err);
	if (last_ip != 0)
		t->xid = dhcp_msg_xid(cfg->xid, cfg->mac);

	t->phase = DHCP_PHASE_DELAY;
	if (!delay || cfg->habit->init_delay_ms == 0)
		return dhcp_on_alarm(t);
	cfg->io->ops->alarm_set(
	    t->alarm, chance_us(t, (uint64_t)cfg->habit->init_delay_ms * MS));
	return TALK_WAIT;
}

enum talk_state
dhcp_talk_renew(struct dhcp_talk *t, const struct dhcp_talk_cfg *cfg,
    const struct dhcp_lease *held, bool broadcast)
{
	struct io_addr server = { held->server, DHCP_PORT };
	int err;

	*t = (struct dhcp_talk){
		.cfg = *cfg, .lease = *held, .offered = held->ip, .server = held->server
	};
	err = dhcp_open(t, broadcast ? NULL : &server);
	if (err != 0)
		return dhcp_fail(t, err);
	t->xid = dhcp_msg_xid(cfg->xid, cfg->mac);
	return dhcp_enter(t, DHCP_PHASE_RENEWING);
}
