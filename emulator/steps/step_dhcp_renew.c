/*
 * step_dhcp_renew.c - a chore: ask for the lease that is held once more.  RFC
 * 2131 section 4.4.5.
 *
 * needs  FACT_ADDRESS
 * gives  FACT_ADDRESS: the same address and mask for longer
 *
 * From T1 on unicast to the server, from T2 on broadcast.  Each try is one
 * REQUEST; while nobody answers the next one is wanted at half of the time that is left, but
 * not within a minute.  At the end of the lease, and after a NAK, the address is lost: the
 * step takes FACT_ADDRESS away.
 */
#include "lease.h"
#include "step.h"

enum { US = 1000000, AGAIN_MIN_S = 60 };

static uint64_t
renew_at_us(const struct facts *f, uint32_t after_s)
{
	return f->leased_at_us + (uint64_t)after_s * US;
}

/* The address may not be used any longer. */
static enum verdict
renew_address_lost(struct step *s, enum reason why, const char *detail)
{
	lease_drop(s);
	s->facts->known &= ~(uint32_t)(FACT_ADDRESS | FACT_LEASE);
	return step_fail(s, why, "%s", detail);
}

/* Half of what is left until T2, then until the end. */
static enum verdict
renew_later(struct step *s)
{
	const struct facts *f = s->facts;
	uint64_t now = s->io->ops->now_us(s->io), t2 = renew_at_us(f, f->t2_s);
	uint64_t end = renew_at_us(f, f->lease_s), until = now < t2 ? t2 : end, wait;

	wait = until > now ? (until - now) / 2 : 0;
	if (wait < (uint64_t)AGAIN_MIN_S * US)
		wait = (uint64_t)AGAIN_MIN_S * US;
	s->not_before_us = now + wait < until ? now + wait : until;
	return lease_not_renewed(s);
}

static enum verdict
renew_judge(struct step *s, enum talk_state state)
{
	const struct lease_state *st = s->state;

	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED && st->talk.naks > 0)
		return renew_address_lost(s, WHY_REFUSED, "dhcp:NAK, address lost");
	if (state == TALK_FAILED)
		return renew_later(s);
	lease_prolong(s);
	return STEP_DONE;
}

/* The lease as a talk knows it. */
static struct dhcp_lease
renew_held(const struct facts *f)
{
	return (struct dhcp_lease){ .ip = f->ip, .mask = f->mask, .server = f->dhcp_server };
}

static enum verdict
renew_start(struct step *s)
{
	struct lease_state *st = s->state;
	const struct facts *f = s->facts;
	struct dhcp_lease held = renew_held(f);
	uint64_t now = s->io->ops->now_us(s->io);

	if (f->ip == 0)
		return step_skip(s, "dhcp:no address");
	if (now >= renew_at_us(f, f->lease_s))
		return renew_address_lost(s, WHY_TIMEOUT, "dhcp:lease expired");
	/* RENEWING asks the server alone; from T2 on, REBINDING, any server may answer. */
	return renew_judge(s,
	    dhcp_talk_renew(
		&st->talk, lease_cfg(s, f->vlan), &held, now >= renew_at_us(f, f->t2_s)));
}

static enum verdict
renew_event(struct step *s, const struct io_event *ev)
{
	struct lease_state *st = s->state;

	return renew_judge(s, dhcp_talk_event(&st->talk, ev));
}

const struct step_ops step_dhcp_renew = {
	.name = "dhcp_renew",
	.state_size = sizeof(struct lease_state),
	.start = renew_start,
	.event = renew_event,
};
