/*
 * step_dhcp_lease.c - rows 1-2: get an address.  RFC 2131, as Windows CE does it.
 *
 * gives  FACT_ADDRESS, FACT_DOMAIN, FACT_LEASE
 *
 * A phone with a cached lease begins with INIT-REBOOT in the VLAN it was in.
 * On a network without DHCP the address is given, and the row is skipped.
 * When no server answers at all the phone takes an address of 169.254/16 and sends a DISCOVER
 * every 300 s: each of these is a try of its own, not before its time.
 */
#include <errno.h>

#include "lease.h"
#include "step.h"

static enum verdict dhcp_lease_judge(struct step *, enum talk_state);

/* INIT-REBOOT for a lease that is still warm, else DISCOVER; only the first try is delayed. */
static enum verdict
dhcp_lease_start(struct step *s)
{
	struct lease_state *st = s->state;
	bool cached = facts_know(s->facts, FACT_LEASE);
	const struct dhcp_talk_cfg *cfg = lease_cfg(s, cached ? s->facts->vlan : 0);
	uint32_t last_ip = lease_is_warm(s) ? s->facts->last_ip : 0;

	if (s->id->given.ip != 0)
		return lease_given(s);
	return dhcp_lease_judge(s, dhcp_talk_lease(&st->talk, cfg, last_ip, s->attempt == 1));
}

/* The remembered VLAN may be gone: the next try is untagged. */
static enum verdict
dhcp_lease_no_vlan(struct step *s)
{
	const struct lease_state *st = s->state;

	s->facts->known &= ~(uint32_t)FACT_LEASE;
	s->facts->vlan = 0;
	return step_retry(s, WHY_TIMEOUT, "dhcp:no answer in VLAN %u", st->cfg.vlan);
}

static enum verdict
dhcp_lease_judge(struct step *s, enum talk_state state)
{
	const struct lease_state *st = s->state;

	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_DONE)
		return lease_take(s);
	/* Silence inside a VLAN says nothing of the network outside it. */
	if (st->talk.err == -ETIMEDOUT && !st->talk.answered && st->cfg.vlan != 0)
		return dhcp_lease_no_vlan(s);
	return lease_lost(s);
}

static enum verdict
dhcp_lease_event(struct step *s, const struct io_event *ev)
{
	struct lease_state *st = s->state;

	return dhcp_lease_judge(s, dhcp_talk_event(&st->talk, ev));
}

/* No cancel: a DHCP talk holds nothing but io handles. */
const struct step_ops step_dhcp_lease = {
	.name = "dhcp_lease",
	.state_size = sizeof(struct lease_state),
	.start = dhcp_lease_start,
	.event = dhcp_lease_event,
};
