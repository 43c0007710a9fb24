/*
 * step_dhcp_voice_vlan.c - row 3: option 43 named a VLAN: release the lease at
 * once and get another one inside it.
 *
 * needs  FACT_ADDRESS
 * gives  FACT_ADDRESS, FACT_DOMAIN, FACT_LEASE anew
 *
 * A try after the first finds the old lease released already.  What the
 * server inside the VLAN names as VLAN is not followed again.
 */
#include "lease.h"
#include "step.h"

static enum verdict
voice_vlan_judge(struct step *s, enum talk_state state)
{
	if (state == TALK_WAIT)
		return STEP_WAIT;
	return state == TALK_DONE ? lease_take(s) : lease_lost(s);
}

/* Give the address back; nobody answers that. */
static enum verdict
voice_vlan_release(struct step *s)
{
	const struct facts *f = s->facts;
	int err = dhcp_talk_release(lease_cfg(s, f->vlan), f->ip, f->dhcp_server);

	if (err != 0)
		return step_lost(s, err);
	/* Should the power go now, the phone begins from nothing. */
	lease_drop(s);
	s->facts->known &= ~(uint32_t)FACT_LEASE;
	return STEP_WAIT;
}

static enum verdict
voice_vlan_start(struct step *s)
{
	struct lease_state *st = s->state;
	const struct facts *f = s->facts;

	/* INIT-REBOOT began inside the VLAN: there is nowhere to move to. */
	if (f->vlan != 0 && (f->voice_vlan == 0 || f->voice_vlan == f->vlan))
		return step_skip(s, "dhcp:already in VLAN %u", f->vlan);
	if (f->voice_vlan == 0)
		return step_skip(s, "dhcp:no VLAN named");

	if (f->ip != 0 && voice_vlan_release(s) != STEP_WAIT)
		return STEP_RETRY;
	/* From DISCOVER on: the old address is worth nothing in this VLAN. */
	return voice_vlan_judge(
	    s, dhcp_talk_lease(&st->talk, lease_cfg(s, f->voice_vlan), 0, false));
}

static enum verdict
voice_vlan_event(struct step *s, const struct io_event *ev)
{
	struct lease_state *st = s->state;

	return voice_vlan_judge(s, dhcp_talk_event(&st->talk, ev));
}

const struct step_ops step_dhcp_voice_vlan = {
	.name = "dhcp_voice_vlan",
	.state_size = sizeof(struct lease_state),
	.start = voice_vlan_start,
	.event = voice_vlan_event,
};
