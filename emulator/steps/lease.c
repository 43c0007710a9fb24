/* lease.c - see lease.h. */
#include "lease.h"

#include <errno.h>
#include <string.h>

#include "text.h"

_Static_assert(sizeof(struct lease_state) <= STEP_STATE_MAX, "the scratch holds it");
_Static_assert((int)FACTS_NAME_MAX == (int)DHCP_NAME_MAX, "a domain fits both");
_Static_assert((int)FACTS_SUFFIXES == (int)DHCP_TALK_SUFFIXES, "so do the suffixes");

enum { US = 1000000 };

/* ---- what was seen ------------------------------------------------------------- */

/* The codes as the packet has them: their order tells one client from another. */
static void
lease_note_codes(struct step *s, enum seen_key key, const struct dhcp_msg *m)
{
	uint8_t codes[64];
	size_t n = dhcp_msg_codes(m, codes, sizeof codes);

	for (size_t i = 0; i < n; i++)
		seen_add_num(s->seen, key, codes[i]);
}

/* Options 55 and 60: what the phone wants to know and what it says it is. RFC 2132 sections
 * 9.8 and 9.13. */
static void
lease_note_asked(struct step *s, const struct dhcp_msg *m)
{
	uint8_t memory[DHCP_VALUE_MAX];
	struct buf v;

	buf_over(&v, memory, sizeof memory);
	if (dhcp_msg_get(m, DHCP_OPT_ASK, &v))
		for (size_t i = 0; i < v.n; i++)
			seen_add_num(s->seen, SEEN_DHCP_ASKED, memory[i]);
	buf_clear(&v);
	if (dhcp_msg_get(m, DHCP_OPT_CLASS, &v))
		seen_text(s->seen, SEEN_DHCP_CLASS, buf_bytes(&v));
}

/* The options of each type once a try; what is sent again adds nothing. */
static void
lease_note_sent(struct step *s, const struct dhcp_msg *m, size_t bytes)
{
	const uint32_t asks = 1u << DHCP_DISCOVER | 1u << DHCP_REQUEST;
	struct lease_state *st = s->state;

	if (!(st->noted & asks) && s->attempt == 1)
		lease_note_asked(s, m);
	if (!(st->noted & 1u << m->type))
		lease_note_codes(s, SEEN_DHCP_OPTIONS, m);
	st->noted |= 1u << m->type;
	if (st->smallest == 0 || bytes < st->smallest)
		st->smallest = bytes;
	seen_num(s->seen, SEEN_DHCP_BYTES, st->smallest);
	seen_num(s->seen, SEEN_DHCP_FLAGS, m->flags);
}

/* A message sent again and again is noted once. */
static void
lease_note(void *arg, bool sent, const struct dhcp_msg *m, size_t bytes)
{
	struct step *s = arg;
	struct lease_state *st = s->state;

	if (m->type != st->last)
		seen_add_text(s->seen, SEEN_DHCP_MESSAGES, span_of(dhcp_type_name(m->type)));
	st->last = m->type;
	if (sent)
		lease_note_sent(s, m, bytes);
	else if (m->type == DHCP_ACK)
		lease_note_codes(s, SEEN_DHCP_ANSWERED, m);
}

/* ---- beginning -------------------------------------------------------------------- */

const struct dhcp_talk_cfg *
lease_cfg(struct step *s, uint16_t vlan)
{
	struct lease_state *st = s->state;

	st->cfg = (struct dhcp_talk_cfg){
		.io = s->io,
		.owner = step_owner(s),
		.habit = &s->profile->dhcp,
		.mac = s->id->mac,
		.xid = &s->facts->xid,
		.vlan = vlan,
		.once = s->facts->auto_ip,
		.note = lease_note,
		.note_arg = s,
	};
	return &st->cfg;
}

bool
lease_is_warm(const struct step *s)
{
	const struct facts *f = s->facts;

	return facts_know(f, FACT_LEASE) && f->last_ip != 0 && !f->auto_ip &&
	    step_host_us(s) < f->last_until_us;
}

/* ---- what it is worth ---------------------------------------------------------------- */

void
lease_prolong(struct step *s)
{
	const struct dhcp_lease *l = &((struct lease_state *)s->state)->talk.lease;
	struct facts *f = s->facts;
	uint64_t gone_us = s->io->ops->now_us(s->io) - l->leased_at_us;

	f->lease_s = l->lease_s;
	f->t1_s = l->t1_s;
	f->t2_s = l->t2_s;
	f->leased_at_us = l->leased_at_us;
	f->dhcp_server = f->last_server = l->server;
	/* A lease counts from its REQUEST, not from the ACK: RFC 2131 section 4.4.1. */
	f->last_until_us = step_host_us(s) - (int64_t)gone_us + (int64_t)l->t2_s * US;
}

/* All that the ACK said; what it left out is empty from now on. */
static void
lease_into_facts(struct step *s)
{
	const struct lease_state *st = s->state;
	const struct dhcp_lease *l = &st->talk.lease;
	struct facts *f = s->facts;

	f->ip = f->last_ip = l->ip;
	f->mask = l->mask;
	f->router = l->router;
	memcpy(f->dns, l->dns, sizeof f->dns);
	f->vlan = st->cfg.vlan;
	f->voice_vlan = l->voice_vlan;
	f->auto_ip = false;
	memcpy(f->domain, l->domain, sizeof f->domain);
	memcpy(f->suffix, l->suffix, sizeof f->suffix);
	f->n_suffixes = l->n_suffixes;
	lease_prolong(s);
}

enum verdict
lease_take(struct step *s)
{
	const struct lease_state *st = s->state;
	const struct dhcp_lease *l = &st->talk.lease;
	char text[TEXT_IP_MAX];
	int err = s->io->ops->address(s->io, l->ip, st->cfg.vlan);

	/* Another host has it: RFC 2131 section 3.1, step 5. */
	if (err == -EADDRINUSE) {
		(void)dhcp_talk_decline(&st->cfg, l->ip, l->server);
		s->facts->last_ip = 0;
		return step_retry(
		    s, WHY_LOCAL, "dhcp:%s is taken, declined", text_ip_str(l->ip, text));
	}
	if (err != 0)
		return step_retry(s, WHY_LOCAL, "dhcp:%s cannot be used (%s)",
		    text_ip_str(l->ip, text), strerrorname_np(-err));

	lease_into_facts(s);
	seen_text(s->seen, SEEN_ADDRESS, span_of(text_ip_str(l->ip, text)));
	seen_num(s->seen, SEEN_VLAN, st->cfg.vlan);
	if (l->domain[0] != '\0')
		seen_text(s->seen, SEEN_DOMAIN, span_of(l->domain));
	return STEP_DONE;
}

/* What is given never ends, so it is never renewed. */
static void
given_into_facts(const struct given_net *g, struct facts *f)
{
	f->ip = g->ip;
	f->mask = f->router = f->dhcp_server = f->last_ip = 0;
	memcpy(f->dns, g->dns, sizeof f->dns);
	f->vlan = f->voice_vlan = 0;
	f->auto_ip = false;
	(void)text_copy(f->domain, sizeof f->domain, span_of(g->domain));
	for (uint8_t i = 0; i < g->n_suffixes && i < FACTS_SUFFIXES; i++)
		memcpy(f->suffix[i], g->suffix[i], sizeof f->suffix[i]);
	f->n_suffixes = g->n_suffixes;
	f->lease_s = f->t1_s = f->t2_s = UINT32_MAX;
}

enum verdict
lease_given(struct step *s)
{
	const struct given_net *g = &s->id->given;
	int err = s->io->ops->address(s->io, g->ip, 0);
	char text[TEXT_IP_MAX];

	if (err != 0)
		return step_retry(s, WHY_LOCAL, "dhcp:%s cannot be used (%s)",
		    text_ip_str(g->ip, text), strerrorname_np(-err));
	given_into_facts(g, s->facts);
	seen_text(s->seen, SEEN_ADDRESS, span_of(text_ip_str(g->ip, text)));
	return step_skip(s, "dhcp:none, %s is given", text);
}

void
lease_drop(struct step *s)
{
	(void)s->io->ops->address(s->io, 0, 0);
	s->facts->ip = 0;
}

enum verdict
lease_not_renewed(struct step *s)
{
	const struct dhcp_talk *t = &((struct lease_state *)s->state)->talk;

	if (t->naks > 0)
		return step_retry(s, WHY_REFUSED, "dhcp:NAK");
	if (t->err == -ETIMEDOUT)
		return step_retry(s, WHY_TIMEOUT, "dhcp:no answer");
	if (t->err == -EBADMSG)
		return step_retry(s, WHY_BAD_REPLY, "%s", t->flaw);
	return step_lost(s, t->err);
}

/* Three rounds in vain, then an address of 169.254/16 and a DISCOVER every 300 s.  The address
 * itself is never used, so io does not hear of it. */
static enum verdict
lease_auto_ip(struct step *s)
{
	const struct lease_state *st = s->state;
	struct facts *f = s->facts;
	uint64_t from_us = f->auto_ip ? st->talk.began_us : s->io->ops->now_us(s->io);

	f->auto_ip = true;
	s->not_before_us = from_us + (uint64_t)s->profile->dhcp.again_s * US;
	return step_retry(s, WHY_TIMEOUT, "dhcp:no answer, 169.254/16");
}

enum verdict
lease_lost(struct step *s)
{
	const struct dhcp_talk *t = &((struct lease_state *)s->state)->talk;
	bool silence = t->err == -ETIMEDOUT && !t->answered;

	return silence ? lease_auto_ip(s) : lease_not_renewed(s);
}
