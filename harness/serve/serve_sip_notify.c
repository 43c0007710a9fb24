/* serve_sip_notify.c - what the front end says of its own accord: NOTIFY and OPTIONS in the
 * dialog of a registration. */
#include <errno.h>

#include "serve_sip_impl.h"

struct serve_sip_conn *
serve_sip_find(struct serve_sip *s, const char *user, uint64_t now_us)
{
	struct serve_sip_conn *hit = NULL;
	struct buf aor = { 0 };
	struct list *head;

	buf_printf(&aor, "sip:%s@%s", user, s->cfg.sip_domain);
	head = sip_bucket(s, buf_bytes(&aor));
	for (struct list *link = head->next; link != head && hit == NULL; link = link->next) {
		struct sip_binding *b = LIST_ITEM(link, struct sip_binding, bucket);

		if (b->until_us > now_us && span_is_nocase(buf_bytes(&aor), b->aor))
			hit = b->conn;
	}
	buf_done(&aor);
	return hit;
}

/* A request in the dialog of the client's REGISTER. */
static int
sip_request_registered(struct serve_sip_conn *c, const char *method, const char *headers,
    const char *type, struct span body, struct buf *out)
{
	struct sip_dialog d = { .call_id = span_of(c->binding->call_id),
		.client_tag = span_of(c->binding->client_tag),
		.cseq = ++c->binding->cseq };

	return sip_request(c, &d, method, headers, type, body, out);
}

int
serve_sip_sign_off(struct serve_sip_conn *c, const char *event, unsigned diagnostic,
    const char *reason, struct buf *out)
{
	struct buf headers = { 0 }, body = { 0 };
	int err;

	if (c->binding == NULL || c->context == NULL)
		return -ENOENT;
	sip_write(&headers, "Event", "registration-notify");
	sip_write(&headers, "subscription-state", "terminated;expires=0");
	sip_write(&headers, "ms-diagnostics-public", "%u;reason=\"%s\"", diagnostic, reason);
	/* The body says why; the connection is the client's to close. */
	buf_printf(&body, "deregistered;event=%s", event);
	err = sip_request_registered(
	    c, "NOTIFY", buf_cstr(&headers), "text/registration-event", buf_bytes(&body), out);
	buf_done(&headers);
	buf_done(&body);
	sip_binding_free(c->s, c->binding);
	return err;
}

int
serve_sip_ping(struct serve_sip_conn *c, struct buf *out)
{
	if (c->binding == NULL || c->context == NULL)
		return -ENOENT;
	return sip_request_registered(c, "OPTIONS", "", NULL, (struct span){ NULL, 0 }, out);
}
