/* sim_kdc.c - see sim_kdc.h; RFC 4120 3.1 and 3.3 without the cipher. */
#include "sim_kdc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim_krb.h"

/* Bytes that krb5kdc's messages have with RC4 and without a PAC (measured). */
enum { PART_BYTES = 230, AS_REP_BYTES = 879, TGS_REP_BYTES = 951 };

/* One request while it is answered. */
struct kdc_turn {
	struct sim_kdc *kdc;
	const struct sim_krb *ask;
	bool stream;
	int64_t wall_us;
	struct buf *reply;
};

static void
kdc_refuse(struct kdc_turn *t, int code)
{
	sim_krb_write_error(t->reply, t->stream, code);
}

/* By how much is this clock off?  A clock that does not run is not wrong. */
static bool
kdc_skewed(const struct kdc_turn *t, int64_t theirs_us)
{
	int64_t off = theirs_us - t->wall_us;

	return t->wall_us != 0 && theirs_us != 0 &&
	    (off > SIM_KRB_SKEW_US || off < -SIM_KRB_SKEW_US);
}

static bool
kdc_is_ours(const struct kdc_turn *t, struct span realm)
{
	return t->kdc->realm == NULL || span_is(realm, t->kdc->realm);
}

/* ---- giving a ticket ---------------------------------------------------------- */

/* The ticket, and beside it what only the asker can open: the session's key. */
static void
kdc_give(struct kdc_turn *t, enum sim_krb_tag tag, struct sim_ticket *ticket, struct span key)
{
	size_t size = t->kdc->ticket_bytes > 0 ? t->kdc->ticket_bytes : SIM_KRB_TICKET;
	size_t usual = tag == SIM_AS_REP ? AS_REP_BYTES : TGS_REP_BYTES;
	struct buf sealed = { 0 }, part = { 0 };
	uint8_t start[8], end[8];
	struct sim_krb inside = { .n = 5,
		.field = { { ticket->session, SIM_KRB_KEY }, ticket->spn,
		    sim_krb_put_time(start, ticket->start_us),
		    sim_krb_put_time(end, ticket->end_us), t->ask->field[2] } };
	struct sim_krb m = { .tag = tag, .n = 3 };

	sim_ticket_write(&sealed, ticket, size);
	sim_krb_seal(&part, key, &inside, PART_BYTES);
	m.field[0] = ticket->client;
	m.field[1] = buf_bytes(&sealed);
	m.field[2] = buf_bytes(&part);
	if (sealed.err != 0 || part.err != 0)
		t->reply->err = -ENOMEM;
	else if (!t->stream && usual - SIM_KRB_TICKET + size > SIM_KRB_PACKET)
		kdc_refuse(t, KRB_TOO_BIG);
	else
		sim_krb_write(t->reply, t->stream, &m, usual - SIM_KRB_TICKET + size);
	buf_done(&sealed);
	buf_done(&part);
}

/* A key nobody else has: of whose ticket, for what, from when, and the asker's nonce. */
static void
kdc_session(const struct kdc_turn *t, struct sim_ticket *ticket)
{
	struct buf text = { 0 };

	buf_span(&text, ticket->client);
	buf_span(&text, ticket->spn);
	buf_printf(&text, "%lld", (long long)ticket->start_us);
	sim_mic(t->ask->field[2], "session", buf_bytes(&text), ticket->session);
	buf_done(&text);
}

/* ---- the AS exchange ------------------------------------------------------------ */

/* What is wrong with this account before anything was proved? */
static int
kdc_account_error(const struct kdc_turn *t, enum sim_account account)
{
	if (t->kdc->login_error != 0)
		return t->kdc->login_error;
	switch (account) {
	case ACCOUNT_UNKNOWN:
		return KRB_UNKNOWN_USER;
	case ACCOUNT_LOCKED:
		return KRB_REVOKED;
	case ACCOUNT_EXPIRED:
		return KRB_KEY_EXPIRED;
	case ACCOUNT_GOOD:
	case ACCOUNT_OTHER_PASSWORD:
		break;
	}
	return kdc_is_ours(t, t->ask->field[1]) ? 0 : KRB_WRONG_REALM;
}

/* The time, sealed by the password. */
static int
kdc_preauth_error(const struct kdc_turn *t, struct span preauth, enum sim_account account)
{
	const char *password = t->kdc->password;
	struct sim_krb m;

	if (preauth.n == 0)
		return KRB_PREAUTH_REQUIRED;
	if (account == ACCOUNT_OTHER_PASSWORD)
		return KRB_PREAUTH_FAILED;
	if (password != NULL && sim_krb_open(preauth, span_of(password), &m) != 0)
		return KRB_PREAUTH_FAILED;
	if (password != NULL && m.n > 0 && kdc_skewed(t, sim_krb_time(m.field[0])))
		return KRB_SKEW;
	return 0;
}

static void
kdc_login(struct kdc_turn *t)
{
	struct sim_kdc *k = t->kdc;
	const struct span *f = t->ask->field;
	enum sim_account account = k->account != NULL ? k->account(k->arg, f[0]) : ACCOUNT_GOOD;
	int code = kdc_account_error(t, account);
	char krbtgt[SIM_KRB_NAME];
	struct sim_ticket ticket = { .client = f[0], .realm = f[1] };

	if (code == 0)
		code = kdc_preauth_error(t, f[3], account);
	if (code != 0) {
		kdc_refuse(t, code);
		return;
	}
	(void)snprintf(krbtgt, sizeof krbtgt, "krbtgt/%.*s", (int)f[1].n, (const char *)f[1].p);
	ticket.spn = span_of(krbtgt);
	ticket.start_us = t->wall_us;
	ticket.end_us = t->wall_us != 0 ? t->wall_us + SIM_KRB_LIFE_US : 0;
	kdc_session(t, &ticket);
	k->logins++;
	/* Where any password will do, nobody's opens it: see sim_auth.c. */
	kdc_give(t, SIM_AS_REP, &ticket, span_of(k->password));
}

/* ---- the TGS exchange -------------------------------------------------------------- */

static bool
kdc_has_service(const struct sim_kdc *k, struct span spn)
{
	if (k->unknown_spn != NULL && span_is(spn, k->unknown_spn))
		return false;
	for (size_t i = 0; i < k->n_services; i++)
		if (span_is_nocase(spn, k->services[i].spn))
			return true;
	return k->services == NULL;
}

/* Is the ticket-granting ticket ours, and in its time, and the asker's? */
static int
kdc_tgt_error(const struct kdc_turn *t, struct sim_ticket *tgt)
{
	const struct span *f = t->ask->field;
	char krbtgt[SIM_KRB_NAME];
	struct sim_krb m;

	(void)snprintf(krbtgt, sizeof krbtgt, "krbtgt/%.*s", (int)f[1].n, (const char *)f[1].p);
	if (sim_ticket_read(f[3], span_of(krbtgt), f[1], tgt) != 0)
		return KRB_BAD_INTEGRITY;
	if (t->wall_us != 0 && tgt->end_us != 0 && t->wall_us > tgt->end_us + SIM_KRB_SKEW_US)
		return KRB_TICKET_EXPIRED;
	if (t->wall_us != 0 && tgt->start_us > t->wall_us + SIM_KRB_SKEW_US)
		return KRB_TICKET_NOT_YET;
	/* Time and service are sealed: who changed one of them has not the key. */
	if (sim_krb_open(f[4], (struct span){ tgt->session, SIM_KRB_KEY }, &m) != 0 ||
	    m.n != 2 || !span_eq(m.field[1], f[0]))
		return KRB_BAD_INTEGRITY;
	return kdc_skewed(t, sim_krb_time(m.field[0])) ? KRB_SKEW : 0;
}

static void
kdc_ticket(struct kdc_turn *t)
{
	const struct span *f = t->ask->field;
	struct sim_ticket tgt, ticket;
	int code = kdc_tgt_error(t, &tgt);

	if (code == 0 && !kdc_is_ours(t, f[1]))
		code = KRB_WRONG_REALM;
	if (code == 0 && !kdc_has_service(t->kdc, f[0]))
		code = KRB_UNKNOWN_SERVICE;
	if (code == 0 && t->kdc->too_big && !t->stream)
		code = KRB_TOO_BIG;
	if (code != 0) {
		kdc_refuse(t, code);
		return;
	}
	/* No ticket outlives the one it was got with. */
	ticket = (struct sim_ticket){ .client = tgt.client,
		.realm = tgt.realm,
		.spn = f[0],
		.start_us = t->wall_us,
		.end_us = tgt.end_us };
	kdc_session(t, &ticket);
	kdc_give(t, SIM_TGS_REP, &ticket, (struct span){ tgt.session, SIM_KRB_KEY });
}

/* What a KDC finds out by the proof it says after it has asked for one. */
static void
kdc_refuse_all(struct kdc_turn *t)
{
	int code = t->kdc->refuse;
	bool proof = code == KRB_PREAUTH_FAILED || code == KRB_SKEW;

	kdc_refuse(t,
	    t->ask->tag == SIM_AS_REQ && proof && t->ask->field[3].n == 0 ? KRB_PREAUTH_REQUIRED
									  : code);
}

int
sim_kdc_answer(
    struct sim_kdc *k, struct span request, bool stream, int64_t wall_us, struct buf *reply)
{
	struct sim_krb ask;
	struct kdc_turn t = { k, &ask, stream, wall_us, reply };

	k->packets++;
	if (sim_krb_read(request, stream, &ask) != 0)
		return -EBADMSG;
	if (k->refuse != 0 && ask.n >= 4)
		kdc_refuse_all(&t);
	else if (ask.tag == SIM_AS_REQ && ask.n == 4)
		kdc_login(&t);
	else if (ask.tag == SIM_TGS_REQ && ask.n == 5)
		kdc_ticket(&t);
	else
		return -EBADMSG;
	return reply->err;
}

/* ---- its face in tests ---------------------------------------------------------------- */

static void
kdc_hears(void *arg, struct sim *f, const struct sim_call *c)
{
	struct sim_kdc *k = arg;
	struct buf reply = { 0 };
	bool stream = c->type == SIM_STREAM;

	if (c->deed == SIM_OPENED && stream && !k->silent)
		sim_up(f, c->h, k->delay_us, NULL);
	if (c->deed != SIM_SENT)
		return;
	if (k->silent)
		k->packets++;
	else if (sim_kdc_answer(k, c->bytes, stream, c->wall_us, &reply) == 0 && stream)
		sim_bytes(f, c->h, k->delay_us, buf_bytes(&reply));
	else if (reply.n > 0)
		sim_packet(f, c->h, k->delay_us, buf_bytes(&reply));
	buf_done(&reply);
}

void
sim_kdc_listen(struct sim *f, struct sim_kdc *k)
{
	sim_listen(f, SIM_UDP, 88, kdc_hears, k);
	sim_listen(f, SIM_STREAM, 88, kdc_hears, k);
}
