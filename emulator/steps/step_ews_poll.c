/*
 * step_ews_poll.c - a chore: ask Exchange Web Services for the inbox, as the phone
 * does every few minutes for message waiting and call logs.
 *
 * needs  FACT_MAILBOX, FACT_DC, FACT_TGT, FACT_ROOT
 */
#include "fetch.h"
#include "steps.h"

static enum verdict
ews_start(struct step *s)
{
	struct fetch_ask ask = { .method = "POST",
		.url = s->facts->ews_url,
		.user_agent = s->profile->exchange.user_agent,
		.content_type = "text/xml; charset=utf-8",
		.body = span_of(s->profile->templates.ews_poll),
		.auth = FETCH_NEGOTIATE,
		.at = &s->facts->cas };

	return fetch_start(s, s->state, &ask);
}

/* Nothing in the answer is read: that it is a 200 is all there is to a poll. */
static enum verdict
ews_event(struct step *s, const struct io_event *ev)
{
	return fetch_event(s, s->state, ev);
}

static void
ews_cancel(struct step *s)
{
	fetch_drop(s, s->state);
}

const struct step_ops step_ews_poll = {
	.name = "ews_poll",
	.state_size = sizeof(struct fetch),
	.start = ews_start,
	.event = ews_event,
	.cancel = ews_cancel,
};
