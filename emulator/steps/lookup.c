/* lookup.c - see lookup.h. */
#include "lookup.h"

#include <errno.h>
#include <string.h>

#include "step_talk.h"

_Static_assert((int)FACTS_NAME_MAX == (int)DNS_TALK_NAME_MAX, "a name fits both");

enum talk_state
lookup_start(struct step *s, struct dns_talk *t, const char *name, enum dns_type type)
{
	const struct facts *f = s->facts;
	struct dns_resolver dns = {
		.servers = { f->dns[0], f->dns[1] },
		.suffix = f->suffix,
		.n_suffixes = f->n_suffixes,
		.timeout_ms = s->profile->dns.timeout_ms,
		.tries = s->profile->dns.tries,
	};
	struct talk_cfg cfg = step_talk(s);

	return dns_talk_start(t, &cfg, &dns, name, type);
}

enum verdict
lookup_lost(struct step *s, const struct dns_talk *t)
{
	/* Only a name that does not exist will not be there the next time either. */
	switch (t->err) {
	case -ENOENT:
		return step_fail(s, WHY_NOT_FOUND, "dns:%s %s",
		    t->rcode != NULL ? t->rcode : "no address", t->asked);
	case -EREMOTEIO:
		return step_retry(s, WHY_SERVER_ERROR, "dns:%s %s",
		    t->rcode != NULL ? t->rcode : "failed", t->asked);
	case -ETIMEDOUT:
		return step_retry(s, WHY_TIMEOUT, "dns:no answer to %s", t->asked);
	case -EBADMSG:
		return step_retry(s, WHY_BAD_REPLY, "dns:unreadable answer to %s", t->asked);
	default:
		return step_lost(s, t->err);
	}
}

void
lookup_keep(struct facts_target *out, const struct dns_found *found, uint16_t port)
{
	*out = (struct facts_target){ .ip = found->ip, .port = port != 0 ? port : found->port };
	memcpy(out->name, found->name, sizeof out->name);
}
