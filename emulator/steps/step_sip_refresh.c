/*
 * step_sip_refresh.c - a chore: the registration again before it expires, signed, on
 * the line that is there; afresh, with a new ticket, when the signing context gets old or the
 * server has forgotten it.  [MS-SIPREGE] 3.1.
 *
 * needs  FACT_LINE, FACT_REGISTERED
 * gives  nothing new
 */
#include "line.h"
#include "sip_login.h"
#include "steps.h"

static enum verdict
sip_refresh_start(struct step *s)
{
	if (!line_is_registered(s->line))
		return step_fail(s, WHY_RESET, "sip:line lost");
	return sip_login_start(s, s->state);
}

static enum verdict
sip_refresh_event(struct step *s, const struct io_event *ev)
{
	enum verdict v = sip_login_event(s, s->state, ev);

	/* The answer cost the line: to make it again is another chore's. */
	return v == STEP_RETRY && !line_is_up(s->line) ? STEP_FAIL : v;
}

static void
sip_refresh_cancel(struct step *s)
{
	sip_login_cancel(s, s->state);
}

const struct step_ops step_sip_refresh = {
	.name = "sip_refresh",
	.state_size = sizeof(struct sip_login),
	.start = sip_refresh_start,
	.event = sip_refresh_event,
	.cancel = sip_refresh_cancel,
};
