/* line_send.c - what every message of the phone has in common; header order as Office
 * Communicator's captures have it ([MS-SIPAE] 4). */
#include <errno.h>
#include <string.h>

#include "epid.h"
#include "line_impl.h"
#include "text.h"

enum { OUT_MAX = 128 * 1024 };

static const char methods[] =
    "INVITE, MESSAGE, INFO, OPTIONS, BYE, CANCEL, NOTIFY, ACK, REFER, BENOTIFY";

void
line_write_aor(const struct line *l, struct buf *b)
{
	buf_printf(b, "sip:%s@%s", l->cfg.who.sip_user, l->cfg.who.sip_domain);
}

/* REGISTER: where this connection ends, and which endpoint it is.  Then: the GRUU. */
static void
line_write_contact(struct line *l, struct buf *b, bool of_register)
{
	char ip[TEXT_IP_MAX], epid[EPID_SIZE], text[UUID_TEXT_SIZE];
	uint8_t uuid[UUID_SIZE];

	if (!of_register && l->gruu != NULL) {
		sip_write(b, "Contact", "<%s>", l->gruu);
		return;
	}
	buf_printf(b, "Contact: <sip:%s:%u;transport=tls;ms-opaque=%s>",
	    text_ip_str(l->local.ip, ip), l->local.port, l->ms_opaque);
	if (of_register) {
		epid_uuid(span_of(epid_of_mac(l->cfg.who.mac, epid)), uuid);
		buf_printf(b, ";methods=\"%s\";proxy=replace;+sip.instance=\"<urn:uuid:%s>\"",
		    methods, epid_uuid_text(uuid, text));
	}
	buf_text(b, "\r\n");
}

void
line_write_head(struct line *l, struct buf *b, const struct line_head *h)
{
	char ip[TEXT_IP_MAX], epid[EPID_SIZE];

	buf_init(b, OUT_MAX);
	sip_write_request(b, h->method, h->uri);
	sip_write(b, "Via", "SIP/2.0/TLS %s:%u", text_ip_str(l->local.ip, ip), l->local.port);
	sip_write(b, "Max-Forwards", "70");
	if (h->route != NULL)
		sip_write(b, "Route", "%s", h->route);

	/* To ourselves: REGISTER and SUBSCRIBE have the same user in From and To. */
	buf_text(b, "From: <");
	line_write_aor(l, b);
	buf_printf(b, ">;tag=%s;epid=%s\r\n", h->from_tag, epid_of_mac(l->cfg.who.mac, epid));
	buf_text(b, "To: <");
	line_write_aor(l, b);
	buf_printf(b, ">%s%s\r\n", h->to_tag ? ";tag=" : "", h->to_tag ? h->to_tag : "");

	sip_write(b, "Call-ID", "%s", h->call_id);
	sip_write(b, "CSeq", "%u %s", h->cseq, h->method);
	line_write_contact(l, b, h->register_contact);
	sip_write(b, "User-Agent", "%s", l->cfg.who.profile->sip.user_agent);
}

void
line_watch(struct line *l, line_sent_fn *fn, void *arg)
{
	l->watch = fn;
	l->watch_arg = arg;
}

/* The watcher sees what went out, signature and all. */
static void
line_show(struct line *l, struct buf *b)
{
	struct sip_msg m;

	if (l->watch != NULL && sip_msg_parse(b->p, b->n, &m) == 0)
		l->watch(l->watch_arg, &m);
}

int
line_send(struct line *l, struct buf *b, struct span token, const char *type, struct span body)
{
	/* Content-* come behind the signature: it does not cover them. */
	int err = line_sign(l, b, token);

	if (body.n > 0)
		sip_write(b, "Content-Type", "%s", type);
	sip_write(b, "Content-Length", "%zu", body.n);
	sip_write_body(b, body);
	if (err == 0)
		err = b->err;
	if (err == 0)
		err = line_put(l, buf_bytes(b));
	if (err == 0)
		line_show(l, b);
	buf_done(b);
	return err;
}

int
line_answer(struct line *l, const struct sip_msg *m, int status)
{
	static const char *const echoed[] = { "From", "To", "Call-ID", "CSeq" };
	struct sip_addr to;
	struct span value;
	struct buf b;

	buf_init(&b, OUT_MAX);
	/* Via in their order, From, To, Call-ID and CSeq as they came (RFC 3261 section
	 * 8.2.6.2). */
	sip_write_status(&b, status, sip_phrase(status));
	for (size_t i = 0; (value = sip_msg_get(m, "Via", i)).p != NULL; i++)
		sip_write_span(&b, "Via", value);
	for (size_t i = 0; i < sizeof echoed / sizeof echoed[0]; i++) {
		buf_printf(&b, "%s: ", echoed[i]);
		buf_span(&b, sip_msg_get(m, echoed[i], 0));
		/* A request outside a dialog gets our tag. */
		if (i == 1 && sip_msg_addr(m, "To", &to) == 0 &&
		    !sip_param(to.params, "tag", &value))
			buf_printf(&b, ";tag=%s", l->from_tag);
		buf_text(&b, "\r\n");
	}
	line_write_contact(l, &b, false);
	sip_write(&b, "User-Agent", "%s", l->cfg.who.profile->sip.user_agent);
	/* RFC 3261 section 11.2. */
	if (span_is(m->method, "OPTIONS"))
		sip_write(&b, "Allow", "%s", methods);
	return line_send(l, &b, (struct span){ NULL, 0 }, NULL, (struct span){ NULL, 0 });
}
