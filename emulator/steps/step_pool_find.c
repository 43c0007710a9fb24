/*
 * step_pool_find.c - row 8: where is the pool?  Three services of the sign-in
 * domain in order, then three host names; the first that exists wins.
 *
 * needs  FACT_ADDRESS, FACT_DOMAIN, FACT_USER
 * gives  FACT_POOL: pool[], in the order to be tried, pool_at
 *
 * A host is tried at 5061, then at 443.  TCP without TLS (what _sipinternal._tcp
 * stands for with other clients) is not spoken: its targets are used with TLS as well.
 */
#include <errno.h>
#include <stdio.h>

#include "lookup.h"
#include "step.h"

static const char *const services[] = { "_sipinternaltls._tcp", "_sip._tls",
	"_sipinternal._tcp" };
static const char *const hosts[] = { "sipinternal", "sip", "sipexternal" };
static const uint16_t ports[] = { 5061, 443 };

enum { N_SERVICES = 3, N_HOSTS = 3, N_PORTS = 2 };

struct pool_find_state {
	struct dns_talk talk;
	char name[FACTS_NAME_MAX + 24];
	uint8_t at;  /* services, then hosts */
	bool failed; /* a server failed: then nothing is certain */
};
_Static_assert(sizeof(struct pool_find_state) <= STEP_STATE_MAX, "the scratch holds it");
_Static_assert(
    (int)DNS_TALK_FOUND <= (int)FACTS_POOLS && (int)N_PORTS <= (int)FACTS_POOLS, "room");

static enum verdict pool_find_judge(struct step *, enum talk_state);

/* Ask for the next name. */
static enum verdict
pool_find_ask(struct step *s)
{
	struct pool_find_state *st = s->state;
	bool service = st->at < N_SERVICES;
	const char *label = service ? services[st->at] : hosts[st->at - N_SERVICES];

	(void)snprintf(st->name, sizeof st->name, "%s.%s", label, s->id->sip_domain);
	return pool_find_judge(
	    s, lookup_start(s, &st->talk, st->name, service ? DNS_SRV : DNS_A));
}

/* This name leads nowhere; silence ends the try, as the other names would meet it too. */
static enum verdict
pool_find_next(struct step *s)
{
	struct pool_find_state *st = s->state;

	if (st->talk.err == -EREMOTEIO)
		st->failed = true;
	else if (st->talk.err != -ENOENT)
		return lookup_lost(s, &st->talk);
	if (++st->at < N_SERVICES + N_HOSTS)
		return pool_find_ask(s);
	if (st->failed)
		return step_retry(s, WHY_SERVER_ERROR, "dns:%s %s",
		    st->talk.rcode != NULL ? st->talk.rcode : "failed", s->id->sip_domain);
	return step_fail(s, WHY_NOT_FOUND, "dns:no pool for %s", s->id->sip_domain);
}

/* SRV targets bring their ports; a host is one target for each port. */
static void
pool_find_keep(struct step *s)
{
	const struct pool_find_state *st = s->state;
	struct facts *f = s->facts;

	f->n_pools = f->pool_at = 0;
	f->redirected = false;
	if (st->at < N_SERVICES)
		for (size_t i = 0; i < st->talk.n_found; i++)
			lookup_keep(&f->pool[f->n_pools++], &st->talk.found[i], 0);
	else
		/* One host, tried at every port in turn. */
		for (size_t i = 0; i < N_PORTS; i++)
			lookup_keep(&f->pool[f->n_pools++], &st->talk.found[0], ports[i]);
}

static enum verdict
pool_find_judge(struct step *s, enum talk_state state)
{
	if (state == TALK_WAIT)
		return STEP_WAIT;
	if (state == TALK_FAILED)
		return pool_find_next(s);
	pool_find_keep(s);
	return STEP_DONE;
}

static enum verdict
pool_find_event(struct step *s, const struct io_event *ev)
{
	struct pool_find_state *st = s->state;

	return pool_find_judge(s, dns_talk_event(&st->talk, ev));
}

static void
pool_find_cancel(struct step *s)
{
	struct pool_find_state *st = s->state;

	dns_talk_drop(&st->talk);
}

const struct step_ops step_pool_find = {
	.name = "pool_find",
	.state_size = sizeof(struct pool_find_state),
	.start = pool_find_ask,
	.event = pool_find_event,
	.cancel = pool_find_cancel,
};
