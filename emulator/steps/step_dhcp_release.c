/*
 * step_dhcp_release.c - give the address back when the phone leaves; nobody
 * answers that.
 *
 * needs  nothing: without an address there is nothing to give back
 */
#include "lease.h"
#include "step.h"
#include "steps.h"

static enum verdict
release_start(struct step *s)
{
	const struct facts *f = s->facts;
	int err;

	/* Nobody has lent an address of 169.254/16, nor one that was given. */
	if (!facts_know(f, FACT_ADDRESS) || f->auto_ip || s->id->given.ip != 0)
		return step_skip(s, "dhcp:no lease");
	err = dhcp_talk_release(lease_cfg(s, f->vlan), f->ip, f->dhcp_server);
	if (err != 0)
		return step_lost(s, err);
	lease_drop(s);
	return STEP_DONE;
}

static enum verdict
release_event(struct step *s, const struct io_event *ev)
{
	(void)s;
	(void)ev;
	return STEP_WAIT;
}

const struct step_ops step_dhcp_release = {
	.name = "dhcp_release",
	.state_size = sizeof(struct lease_state),
	.start = release_start,
	.event = release_event,
};
