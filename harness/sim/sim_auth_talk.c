/* sim_auth_talk.c - the phone's conversations with the KDC of the toy Kerberos; RFC
 * 4120 3.1, 3.3.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "krb_names.h"
#include "mem.h"
#include "sim_auth_priv.h"
#include "sim_kdc.h"

/* Bytes of the real requests (measured), beside the ticket in them. */
enum { AS_REQ_BYTES = 165, AS_REQ_AGAIN_BYTES = 254, TGS_REQ_REST = 417, PROOF_BYTES = 64 };

struct auth_talk {
	struct sim_auth *a;
	bool login, preauth, stream, begun;
	uint8_t nonce[8];
	char spn[SIM_KRB_NAME], text[96];
	struct buf packet;
};

const char *
sim_auth_krbtgt(const struct sim_auth *a, char out[SIM_KRB_NAME])
{
	(void)snprintf(out, SIM_KRB_NAME, "krbtgt/%s", a->realm);
	return out;
}

static const struct sim_kept *
talk_tgt(const struct auth_talk *t, int64_t now_us)
{
	char krbtgt[SIM_KRB_NAME];

	return sim_tickets_find(&t->a->tickets, span_of(sim_auth_krbtgt(t->a, krbtgt)), now_us);
}

/* ---- beginning ----------------------------------------------------------------- */

static int
talk_new(struct sim_auth *a, bool login, const char *spn, struct auth_talk **out)
{
	struct auth_talk *t = mem_new(sizeof *t);

	if (t == NULL)
		return -ENOMEM;
	t->a = a;
	t->login = login;
	(void)snprintf(t->spn, sizeof t->spn, "%s", spn);
	(void)sim_krb_put_time(t->nonce, (int64_t)++a->nonce);
	a->talks++;
	*out = t;
	return 0;
}

int
sim_auth_login(struct auth *auth, struct auth_talk **out)
{
	return talk_new(sim_auth_of(auth), true, "", out);
}

int
sim_auth_ticket(struct auth *auth, const char *spn, struct auth_talk **out)
{
	struct sim_auth *a = sim_auth_of(auth);
	int rc = a->logged_in ? sim_auth_spn_is_good(spn) : -ENOKEY;

	return rc != 0 ? rc : talk_new(a, false, spn, out);
}

void
sim_auth_drop(struct auth_talk *t)
{
	if (t == NULL)
		return;
	t->a->talks--;
	buf_done(&t->packet);
	mem_free(t);
}

/* ---- failing -------------------------------------------------------------------- */

/* "krb:24 KDC_ERR_PREAUTH_FAILED", or where there is no number the library's words. */
static enum auth_next
talk_fail(struct auth_talk *t, int code, const char *words, struct auth_out *out)
{
	const char *name = code != 0 ? krb_error_name(code) : words;

	if (name != NULL)
		(void)snprintf(t->text, sizeof t->text, "krb:%d %s", code, name);
	else
		(void)snprintf(
		    t->text, sizeof t->text, "krb:%d KRB5 error code %d", code, code);
	out->code = code;
	out->text = t->text;
	return AUTH_FAILED;
}

/* ---- asking ---------------------------------------------------------------------- */

/* Who we are; the second time with the time, sealed by the password. */
static void
write_login(struct auth_talk *t)
{
	struct buf proof = { 0 };
	uint8_t now[8];
	struct sim_krb m = { .tag = SIM_AS_REQ, .n = 4 }, time = { .n = 1 };

	time.field[0] = sim_krb_put_time(now, sim_auth_now(t->a));
	if (t->preauth)
		sim_krb_seal(&proof, span_of(t->a->password), &time, PROOF_BYTES);
	m.field[0] = span_of(t->a->user);
	m.field[1] = span_of(t->a->realm);
	m.field[2] = (struct span){ t->nonce, sizeof t->nonce };
	m.field[3] = buf_bytes(&proof);
	sim_krb_write(
	    &t->packet, t->stream, &m, t->preauth ? AS_REQ_AGAIN_BYTES : AS_REQ_BYTES);
	if (proof.err != 0)
		t->packet.err = proof.err;
	buf_done(&proof);
}

/* What we want, with the ticket-granting ticket, and that it is ours. */
static void
write_ticket(struct auth_talk *t, const struct sim_kept *tgt)
{
	struct buf ticket = { 0 }, proof = { 0 };
	uint8_t now[8];
	struct sim_krb m = { .tag = SIM_TGS_REQ, .n = 5 }, what = { .n = 2 };

	what.field[0] = sim_krb_put_time(now, sim_auth_now(t->a));
	what.field[1] = span_of(t->spn);
	sim_krb_seal(&proof, (struct span){ tgt->session, SIM_KRB_KEY }, &what, PROOF_BYTES);
	sim_kept_ticket(tgt, &ticket);
	m.field[0] = span_of(t->spn);
	m.field[1] = span_of(t->a->realm);
	m.field[2] = (struct span){ t->nonce, sizeof t->nonce };
	m.field[3] = buf_bytes(&ticket);
	m.field[4] = buf_bytes(&proof);
	/* What UDP would cut in pieces goes over TCP at once. */
	if (TGS_REQ_REST + ticket.n > SIM_KRB_PACKET)
		t->stream = true;
	sim_krb_write(&t->packet, t->stream, &m, TGS_REQ_REST + ticket.n);
	if (proof.err != 0 || ticket.err != 0)
		t->packet.err = -ENOMEM;
	buf_done(&proof);
	buf_done(&ticket);
}

static enum auth_next
talk_send(struct auth_talk *t, struct auth_out *out)
{
	const struct sim_kept *tgt = t->login ? NULL : talk_tgt(t, sim_auth_now(t->a));

	/* One that has ended is not even shown. */
	if (!t->login && tgt == NULL)
		return talk_fail(t, KRB_TICKET_EXPIRED, NULL, out);
	buf_clear(&t->packet);
	if (t->login)
		write_login(t);
	else
		write_ticket(t, tgt);
	if (t->packet.err != 0)
		return talk_fail(t, 0, "Cannot allocate memory", out);
	out->packet = buf_bytes(&t->packet);
	out->stream = t->stream;
	out->realm = t->a->realm;
	return AUTH_SEND;
}

/* ---- hearing ----------------------------------------------------------------------- */

static enum auth_next
talk_error(struct auth_talk *t, int code, struct auth_out *out)
{
	if (code == KRB_PREAUTH_REQUIRED && t->login && !t->preauth) {
		t->preauth = true;
		return talk_send(t, out);
	}
	if (code == KRB_TOO_BIG && !t->stream) {
		t->stream = true;
		return talk_send(t, out);
	}
	return talk_fail(t, code, NULL, out);
}

/* The part of the reply that is for us.  0 or -EBADMSG. */
static int
talk_open(const struct auth_talk *t, struct span part, struct sim_krb *in)
{
	const struct sim_kept *tgt = t->login ? NULL : talk_tgt(t, INT64_MIN);
	struct span none = { NULL, 0 };

	if (tgt != NULL)
		return sim_krb_open(part, (struct span){ tgt->session, SIM_KRB_KEY }, in);
	if (sim_krb_open(part, span_of(t->a->password), in) == 0)
		return 0;
	/* A KDC that takes any password seals by none. */
	return t->login ? sim_krb_open(part, none, in) : -EBADMSG;
}

/* A login empties the cache, as the library's does. */
static enum auth_next
talk_keep(
    struct auth_talk *t, const struct sim_krb *part, struct span ticket, struct auth_out *out)
{
	struct sim_kept k = { .start_us = sim_krb_time(part->field[2]),
		.end_us = sim_krb_time(part->field[3]) };

	memcpy(k.session, part->field[0].p, SIM_KRB_KEY);
	if (t->login) {
		sim_tickets_drop(&t->a->tickets);
		t->a->logged_in = false;
	}
	if (sim_tickets_put(&t->a->tickets, &k, part->field[1], ticket) != 0)
		return talk_fail(t, 0, "Cannot allocate memory", out);
	t->a->logged_in = true;
	return AUTH_DONE;
}

static enum auth_next
talk_reply(struct auth_talk *t, const struct sim_krb *m, struct auth_out *out)
{
	struct sim_krb part;

	if (m->tag != (t->login ? SIM_AS_REP : SIM_TGS_REP) || m->n != 3)
		return talk_fail(t, KRB_MESSAGE_TYPE, NULL, out);
	/* A KDC that asks for preauthentication would have said that the password is wrong. */
	if (talk_open(t, m->field[2], &part) != 0 || part.n != 5 ||
	    part.field[0].n != SIM_KRB_KEY)
		return talk_fail(
		    t, t->login ? KRB_PREAUTH_FAILED : KRB_BAD_INTEGRITY, NULL, out);
	if (!span_eq(part.field[4], (struct span){ t->nonce, sizeof t->nonce }))
		return talk_fail(t, 0, "KDC reply did not match expectations", out);
	return talk_keep(t, &part, m->field[1], out);
}

enum auth_next
sim_auth_next(struct auth_talk *t, struct span reply, struct auth_out *out)
{
	struct sim_krb m;
	int rc;

	*out = (struct auth_out){ .realm = t->a->realm };
	if (!t->begun) {
		t->begun = true;
		/* A ticket that is there needs no packet. */
		if (!t->login &&
		    sim_tickets_find(&t->a->tickets, span_of(t->spn), sim_auth_now(t->a)) !=
			NULL)
			return AUTH_DONE;
		return talk_send(t, out);
	}
	rc = sim_krb_read(reply, t->stream, &m);
	if (rc != 0)
		return talk_fail(t, 0,
		    rc == -EBADMSG ? "Bad message" : "ASN.1 encoding ended unexpectedly", out);
	return m.tag == SIM_KRB_ERROR ? talk_error(t, m.code, out) : talk_reply(t, &m, out);
}
