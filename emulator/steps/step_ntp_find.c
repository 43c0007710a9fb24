/*
 * step_ntp_find.c - row 4: where is the time server?  SRV _ntp._udp.<domain>,
 * else the host that the firmware knows.
 *
 * needs  FACT_ADDRESS, FACT_DOMAIN
 * gives  FACT_NTP: ntp
 *
 * The sign-in domain is not known yet, so the domain is DHCP's.  Option 42 is not asked for.
 */
#include <errno.h>
#include <stdio.h>

#include "lookup.h"
#include "step.h"

enum { NTP_PORT = 123 };

struct ntp_find_state {
	struct dns_talk talk;
	char name[FACTS_NAME_MAX + 16];
	bool fallback; /* the firmware's host is being asked for */
};
_Static_assert(sizeof(struct ntp_find_state) <= STEP_STATE_MAX, "the scratch holds it");

static enum verdict ntp_find_judge(struct step *, enum talk_state);

static enum verdict
ntp_find_host(struct step *s)
{
	struct ntp_find_state *st = s->state;

	st->fallback = true;
	return ntp_find_judge(
	    s, lookup_start(s, &st->talk, s->profile->ntp.default_host, DNS_A));
}

static enum verdict
ntp_find_start(struct step *s)
{
	struct ntp_find_state *st = s->state;

	if (s->facts->domain[0] == '\0')
		return ntp_find_host(s);
	(void)snprintf(st->name, sizeof st->name, "_ntp._udp.%s", s->facts->domain);
	return ntp_find_judge(s, lookup_start(s, &st->talk, st->name, DNS_SRV));
}

static enum verdict
ntp_find_judge(struct step *s, enum talk_state state)
{
	struct ntp_find_state *st = s->state;

	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED) {
		/* Only a missing record leads on: silence would meet the other name too. */
		if (st->talk.err == -ENOENT && !st->fallback)
			return ntp_find_host(s);
		return lookup_lost(s, &st->talk);
	}
	lookup_keep(&s->facts->ntp, &st->talk.found[0], st->fallback ? NTP_PORT : 0);
	return STEP_DONE;
}

static enum verdict
ntp_find_event(struct step *s, const struct io_event *ev)
{
	struct ntp_find_state *st = s->state;

	return ntp_find_judge(s, dns_talk_event(&st->talk, ev));
}

static void
ntp_find_cancel(struct step *s)
{
	struct ntp_find_state *st = s->state;

	dns_talk_drop(&st->talk);
}

const struct step_ops step_ntp_find = {
	.name = "ntp_find",
	.state_size = sizeof(struct ntp_find_state),
	.start = ntp_find_start,
	.event = ntp_find_event,
	.cancel = ntp_find_cancel,
};
