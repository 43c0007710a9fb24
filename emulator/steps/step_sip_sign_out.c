/*
 * step_sip_sign_out.c - end the subscriptions and the registration, wait for the
 * answer, close the line.  [MS-SIPREGE] 3.1.
 *
 * needs  nothing: without a registration there is nothing to end
 */
#include <errno.h>

#include "line.h"
#include "steps.h"

static enum verdict
sign_out_start(struct step *s)
{
	int err = line_sign_out(s->line, step_owner(s), 0);

	if (err == -ENOTCONN)
		return step_skip(s, "sip:not signed in");
	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

static enum verdict
sign_out_event(struct step *s, const struct io_event *ev)
{
	const struct line_reply *r = line_reply(s->line);

	(void)ev;
	if (r == NULL)
		return STEP_WAIT;
	switch (r->news) {
	/* Any final answer will do: nothing can be done about a refusal now. */
	case LINE_ANSWER:
	case LINE_SIGNED_OFF:
		return STEP_DONE;
	case LINE_SILENCE:
	case LINE_FORGED:
		return step_retry(s, WHY_TIMEOUT, "sip:no answer");
	case LINE_LOST:
		break;
	}
	return step_lost(s, r->err);
}

static void
sign_out_cancel(struct step *s)
{
	line_unwait(s->line, step_owner(s).arg);
}

const struct step_ops step_sip_sign_out = {
	.name = "sip_sign_out",
	.start = sign_out_start,
	.event = sign_out_event,
	.cancel = sign_out_cancel,
};
