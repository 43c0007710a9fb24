/* serve_sip_answer.c - answers and requests of the front end: what they have in common, header
 * order as in OCS's captures ([MS-SIPREGE] 4). */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "serve_sip_impl.h"
#include "text.h"

enum { ANSWER_MAX = 64 * 1024 };

void
sip_random_hex(struct serve_sip *s, char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = "0123456789ABCDEF"[rng_below(&s->rng, 16)];
	out[n] = '\0';
}

/* OCS puts the user's display name into From. */
static void
answer_from(struct sip_turn *t)
{
	struct span from = sip_msg_get(t->msg, "From", 0);

	buf_text(&t->head, "From: ");
	if (t->status == 200 && from.n > 0 && from.p[0] == '<') {
		buf_text(&t->head, "\"");
		buf_span(&t->head, t->user.user);
		buf_text(&t->head, "\"");
	}
	buf_span(&t->head, from);
	buf_text(&t->head, "\r\n");
}

/* A To without a tag gets ours: the answer makes the dialog. */
static void
answer_to(struct sip_turn *t)
{
	struct span tag;

	buf_text(&t->head, "To: ");
	buf_span(&t->head, sip_msg_get(t->msg, "To", 0));
	if (!sip_param(t->to.params, "tag", &tag))
		buf_printf(&t->head, ";tag=%s", t->conn->tag);
	buf_text(&t->head, "\r\n");
}

/* The first Via says where it really came from. */
static void
answer_via(struct sip_turn *t)
{
	const struct serve_sip_conn *c = t->conn;
	char ip[TEXT_IP_MAX];
	struct span value;

	for (size_t i = 0; (value = sip_msg_get(t->msg, "Via", i)).p != NULL; i++) {
		buf_text(&t->head, "Via: ");
		buf_span(&t->head, value);
		if (i == 0)
			buf_printf(&t->head,
			    ";received=%s;ms-received-port=%u;ms-received-cid=%X",
			    text_ip_str(c->ip, ip), c->port, c->cid);
		buf_text(&t->head, "\r\n");
	}
}

void
sip_answer_begin(struct sip_turn *t, int status)
{
	t->status = status;
	/* A challenge is never signed, even when there is a context. */
	t->unsigned_ = status == 401;
	buf_init(&t->head, ANSWER_MAX);
	sip_write_status(&t->head, status, sip_phrase(status));
	t->status_n = t->head.n;
	answer_from(t);
	answer_to(t);
	sip_write_span(&t->head, "Call-ID", sip_msg_get(t->msg, "Call-ID", 0));
	sip_write_span(&t->head, "CSeq", sip_msg_get(t->msg, "CSeq", 0));
	answer_via(t);
}

/* A name may be any length; a line of the log may not. */
static int
log_width(struct span s, size_t most)
{
	return (int)(s.n < most ? s.n : most);
}

static void
answer_log(struct sip_turn *t)
{
	struct serve_sip *s = t->conn->s;
	char line[200];

	if (s->cfg.log == NULL)
		return;
	(void)snprintf(line, sizeof line, "%.*s %.*s %d", log_width(t->msg->method, 24),
	    (const char *)t->msg->method.p, log_width(t->user.user, 128),
	    t->user.user.n > 0 ? (const char *)t->user.user.p : "", t->status);
	s->cfg.log(s->cfg.arg, line);
}

/* Plain only as long as there is no context, or when it is a challenge. */
void
sip_answer_end(struct sip_turn *t, const char *type, struct span body)
{
	struct serve_sip_conn *c = t->conn;

	if (t->status == 401)
		c->s->stats.challenged++;
	else if (t->status >= 400)
		c->s->stats.refused++;
	if (c->context != NULL && !t->unsigned_) {
		/* The signature stands right behind the status line. */
		t->err = sip_put_signed(c, &t->head, t->status_n, type, body, t->out);
	} else {
		if (body.n > 0)
			sip_write(&t->head, "Content-Type", "%s", type);
		sip_write(&t->head, "Content-Length", "%zu", body.n);
		sip_write_body(&t->head, body);
		buf_span(t->out, buf_bytes(&t->head));
	}
	buf_done(&t->head);
	answer_log(t);
}

void
sip_answer(struct sip_turn *t, int status, unsigned id, const char *reason)
{
	sip_answer_begin(t, status);
	if (id != 0)
		sip_write(&t->head, "ms-diagnostics", "%u;reason=\"%s\";source=\"%s\"", id,
		    reason, t->conn->s->cfg.fqdn);
	sip_answer_end(t, NULL, (struct span){ NULL, 0 });
}

/* From the user to himself, with the tags the other way round. */
int
sip_request(struct serve_sip_conn *c, const struct sip_dialog *d, const char *method,
    const char *headers, const char *type, struct span body, struct buf *out)
{
	struct sip_binding *b = c->binding;
	char branch[17];
	struct buf head, gruu = { 0 };
	size_t line_n;
	int err;

	buf_init(&head, ANSWER_MAX);
	epid_gruu(&gruu, span_of(b->aor), b->uuid);
	/* The GRUU names the one endpoint that is registered here. */
	sip_write_request(&head, method, buf_cstr(&gruu));
	line_n = head.n;
	buf_done(&gruu);

	sip_random_hex(c->s, branch, 16);
	sip_write(&head, "Via", "SIP/2.0/TLS %s:5061;branch=z9hG4bK%s", c->s->cfg.fqdn, branch);
	sip_write(&head, "Max-Forwards", "70");
	sip_write(&head, "From", "<%s>;tag=%s", b->aor, c->tag);
	buf_printf(&head, "To: <%s>;tag=", b->aor);
	buf_span(&head, d->client_tag);
	buf_printf(&head, ";epid=%s\r\n", b->epid);
	sip_write_span(&head, "Call-ID", d->call_id);
	sip_write(&head, "CSeq", "%u %s", d->cseq, method);
	buf_text(&head, headers);
	err = sip_put_signed(c, &head, line_n, type, body, out);
	buf_done(&head);
	return err;
}
