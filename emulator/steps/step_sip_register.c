/*
 * step_sip_register.c - sign in at the pool.  [MS-SIPREGE] 3.1, [MS-SIPAE] 3.2, error ids by
 * [MS-OCER] 8.
 *
 * needs  FACT_LINE, FACT_DC, FACT_TGT
 * gives  FACT_REGISTERED
 *
 * It does not try NTLM: a phone inside has a domain controller.
 */
#include "sip_login.h"
#include "steps.h"

_Static_assert(sizeof(struct sip_login) <= STEP_STATE_MAX, "fits the scratch");

static enum verdict
sip_register_start(struct step *s)
{
	return sip_login_start(s, s->state);
}

static enum verdict
sip_register_event(struct step *s, const struct io_event *ev)
{
	return sip_login_event(s, s->state, ev);
}

static void
sip_register_cancel(struct step *s)
{
	sip_login_cancel(s, s->state);
}

const struct step_ops step_sip_register = {
	.name = "sip_register",
	.state_size = sizeof(struct sip_login),
	.start = sip_register_start,
	.event = sip_register_event,
	.cancel = sip_register_cancel,
};
