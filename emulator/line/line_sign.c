/*
 * line_sign.c - the signing context of a line: challenge, token, signatures of what
 * we send, trust in what the server sends.  [MS-SIPAE] 3.2.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "line_impl.h"
#include "mem.h"
#include "text.h"

enum { SA_LIFE_S = 8 * 3600, SA_SPARE_S = 5 * 60, SA_VERSION_MIN = 2, SA_VERSION_MAX = 4 };

void
line_sa_forget(struct line *l)
{
	if (l->sa.sa != NULL)
		l->cfg.auth->ops->sign_close(l->sa.sa);
	mem_free(l->sa.realm);
	mem_free(l->sa.target);
	mem_free(l->sa.opaque);
	l->sa = (struct line_sa){ 0 };
}

void
line_unsign(struct line *l)
{
	line_sa_forget(l);
}

int
line_challenged(struct line *l, const struct sip_msg *m)
{
	struct sip_auth a;
	int err = sip_challenge_read(m, "Kerberos", &a);

	if (err == -ENOENT && sip_challenge_read(m, NULL, &a) != -ENOENT)
		return -ENOTSUP;
	if (err != 0)
		return -EBADMSG;

	line_sa_forget(l);
	/* The version of the signatures is the lower of what both know. */
	l->sa.version = a.version < SA_VERSION_MAX ? a.version : SA_VERSION_MAX;
	if (l->sa.version < SA_VERSION_MIN)
		l->sa.version = SA_VERSION_MIN;
	l->sa.proxy = a.proxy;
	l->sa.realm = line_keep(a.realm);
	l->sa.target = line_keep(a.target);
	if (l->sa.realm != NULL && l->sa.target != NULL)
		return 0;
	line_sa_forget(l);
	return -ENOMEM;
}

const char *
line_target(const struct line *l)
{
	return l->sa.target;
}

unsigned
line_version(const struct line *l)
{
	return l->sa.version;
}

bool
line_sign_is_old(const struct line *l)
{
	uint64_t age_s = (line_now(l) - l->sa.since_us) / 1000000;

	/* It ends with the ticket, or after eight hours if the ticket lasts longer
	 * ([MS-SIPAE] 3.2.2). */
	return l->sa.sa == NULL || age_s + SA_SPARE_S >= SA_LIFE_S ||
	    l->cfg.auth->ops->sign_left_s(l->sa.sa) <= SA_SPARE_S;
}

int
line_sa_open(struct line *l, struct buf *token_out)
{
	struct auth *auth = l->cfg.auth;
	struct buf token = { 0 };
	int err = auth->ops->sign_open(auth, l->sa.target, &token, &l->sa.sa);

	if (err == 0) {
		l->sa.since_us = line_now(l);
		buf_base64(token_out, buf_bytes(&token));
		err = token_out->err;
	}
	if (err != 0)
		line_sa_reopen(l);
	buf_done(&token);
	return err;
}

void
line_sa_reopen(struct line *l)
{
	if (l->sa.sa != NULL)
		l->cfg.auth->ops->sign_close(l->sa.sa);
	l->sa.sa = NULL;
	l->sa.cnum = 0;
}

/* ---- what we send ------------------------------------------------------- */

/* The signature over a head that is whole but for Content-* (which are not signed). */
static int
line_mic(struct line *l, struct buf *head, const struct sip_auth *a, struct buf *mic)
{
	struct buf signed_bytes = { 0 };
	struct sip_msg m;
	size_t n = head->n;
	int err;

	/* What is signed are fields, so the head is parsed as the receiver will; the blank
	 * line that this needs is taken back. */
	buf_text(head, "\r\n");
	err = head->err != 0 ? head->err : sip_msg_parse(head->p, head->n, &m);
	if (err == 0)
		err = sip_signed_bytes(&signed_bytes, &m, a);
	if (err == 0)
		err = l->cfg.auth->ops->sign(l->sa.sa, buf_bytes(&signed_bytes), mic);
	buf_done(&signed_bytes);
	head->n = n;
	return err;
}

/* Answer a proxy's challenge as a proxy's; else as the firmware does. */
static const char *
line_auth_header(const struct line *l)
{
	return l->sa.proxy ? "Proxy-Authorization" : l->cfg.who.profile->sip.auth_header;
}

int
line_sign(struct line *l, struct buf *head, struct span token)
{
	struct line_sa *sa = &l->sa;
	struct sip_auth a = { .scheme = span_of("Kerberos"),
		.realm = span_of(sa->realm),
		.target = span_of(sa->target),
		.opaque = span_of(sa->opaque),
		.version = sa->version };
	uint8_t mic_bytes[64];
	char rand[9], num[12];
	struct buf mic;
	int err = 0;

	if (sa->sa == NULL)
		return 0;
	if (token.n > 0)
		a.gssapi = token;
	buf_over(&mic, mic_bytes, sizeof mic_bytes);

	/* Before version 4 what carries the token is not signed. */
	if (token.n == 0 || sa->version >= 4) {
		line_random_hex(l, rand, 8);
		(void)snprintf(num, sizeof num, "%u", ++sa->cnum);
		a.rand = span_of(rand);
		a.num = span_of(num);
		err = line_mic(l, head, &a, &mic);
		a.mic = buf_bytes(&mic);
	}
	if (err == 0)
		sip_write_auth(head, SIP_BY_CLIENT, line_auth_header(l), &a);
	return err != 0 ? err : head->err;
}

/* ---- what the server sends ---------------------------------------------- */

static bool
line_mic_is_right(struct line *l, const struct sip_msg *m, struct sip_auth *a)
{
	struct buf bytes = { 0 }, mic;
	uint8_t mic_bytes[64];
	bool right;

	/* The server does not repeat the version: it is the one agreed on. */
	a->version = l->sa.version;
	buf_over(&mic, mic_bytes, sizeof mic_bytes);
	right = text_unhex(&mic, a->mic) == 0 && sip_signed_bytes(&bytes, m, a) == 0 &&
	    l->cfg.auth->ops->check(l->sa.sa, buf_bytes(&bytes), buf_bytes(&mic)) == 0;
	buf_done(&bytes);
	return right;
}

/* A message that says it is signed. */
static bool
line_signature_is_good(struct line *l, const struct sip_msg *m, struct sip_auth *a)
{
	struct line_sa *sa = &l->sa;
	uint32_t num;

	if (sa->sa == NULL || !span_is(a->realm, sa->realm) || !span_is(a->target, sa->target))
		return false;
	/* An old number is refused before any cryptography. */
	if (sip_auth_num(a, &num) != 0 || !sip_replay_fresh(&sa->seen, num))
		return false;
	if (!line_mic_is_right(l, m, a))
		return false;

	/* Only now: a forged number must not use up the window. */
	sip_replay_mark(&sa->seen, num);
	sa->proven = true;
	/* The server's name of the context goes into all our credentials from now on. */
	if (sa->opaque == NULL)
		sa->opaque = line_keep(a->opaque);
	return true;
}

enum line_trust
line_trust(struct line *l, const struct sip_msg *m)
{
	struct sip_auth a;
	int err;

	/* A challenge is what comes when there is no context to sign with. */
	if (m->status == 401 || m->status == 407)
		return LINE_EXEMPT;
	err = sip_auth_read(m, SIP_BY_SERVER, "Kerberos", &a);
	if (err == 0 && a.mic.n > 0)
		return line_signature_is_good(l, m, &a) ? LINE_GOOD : LINE_BAD;
	if (err != -ENOENT)
		return LINE_BAD;

	/* Unsigned: provisional, or refused before there was anything to sign with. */
	if (m->status != 0 && m->status < 200)
		return LINE_EXEMPT;
	return m->status >= 400 && !l->sa.proven ? LINE_EXEMPT : LINE_BAD;
}
