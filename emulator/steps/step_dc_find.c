/*
 * step_dc_find.c - row 10: where is the domain controller?  SRV
 * _ldap._tcp.dc._msdcs.<domain>, else _kerberos._tcp.<domain>.
 *
 * needs  FACT_ADDRESS, FACT_USER
 * gives  FACT_DC: dcs[] in the order to be tried, dc the first of them
 *
 * The domain is what the person typed before the backslash.  A NetBIOS name is
 * in no DNS: with one the row fails, as it does on the phone.
 */
#include <errno.h>
#include <stdio.h>

#include "lookup.h"
#include "step.h"

static const char *const services[] = { "_ldap._tcp.dc._msdcs", "_kerberos._tcp" };

enum { N_SERVICES = 2 };

struct dc_find_state {
	struct dns_talk talk;
	char name[FACTS_NAME_MAX + 24];
	uint8_t at;
};
_Static_assert(sizeof(struct dc_find_state) <= STEP_STATE_MAX, "the scratch holds it");
_Static_assert((int)DNS_TALK_FOUND <= (int)FACTS_DCS, "room");

static enum verdict dc_find_judge(struct step *, enum talk_state);

static enum verdict
dc_find_ask(struct step *s)
{
	struct dc_find_state *st = s->state;

	(void)snprintf(
	    st->name, sizeof st->name, "%s.%s", services[st->at], s->id->user_domain);
	return dc_find_judge(s, lookup_start(s, &st->talk, st->name, DNS_SRV));
}

static void
dc_find_keep(struct step *s)
{
	const struct dc_find_state *st = s->state;
	struct facts *f = s->facts;

	f->n_dcs = f->dc_at = 0;
	for (size_t i = 0; i < st->talk.n_found; i++)
		lookup_keep(&f->dcs[f->n_dcs++], &st->talk.found[i], 0);
	f->dc = f->dcs[0];
}

static enum verdict
dc_find_judge(struct step *s, enum talk_state state)
{
	struct dc_find_state *st = s->state;

	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED) {
		/* No such service: the KDCs of a Windows domain are its controllers. */
		if (st->talk.err == -ENOENT && ++st->at < N_SERVICES)
			return dc_find_ask(s);
		return lookup_lost(s, &st->talk);
	}
	dc_find_keep(s);
	return STEP_DONE;
}

static enum verdict
dc_find_event(struct step *s, const struct io_event *ev)
{
	struct dc_find_state *st = s->state;

	return dc_find_judge(s, dns_talk_event(&st->talk, ev));
}

static void
dc_find_cancel(struct step *s)
{
	struct dc_find_state *st = s->state;

	dns_talk_drop(&st->talk);
}

const struct step_ops step_dc_find = {
	.name = "dc_find",
	.state_size = sizeof(struct dc_find_state),
	.start = dc_find_ask,
	.event = dc_find_event,
	.cancel = dc_find_cancel,
};
