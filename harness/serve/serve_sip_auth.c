/* serve_sip_auth.c - who speaks, and is it signed?  [MS-SIPAE] 3.3.5.1 and 3.3.5.2, step by
 * step. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mem.h"
#include "serve_sip_impl.h"
#include "text.h"

/* A context ends after eight hours, whatever its ticket says ([MS-SIPAE] 3.2.2). */
#define CONTEXT_US (UINT64_C(8) * 3600 * 1000000)

static void
sip_context_free(struct sip_context *x)
{
	mem_free(x->aor);
	mem_free(x->epid);
	mem_free(x);
}

void
sip_context_drop(struct serve_sip_conn *c)
{
	if (c->context == NULL)
		return;
	c->s->cfg.acceptor->ops->sip_close(c->context->sa);
	sip_context_free(c->context);
	c->context = NULL;
}

/* ---- what we sign ------------------------------------------------------- */

/* The signature over a head that lacks Content-* and the blank line. */
static int
sip_mic(struct serve_sip_conn *c, struct buf *head, const struct sip_auth *a, struct buf *mic)
{
	const struct accept_ops *ops = c->s->cfg.acceptor->ops;
	struct buf bytes = { 0 };
	size_t n = head->n;
	struct sip_msg m;
	int err;

	buf_text(head, "\r\n");
	err = head->err != 0 ? head->err : sip_msg_parse(head->p, head->n, &m);
	if (err == 0)
		err = sip_signed_bytes(&bytes, &m, a);
	if (err == 0)
		err = ops->sip_sign(c->context->sa, buf_bytes(&bytes), mic);
	buf_done(&bytes);
	head->n = n;
	return err;
}

int
sip_put_signed(struct serve_sip_conn *c, struct buf *head, size_t line_n, const char *type,
    struct span body, struct buf *out)
{
	struct sip_context *x = c->context;
	char rand[9], num[12];
	uint8_t mic_bytes[64];
	struct buf mic;
	struct sip_auth a = { .scheme = span_of("Kerberos"),
		.realm = span_of(SIP_REALM),
		.target = span_of(c->s->target),
		.opaque = span_of(x->opaque),
		.version = x->version };
	int err;

	sip_random_hex(c->s, rand, 8);
	(void)snprintf(num, sizeof num, "%u", ++x->snum);
	a.rand = span_of(rand);
	a.num = span_of(num);
	buf_over(&mic, mic_bytes, sizeof mic_bytes);
	err = sip_mic(c, head, &a, &mic);
	if (err != 0)
		return err;
	a.mic = buf_bytes(&mic);

	buf_put(out, head->p, line_n);
	sip_write_auth(out, SIP_BY_SERVER,
	    x->proxy ? "Proxy-Authentication-Info" : "Authentication-Info", &a);
	buf_put(out, head->p + line_n, head->n - line_n);
	if (body.n > 0)
		sip_write(out, "Content-Type", "%s", type);
	sip_write(out, "Content-Length", "%zu", body.n);
	sip_write_body(out, body);
	return out->err;
}

/* ---- what we verify ----------------------------------------------------- */

static bool
sip_mic_is_right(struct serve_sip_conn *c, const struct sip_context *x, const struct sip_msg *m,
    struct sip_auth *a)
{
	const struct accept_ops *ops = c->s->cfg.acceptor->ops;
	struct buf bytes = { 0 }, mic;
	uint8_t mic_bytes[64];
	bool right;

	a->version = x->version;
	buf_over(&mic, mic_bytes, sizeof mic_bytes);
	right = text_unhex(&mic, a->mic) == 0 && sip_signed_bytes(&bytes, m, a) == 0 &&
	    ops->sip_check(x->sa, buf_bytes(&bytes), buf_bytes(&mic)) == 0;
	buf_done(&bytes);
	if (!right)
		c->s->stats.bad_signatures++;
	return right;
}

/* A message with a signature of the client's, in a context that stands. */
static bool
sip_is_signed(const struct sip_turn *t, struct sip_auth *a)
{
	struct sip_context *x = t->conn->context;
	uint32_t num;

	if (x == NULL || t->now_us >= x->until_us || a->rand.n == 0 || a->mic.n == 0 ||
	    !span_is(a->opaque, x->opaque))
		return false;
	if (sip_auth_num(a, &num) != 0 || !sip_replay_fresh(&x->seen, num))
		return false;
	if (!sip_mic_is_right(t->conn, x, t->msg, a))
		return false;
	sip_replay_mark(&x->seen, num);
	return true;
}

static bool
sip_is_for_us(const struct serve_sip *s, const struct sip_auth *a)
{
	return span_is(a->realm, SIP_REALM) && span_is(a->target, s->target);
}

bool
sip_response_is_signed(const struct sip_turn *t)
{
	struct sip_auth a;

	return sip_auth_read(t->msg, SIP_BY_CLIENT, "Kerberos", &a) == 0 &&
	    sip_is_for_us(t->conn->s, &a) && sip_is_signed(t, &a);
}

/* ---- the challenge ------------------------------------------------------ */

static void
sip_date(int64_t wall_us, char *out, size_t cap)
{
	time_t s = (time_t)(wall_us / 1000000);
	struct tm tm;

	if (gmtime_r(&s, &tm) == NULL ||
	    strftime(out, cap, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
		out[0] = '\0';
}

/* 401 with both schemes; Kerberos is the one that works here. */
static void
sip_challenge(struct sip_turn *t, unsigned id, const char *reason)
{
	struct serve_sip *s = t->conn->s;
	char date[40], version[24] = "";

	sip_date(t->wall_us, date, sizeof date);
	if (s->cfg.version > 2)
		(void)snprintf(version, sizeof version, ", version=%u", s->cfg.version);
	sip_answer_begin(t, 401);
	sip_write(&t->head, "Date", "%s", date);
	sip_write(&t->head, "WWW-Authenticate", "Kerberos realm=\"%s\", targetname=\"%s\"%s",
	    SIP_REALM, s->target, version);
	sip_write(&t->head, "WWW-Authenticate", "NTLM realm=\"%s\", targetname=\"%s\"%s",
	    SIP_REALM, s->cfg.fqdn, version);
	if (id != 0)
		sip_write(&t->head, "ms-diagnostics", "%u;reason=\"%s\";source=\"%s\"", id,
		    reason, s->cfg.fqdn);
	sip_answer_end(t, NULL, (struct span){ NULL, 0 });
}

static void
sip_not_authorized(struct sip_turn *t)
{
	sip_answer(t, 403, 4004,
	    "Credentials provided are not authorized to act as specified from URI");
}

/* ---- a token: a new context --------------------------------------------- */

/* The ids of the endpoint, which must fit: +sip.instance is made from epid. */
static bool
sip_endpoint_is_right(struct sip_turn *t, struct span *epid_out)
{
	struct sip_addr contact;
	struct span instance;

	if (!sip_param(t->from.params, "epid", epid_out) || epid_out->n == 0) {
		sip_answer(t, 400, 4011, "Epid not present");
		return false;
	}
	if (epid_out->n > SIP_EPID_MAX) {
		sip_answer(t, 400, 4012, "Epid too long");
		return false;
	}
	if (sip_msg_addr(t->msg, "Contact", &contact) != 0 ||
	    !sip_param(contact.params, "+sip.instance", &instance)) {
		sip_answer(t, 400, 4010, "Endpoint id missing");
		return false;
	}
	if (!epid_owns(*epid_out, instance)) {
		sip_answer(t, 400, 4010, "Endpoint id is not that of the epid");
		return false;
	}
	return true;
}

/* Does the principal "user@REALM" stand for the user in From? */
static bool
sip_principal_is(const struct sip_turn *t, const char *principal)
{
	const char *realm = t->conn->s->cfg.krb_realm;
	struct span rest = span_of(principal), user = span_cut(&rest, '@');
	char from[128];

	if (text_copy(from, sizeof from, t->user.user) != 0 || !span_is_nocase(user, from))
		return false;
	return realm == NULL || span_is_nocase(rest, realm);
}

static struct sip_context *
sip_context_new(struct sip_turn *t, const struct sip_auth *a, struct span epid)
{
	struct sip_context *x = mem_new(sizeof *x);

	if (x == NULL)
		return NULL;
	x->aor = mem_copy(t->from.uri.p, t->from.uri.n);
	x->epid = mem_copy(epid.p, epid.n);
	x->version = a->version;
	x->proxy = a->proxy;
	x->until_us = t->now_us + CONTEXT_US;
	sip_random_hex(t->conn->s, x->opaque, 8);
	if (x->aor != NULL && x->epid != NULL)
		return x;
	sip_context_free(x);
	return NULL;
}

/* Let the acceptor see the token.  0 and the context's sa, or -errno with its words. */
static int
sip_accept(struct sip_turn *t, const struct sip_auth *a, struct accept_sa **sa,
    char client[ACCEPT_NAME_MAX])
{
	struct acceptor *acceptor = t->conn->s->cfg.acceptor;
	const char *text = NULL;
	struct buf token;
	int err;

	buf_init(&token, SIP_MSG_MAX);
	err = text_unbase64(&token, a->gssapi);
	if (err == 0)
		err = acceptor->ops->sip_open(acceptor, buf_bytes(&token), sa, client, &text);
	buf_done(&token);
	return err;
}

/* From version 4 on the message that completes the handshake is signed itself. */
static bool
sip_first_is_signed(struct sip_turn *t, struct sip_context *x, struct sip_auth *a)
{
	uint32_t num;

	if (x->version < 4)
		return true;
	if (a->rand.n == 0 || a->mic.n == 0 || sip_auth_num(a, &num) != 0 ||
	    !sip_mic_is_right(t->conn, x, t->msg, a))
		return false;
	sip_replay_mark(&x->seen, num);
	return true;
}

static bool
sip_establish(struct sip_turn *t, struct sip_auth *a)
{
	struct serve_sip_conn *c = t->conn;
	char client[ACCEPT_NAME_MAX];
	struct sip_context *x;
	struct accept_sa *sa;
	struct span epid;

	sip_context_drop(c);
	if (!sip_endpoint_is_right(t, &epid))
		return false;
	if (a->version > c->s->cfg.version || sip_accept(t, a, &sa, client) != 0) {
		sip_challenge(t, 1000, "Final handshake failed");
		return false;
	}
	x = sip_context_new(t, a, epid);
	if (x == NULL) {
		c->s->cfg.acceptor->ops->sip_close(sa);
		sip_answer(t, 500, 0, NULL);
		return false;
	}
	x->sa = sa;
	c->context = x;
	if (!sip_first_is_signed(t, x, a)) {
		sip_context_drop(c);
		sip_challenge(t, 1000, "Final handshake failed");
		return false;
	}
	if (!sip_principal_is(t, client)) {
		sip_not_authorized(t);
		sip_context_drop(c); /* it would stand for the user it claimed */
		return false;
	}
	return true;
}

/* ---- each request ------------------------------------------------------- */

/* The context was made for one user's one endpoint. */
static bool
sip_is_same_user(struct sip_turn *t)
{
	const struct sip_context *x = t->conn->context;
	struct span epid;

	if (span_is_nocase(t->from.uri, x->aor) && sip_param(t->from.params, "epid", &epid) &&
	    span_is(epid, x->epid))
		return true;
	sip_not_authorized(t);
	return false;
}

bool
sip_authenticate(struct sip_turn *t)
{
	bool unanswerable = span_is(t->msg->method, "ACK") || span_is(t->msg->method, "CANCEL");
	struct serve_sip_conn *c = t->conn;
	struct sip_auth a;

	if (sip_auth_read(t->msg, SIP_BY_CLIENT, "Kerberos", &a) == 0 &&
	    sip_is_for_us(c->s, &a)) {
		if (a.gssapi.p != NULL && span_is(t->msg->method, "REGISTER"))
			return sip_establish(t, &a);
		if (a.gssapi.p == NULL && sip_is_signed(t, &a)) {
			c->context->proxy = a.proxy;
			return sip_is_same_user(t);
		}
	}
	/* RFC 3261 section 22.1: an ACK or CANCEL cannot be challenged. */
	if (!unanswerable)
		sip_challenge(t, 0, NULL);
	return false;
}
