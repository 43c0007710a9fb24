/*
 * step_autodiscover_find.c - row 22: where is Exchange?  The address of
 * autodiscover.<SIP domain>.
 *
 * needs  FACT_ADDRESS, FACT_DOMAIN (its suffixes), FACT_USER
 * gives  FACT_CAS: cas
 *
 * Neither the directory (SCP) nor _autodiscover SRV records are asked: the phone does not.
 */
#include <stdio.h>

#include "lookup.h"
#include "step.h"

enum { HTTPS_PORT = 443 };

struct autodiscover_state {
	struct dns_talk talk;
	char name[FACTS_NAME_MAX + 16];
};
_Static_assert(sizeof(struct autodiscover_state) <= STEP_STATE_MAX, "the scratch holds it");

static enum verdict
autodiscover_judge(struct step *s, enum talk_state state)
{
	const struct autodiscover_state *st = s->state;

	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED)
		return lookup_lost(s, &st->talk);
	lookup_keep(&s->facts->cas, &st->talk.found[0], HTTPS_PORT);
	return STEP_DONE;
}

static enum verdict
autodiscover_start(struct step *s)
{
	struct autodiscover_state *st = s->state;

	(void)snprintf(st->name, sizeof st->name, "autodiscover.%s", s->id->sip_domain);
	return autodiscover_judge(s, lookup_start(s, &st->talk, st->name, DNS_A));
}

static enum verdict
autodiscover_event(struct step *s, const struct io_event *ev)
{
	struct autodiscover_state *st = s->state;

	return autodiscover_judge(s, dns_talk_event(&st->talk, ev));
}

static void
autodiscover_cancel(struct step *s)
{
	struct autodiscover_state *st = s->state;

	dns_talk_drop(&st->talk);
}

const struct step_ops step_autodiscover_find = {
	.name = "autodiscover_find",
	.state_size = sizeof(struct autodiscover_state),
	.start = autodiscover_start,
	.event = autodiscover_event,
	.cancel = autodiscover_cancel,
};
