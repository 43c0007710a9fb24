/* serve_sip_subscribe.c - SUBSCRIBE to oneself: provisioning, roaming data; the first
 * notification travels in the answer ([MS-SIPREGE] 2.2.2). */
#include <string.h>

#include "serve_sip_impl.h"
#include "text.h"

enum { SUBSCRIPTION_S = 28800, BODY_MAX = 16 * 1024 };

#define APPLICATION(name) "application/vnd-microsoft-" name "+xml"

const char sip_allow_events[] =
    "vnd-microsoft-provisioning,vnd-microsoft-roaming-contacts,vnd-microsoft-roaming-ACL,"
    "presence,presence.wpending,vnd-microsoft-roaming-self,vnd-microsoft-provisioning-v2";

typedef void body_fn(const struct sip_turn *, struct buf *);

/* ---- bodies ------------------------------------------------------------- */

/* Nothing at all where there is no value: absent is not empty. */
static void
body_element(struct buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(b, "<%s>", name);
	text_xml(b, span_of(value));
	buf_printf(b, "</%s>", name);
}

static void
body_server_configuration(const struct serve_sip_cfg *cfg, struct buf *b)
{
	buf_text(b, "<provisionGroup name=\"ServerConfiguration\">");
	body_element(b, "ucPC2PCAVEncryption", "SupportEncryption");
	body_element(b, "ucLocationProfile", cfg->sip_domain);
	body_element(b, "ucEnforcePinLock", "true");
	body_element(b, "ucMinPinLength", "6");
	body_element(b, "ucPhoneTimeOut", "10");
	buf_printf(b, "<ucExchangeMWIPoll>%u</ucExchangeMWIPoll>", cfg->mwi_poll_min);
	body_element(b, "ucEnableSIPSecurityMode", "High");
	body_element(b, "ucEnableUserLogging", "true");
	body_element(b, "ucPortRangeEnabled", "false");
	body_element(b, "updatesServerInternalUrl", cfg->update_internal);
	body_element(b, "updatesServerExternalUrl", cfg->update_external);
	body_element(b, "updatesServerEnabled", cfg->update_disabled ? "false" : "true");
	buf_text(b, "</provisionGroup>");
}

/* Does the request ask for this group?  Unknown groups are ignored. */
static bool
body_asks(const struct sip_turn *t, const char *group)
{
	char name[64];
	struct buf b;

	buf_over(&b, name, sizeof name);
	buf_printf(&b, "name=\"%s\"", group);
	return memmem(t->msg->body.p, t->msg->body.n, b.p, b.n) != NULL;
}

/* [MS-SIPREGE] 2.2.2.5: one group for each that was asked for and is known. */
static void
body_provisioning(const struct sip_turn *t, struct buf *b)
{
	static const char *const policies[] = { "meetingPolicy", "ucPolicy" };

	buf_text(b,
	    "<provisionGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
	    "provisiongrouplist-notification\">");
	if (body_asks(t, "ServerConfiguration"))
		body_server_configuration(&t->conn->s->cfg, b);
	for (size_t i = 0; i < 2; i++)
		if (body_asks(t, policies[i]))
			buf_printf(b,
			    "<provisionGroup name=\"%s\"><instance><property name=\"Name\">"
			    "Default Policy</property></instance></provisionGroup>",
			    policies[i]);
	buf_text(b, "</provisionGroupList>");
}

/* A buddy list with its one default group, and nobody in it. */
static void
body_contacts(const struct sip_turn *t, struct buf *b)
{
	(void)t;
	buf_text(b,
	    "<contactList deltaNum=\"1\"><group id=\"1\" name=\"~\" externalURI=\"\"/>"
	    "</contactList>");
}

/* No categories, containers or subscribers: a user nobody has looked at yet. */
static void
body_self(const struct sip_turn *t, struct buf *b)
{
	buf_text(b,
	    "<roamingData xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
	    "roaming-self\"><categories xmlns=\"http://schemas.microsoft.com/2006/09/"
	    "sip/categories\" uri=\"");
	text_xml(b, t->from.uri);
	buf_text(b,
	    "\"/><containers xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
	    "containers\"/><subscribers xmlns=\"http://schemas.microsoft.com/2006/09/"
	    "sip/presence-subscribers\"/></roamingData>");
}

/* clang-format off */
struct sip_event {
	const char *name, *type;
	body_fn *body;
	bool once; /* no subscription stays */
};

static const struct sip_event events[] = {
	{ "vnd-microsoft-provisioning-v2",  APPLICATION("roaming-provisioning-v2"), body_provisioning, true },
	{ "vnd-microsoft-roaming-contacts", APPLICATION("roaming-contacts"),        body_contacts,     false },
	{ "vnd-microsoft-roaming-self",     APPLICATION("roaming-self"),            body_self,         false },
};
/* clang-format on */

/* ---- the answer --------------------------------------------------------- */

static const struct sip_event *
sip_event_find(struct span name)
{
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (span_is_nocase(name, events[i].name))
			return &events[i];
	return NULL;
}

static void
sip_subscription_state(struct buf *b, uint32_t expires_s)
{
	sip_write(b, "subscription-state", "%s;expires=%u",
	    expires_s > 0 ? "active" : "terminated", expires_s);
}

/* The first notification as a request of its own, for who does not take it in the answer. */
static void
sip_notify_first(
    struct sip_turn *t, const struct sip_event *e, uint32_t expires_s, struct span body)
{
	struct sip_dialog d = { .call_id = sip_msg_get(t->msg, "Call-ID", 0), .cseq = 1 };
	struct buf headers = { 0 };

	(void)sip_param(t->from.params, "tag", &d.client_tag);
	sip_write(&headers, "Event", "%s", e->name);
	sip_subscription_state(&headers, expires_s);
	(void)sip_request(t->conn, &d, "NOTIFY", buf_cstr(&headers), e->type, body, t->out);
	buf_done(&headers);
}

static void
sip_answer_subscribed(struct sip_turn *t, const struct sip_event *e, uint32_t expires_s)
{
	bool piggyback = sip_msg_lists(t->msg, "Supported", "ms-piggyback-first-notify");
	struct span tag, none = { NULL, 0 };
	/* A tag in To: not a new subscription, so there is no first notification. */
	bool ended = sip_param(t->to.params, "tag", &tag);
	struct buf body;

	buf_init(&body, BODY_MAX);
	if (!ended)
		e->body(t, &body);
	sip_answer_begin(t, 200);
	sip_write(&t->head, "Contact", "<sip:%s:5061;transport=tls>", t->conn->s->cfg.fqdn);
	sip_write(&t->head, "Event", "%s", e->name);
	sip_write(&t->head, "Expires", "%u", expires_s);
	sip_subscription_state(&t->head, expires_s);
	sip_write(&t->head, "Supported", "ms-benotify");
	sip_write(&t->head, "Supported", "ms-piggyback-first-notify");
	if (piggyback && !ended)
		sip_write(&t->head, "ms-piggyback-cseq", "1");
	sip_answer_end(t, e->type, piggyback ? buf_bytes(&body) : none);
	if (!piggyback && !ended)
		sip_notify_first(t, e, expires_s, buf_bytes(&body));
	buf_done(&body);
}

/* Is the endpoint that speaks the one that is registered on this connection, and still? */
static bool
sip_is_registered(const struct sip_turn *t)
{
	const struct sip_binding *b = t->conn->binding;
	const struct sip_context *x = t->conn->context;

	return b != NULL && b->until_us > t->now_us &&
	    span_is_nocase(span_of(b->aor), x->aor) && span_is(span_of(b->epid), x->epid);
}

void
sip_subscribe(struct sip_turn *t)
{
	const struct sip_event *e = sip_event_find(sip_msg_get(t->msg, "Event", 0));
	struct span accept = sip_msg_get(t->msg, "Accept", 0);
	uint64_t asked = SUBSCRIPTION_S;

	t->conn->s->stats.subscribes++;
	if (!sip_is_registered(t))
		sip_answer(t, 403, 4005, "The endpoint is not registered");
	else if (e == NULL)
		sip_answer(t, 489, 0, NULL);
	else if (accept.p != NULL && !sip_msg_lists(t->msg, "Accept", e->type))
		sip_answer(t, 406, 0, NULL);
	else {
		/* The client may ask for less than ours; provisioning is told once and over. */
		(void)text_u64(sip_msg_get(t->msg, "Expires", 0), UINT32_MAX, &asked);
		if (asked > SUBSCRIPTION_S)
			asked = SUBSCRIPTION_S;
		sip_answer_subscribed(t, e, e->once ? 0 : (uint32_t)asked);
	}
}
