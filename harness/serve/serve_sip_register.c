/* serve_sip_register.c - the registrar: REGISTER, bindings, 301 of a director; [MS-SIPREGE]
 * 3.2. */
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "serve_sip_impl.h"
#include "serve_user.h"
#include "text.h"

enum { BINDING_SPARE_S = 30 };

/* FNV-1a over lower case. */
static uint32_t
sip_hash(struct span s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		h = (h ^ (c >= 'A' && c <= 'Z' ? c | 0x20u : c)) * 16777619u;
	}
	return h;
}

struct list *
sip_bucket(const struct serve_sip *s, struct span aor)
{
	return &s->buckets[sip_hash(aor) % s->n_buckets];
}

/* ---- who has an account ------------------------------------------------- */

bool
sip_user_exists(const struct serve_sip *s, struct span user)
{
	uint64_t n;

	if (s->cfg.is_user != NULL)
		return s->cfg.is_user(s->cfg.arg, user);
	return s->cfg.users == NULL ||
	    serve_user_number(s->cfg.users, s->cfg.first_user, s->cfg.n_users, user, &n);
}

/* ---- bindings ----------------------------------------------------------- */

void
sip_binding_free(struct serve_sip *s, struct sip_binding *b)
{
	list_remove(&b->bucket);
	if (b->conn != NULL)
		b->conn->binding = NULL;
	mem_free(b->aor);
	mem_free(b->epid);
	mem_free(b->contact);
	mem_free(b->call_id);
	mem_free(b->client_tag);
	mem_free(b);
	s->stats.registered--;
}

/* The binding of this endpoint; those of the bucket that have expired go. */
static struct sip_binding *
sip_binding_find(struct sip_turn *t, struct span aor, struct span epid)
{
	struct list *head = sip_bucket(t->conn->s, aor), *link = head->next;
	struct sip_binding *hit = NULL;

	while (link != head) {
		struct sip_binding *b = LIST_ITEM(link, struct sip_binding, bucket);

		link = link->next;
		/* A refresh that comes a little late still finds its binding. */
		if (b->until_us + BINDING_SPARE_S * UINT64_C(1000000) < t->now_us)
			sip_binding_free(t->conn->s, b);
		else if (span_is_nocase(aor, b->aor) && span_is(epid, b->epid))
			hit = b;
	}
	return hit;
}

static bool
sip_set(char **at, struct span value)
{
	mem_free(*at);
	*at = mem_copy(value.p, value.n);
	return *at != NULL;
}

/* Made or taken over by this REGISTER; NULL: no memory. */
static struct sip_binding *
sip_binding_take(struct sip_turn *t, struct sip_binding *b, const struct sip_addr *contact)
{
	struct serve_sip_conn *c = t->conn;
	struct span tag = { NULL, 0 }, epid = span_of(c->context->epid);

	if (b == NULL) {
		b = mem_new(sizeof *b);
		if (b == NULL)
			return NULL;
		list_add_tail(sip_bucket(c->s, t->from.uri), &b->bucket);
		c->s->stats.registered++;
	}
	/* Of a binding and a connection, neither may go on pointing to another. */
	if (b->conn != NULL)
		b->conn->binding = NULL;
	if (c->binding != NULL)
		c->binding->conn = NULL;
	b->conn = c;
	c->binding = b;
	epid_uuid(epid, b->uuid);
	(void)sip_param(t->from.params, "tag", &tag);
	if (sip_set(&b->aor, t->from.uri) && sip_set(&b->epid, epid) &&
	    sip_set(&b->contact, contact->uri) && sip_set(&b->client_tag, tag) &&
	    sip_set(&b->call_id, sip_msg_get(t->msg, "Call-ID", 0)))
		return b;
	sip_binding_free(c->s, b);
	return NULL;
}

/* ---- the answers -------------------------------------------------------- */

/* One Contact for each endpoint of the user. */
static void
sip_write_contacts(struct sip_turn *t)
{
	struct list *head = sip_bucket(t->conn->s, t->from.uri);
	char uuid[UUID_TEXT_SIZE];

	for (struct list *link = head->next; link != head; link = link->next) {
		struct sip_binding *b = LIST_ITEM(link, struct sip_binding, bucket);

		if (b->until_us <= t->now_us || !span_is_nocase(t->from.uri, b->aor))
			continue;
		buf_printf(&t->head, "Contact: <%s", b->contact);
		if (b->conn != NULL)
			buf_printf(&t->head, ";ms-received-cid=%X", b->conn->cid);
		buf_printf(&t->head, ">;expires=%llu;+sip.instance=\"<urn:uuid:%s>\";gruu=\"",
		    (unsigned long long)((b->until_us - t->now_us) / 1000000),
		    epid_uuid_text(b->uuid, uuid));
		epid_gruu(&t->head, span_of(b->aor), b->uuid);
		buf_text(&t->head, "\"\r\n");
	}
}

/* What the phone acts on: its keep-alive, its GRUU, the time, the events it may ask for. */
static void
sip_answer_registered(struct sip_turn *t, uint32_t expires_s, const char *action)
{
	const struct serve_sip_cfg *cfg = &t->conn->s->cfg;

	sip_answer_begin(t, 200);
	if (sip_msg_get(t->msg, "ms-keep-alive", 0).p != NULL)
		sip_write(&t->head, "ms-keep-alive",
		    "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=%u", cfg->keep_alive_s);
	sip_write_contacts(t);
	sip_write(&t->head, "Expires", "%u", expires_s);
	sip_write(&t->head, "presence-state", "register-action=\"%s\"", action);
	sip_write(&t->head, "Allow-Events", "%s", sip_allow_events);
	sip_write(&t->head, "Supported", "adhoclist");
	sip_write(&t->head, "Server", "RTC/%s", cfg->version >= 4 ? "3.5" : "3.0");
	sip_write(&t->head, "Supported", "msrtc-event-categories");
	sip_answer_end(t, NULL, (struct span){ NULL, 0 });
}

static void
sip_unregister(struct sip_turn *t, struct sip_binding *b)
{
	if (b != NULL)
		sip_binding_free(t->conn->s, b);
	sip_answer_begin(t, 200);
	sip_write(&t->head, "Expires", "0");
	sip_answer_end(t, NULL, (struct span){ NULL, 0 });
}

/* A director: the user's own pool is elsewhere, RFC 3261 section 21.3.2. */
static void
sip_redirect(struct sip_turn *t)
{
	sip_answer_begin(t, 301);
	sip_write(&t->head, "Contact", "<sip:%s;transport=tls>", t->conn->s->cfg.home_pool);
	sip_answer_end(t, NULL, (struct span){ NULL, 0 });
}

/* What is wrong with the request itself; answers and says so. */
static bool
sip_register_is_refused(struct sip_turn *t)
{
	const struct serve_sip *s = t->conn->s;
	struct span event = sip_msg_get(t->msg, "Event", 0);

	if (!span_is_nocase(t->user.host, s->cfg.sip_domain) ||
	    !sip_user_exists(s, t->user.user))
		sip_answer(t, 404, 4005,
		    "Destination URI either not enabled for SIP or does not exist");
	else if (event.p != NULL && !span_is_nocase(event, "registration"))
		sip_answer(t, 489, 4055, "Wrong Event");
	else if (sip_msg_lists(t->msg, "Supported", "msrtc-event-categories") &&
	    !sip_msg_lists(t->msg, "Supported", "gruu-10"))
		sip_answer(t, 421, 2057, "gruu-10 is needed with msrtc-event-categories");
	else
		return false;
	return true;
}

/* Seconds granted: the client may ask for less than ours. */
static uint32_t
sip_grant(const struct sip_turn *t)
{
	uint32_t ours = t->conn->s->cfg.expires_s;
	uint64_t asked;

	if (text_u64(sip_msg_get(t->msg, "Expires", 0), UINT32_MAX, &asked) != 0)
		return ours;
	return asked < ours ? (uint32_t)asked : ours;
}

void
sip_register(struct sip_turn *t)
{
	const struct serve_sip_cfg *cfg = &t->conn->s->cfg;
	struct serve_sip_conn *c = t->conn;
	uint32_t grant = sip_grant(t);
	const char *action = "refreshed";
	struct sip_binding *b;
	struct sip_addr contact;

	c->s->stats.registers++;
	if (sip_register_is_refused(t))
		return;
	/* By hash, so that a user is always sent the same way. */
	if (cfg->home_pool != NULL && sip_hash(t->user.user) % 100 < cfg->redirect_percent) {
		sip_redirect(t);
		return;
	}
	/* The endpoint is the one the context was made for. */
	b = sip_binding_find(t, t->from.uri, span_of(c->context->epid));
	if (grant == 0) {
		sip_unregister(t, b);
		return;
	}
	if (sip_msg_addr(t->msg, "Contact", &contact) != 0) {
		sip_answer(t, 400, 4010, "Invalid Contact information");
		return;
	}
	/* "fixed": known, but on another connection than before ([MS-SIPREGE]). */
	if (b == NULL || b->until_us <= t->now_us)
		action = "added";
	else if (b->conn != c)
		action = "fixed";

	b = sip_binding_take(t, b, &contact);
	if (b == NULL) {
		sip_answer(t, 500, 0, NULL);
		return;
	}
	b->until_us = t->now_us + (uint64_t)grant * 1000000;
	sip_answer_registered(t, grant, action);
}
