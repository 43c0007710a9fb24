/* sim_auth.c - the phone's side of the toy Kerberos; see sim_auth.h. */
#include "sim_auth.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sim_krb.h"

enum { TICKETS_MAX = 16, NAME_MAX_ = 160 };

struct sim_auth {
	struct auth auth; /* first */
	char user[64], realm[64], password[64];
	bool logged_in;
	char tickets[TICKETS_MAX][NAME_MAX_];
	size_t n_tickets;
	int64_t clock;
	unsigned forgets, talks, sas;
};

struct auth_talk {
	struct sim_auth *a;
	bool login, preauth, stream;
	char spn[NAME_MAX_], text[160];
	struct buf packet;
};

struct auth_sa {
	struct sim_auth *a;
	char key[NAME_MAX_];
};

static struct sim_auth *
self(struct auth *auth)
{
	return (struct sim_auth *)(void *)auth;
}

static bool
has_ticket(const struct sim_auth *a, const char *spn)
{
	for (size_t i = 0; i < a->n_tickets; i++)
		if (strcmp(a->tickets[i], spn) == 0)
			return true;
	return false;
}

static void
toy_clock(struct auth *auth, int64_t us)
{
	self(auth)->clock = us;
}

/* ---- talks ---------------------------------------------------------------- */

static int
talk_new(struct sim_auth *a, bool login, const char *spn, struct auth_talk **out)
{
	struct auth_talk *t = mem_new(sizeof *t);

	if (t == NULL)
		return -ENOMEM;
	t->a = a;
	t->login = login;
	snprintf(t->spn, sizeof t->spn, "%s", spn);
	a->talks++;
	*out = t;
	return 0;
}

static int
toy_login(struct auth *auth, struct auth_talk **out)
{
	return talk_new(self(auth), true, "", out);
}

static int
toy_ticket(struct auth *auth, const char *spn, struct auth_talk **out)
{
	return self(auth)->logged_in ? talk_new(self(auth), false, spn, out) : -ENOKEY;
}

static enum auth_next
talk_send(struct auth_talk *t, struct auth_out *out)
{
	char text[256];

	if (t->login && t->preauth)
		snprintf(text, sizeof text, "%s %s", t->a->user, t->a->password);
	else
		snprintf(text, sizeof text, "%s", t->login ? t->a->user : t->spn);
	buf_clear(&t->packet);
	sim_krb_write(&t->packet, t->stream, t->login ? SIM_AS_REQ : SIM_TGS_REQ, text);
	if (t->packet.err != 0) {
		out->text = "krb:0 no memory";
		return AUTH_FAILED;
	}
	out->packet = buf_bytes(&t->packet);
	out->stream = t->stream;
	out->realm = t->a->realm;
	return AUTH_SEND;
}

static enum auth_next
talk_error(struct auth_talk *t, const struct sim_krb *m, struct auth_out *out)
{
	if (m->code == 25 && t->login && !t->preauth) {
		t->preauth = true;
		return talk_send(t, out);
	}
	if (m->code == 52 && !t->stream) {
		t->stream = true;
		return talk_send(t, out);
	}
	out->code = m->code;
	snprintf(t->text, sizeof t->text, "krb:%d %s", m->code, m->text);
	out->text = t->text;
	return AUTH_FAILED;
}

static enum auth_next
toy_next(struct auth_talk *t, struct span reply, struct auth_out *out)
{
	struct sim_krb m;

	*out = (struct auth_out){ .realm = t->a->realm };
	if (reply.n == 0 && has_ticket(t->a, t->spn) && !t->login)
		return AUTH_DONE;
	if (reply.n == 0)
		return talk_send(t, out);
	if (sim_krb_read(reply, t->stream, &m) != 0) {
		out->text = "krb:0 what is this";
		return AUTH_FAILED;
	}
	if (m.tag == SIM_KRB_ERROR)
		return talk_error(t, &m, out);
	if (t->login)
		t->a->logged_in = true;
	else
		sim_auth_has_ticket(t->a, t->spn);
	return AUTH_DONE;
}

static void
toy_drop(struct auth_talk *t)
{
	t->a->talks--;
	buf_done(&t->packet);
	mem_free(t);
}

/* ---- tokens and signatures -------------------------------------------------- */

static int
toy_token(struct auth *auth, const char *kind, const char *spn, struct buf *out)
{
	struct sim_auth *a = self(auth);

	if (!has_ticket(a, spn))
		return -ENOKEY;
	buf_printf(out, "%s %s %s@%s", kind, spn, a->user, a->realm);
	return out->err;
}

static int
toy_negotiate(struct auth *auth, const char *spn, struct buf *out)
{
	return toy_token(auth, "SPNEGO", spn, out);
}

static int
toy_negotiate_plain(struct auth *auth, const char *spn, struct buf *out)
{
	return toy_token(auth, "PLAIN", spn, out);
}

static int
toy_sign_open(struct auth *auth, const char *spn, struct buf *out, struct auth_sa **sa_out)
{
	struct auth_sa *sa;
	int rc = toy_token(auth, "RAW", spn, out);

	if (rc != 0)
		return rc;
	sa = mem_new(sizeof *sa);
	if (sa == NULL)
		return -ENOMEM;
	sa->a = self(auth);
	sa->a->sas++;
	snprintf(sa->key, sizeof sa->key, "%s", spn);
	*sa_out = sa;
	return 0;
}

static int
toy_sign(struct auth_sa *sa, struct span bytes, struct buf *mic_out)
{
	sim_mic(sa->key, "client", bytes, mic_out);
	return mic_out->err;
}

static int
toy_check(struct auth_sa *sa, struct span bytes, struct span mic)
{
	return sim_mic_is(sa->key, "server", bytes, mic) ? 0 : -EBADMSG;
}

static uint32_t
toy_sign_left_s(struct auth_sa *sa)
{
	(void)sa;
	return 36000;
}

static void
toy_sign_close(struct auth_sa *sa)
{
	sa->a->sas--;
	mem_free(sa);
}

static void
toy_forget(struct auth *auth)
{
	struct sim_auth *a = self(auth);

	assert(a->talks == 0 && a->sas == 0);
	a->logged_in = false;
	a->n_tickets = 0;
	a->forgets++;
}

static const struct auth_ops toy_ops = {
	.clock = toy_clock,
	.login = toy_login,
	.ticket = toy_ticket,
	.next = toy_next,
	.drop = toy_drop,
	.negotiate = toy_negotiate,
	.negotiate_plain = toy_negotiate_plain,
	.sign_open = toy_sign_open,
	.sign = toy_sign,
	.check = toy_check,
	.sign_left_s = toy_sign_left_s,
	.sign_close = toy_sign_close,
	.forget = toy_forget,
};

/* ---- the test's side ----------------------------------------------------------- */

struct sim_auth *
sim_auth_new(const char *user, const char *realm, const char *password)
{
	struct sim_auth *a = mem_new(sizeof *a);

	assert(a != NULL);
	a->auth.ops = &toy_ops;
	snprintf(a->user, sizeof a->user, "%s", user);
	snprintf(a->realm, sizeof a->realm, "%s", realm);
	snprintf(a->password, sizeof a->password, "%s", password);
	return a;
}

void
sim_auth_free(struct sim_auth *a)
{
	if (a == NULL)
		return;
	assert(a->talks == 0 && a->sas == 0);
	mem_free(a);
}

struct auth *
sim_auth(struct sim_auth *a)
{
	return &a->auth;
}

void
sim_auth_logged_in(struct sim_auth *a)
{
	a->logged_in = true;
}

void
sim_auth_has_ticket(struct sim_auth *a, const char *spn)
{
	if (has_ticket(a, spn))
		return;
	assert(a->n_tickets < TICKETS_MAX);
	a->logged_in = true;
	snprintf(a->tickets[a->n_tickets++], NAME_MAX_, "%s", spn);
}

int64_t
sim_auth_clock(const struct sim_auth *a)
{
	return a->clock;
}

unsigned
sim_auth_forgets(const struct sim_auth *a)
{
	return a->forgets;
}
