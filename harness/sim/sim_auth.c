/* sim_auth.c - a phone in the toy Kerberos: itself, its tokens and signatures; see sim_auth.h.
 */
#include "sim_auth.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sim_auth_priv.h"
#include "sim_kdc.h"

/* Bytes of the real tokens (measured), for a ticket of krb5kdc's size. */
enum { SPNEGO_BYTES = 751, RAW_BYTES = 707, SHOWN_BYTES = 96 };

struct auth_sa {
	struct sim_auth *a;
	int64_t end_us; /* by the phone's clock; 0: never */
	uint8_t key[SIM_KRB_KEY];
};

/* ---- time -------------------------------------------------------------------- */

static void
toy_clock(struct auth *auth, int64_t us)
{
	sim_auth_of(auth)->clock = us;
}

int64_t
sim_auth_now(const struct sim_auth *a)
{
	return a->world != NULL ? sim_wall_us(a->world) + a->clock : 0;
}

/* ---- tokens --------------------------------------------------------------------- */

int
sim_auth_spn_is_good(const char *spn)
{
	/* Servers name services too (targetname, dNSHostName): no realm, no escapes. */
	return *spn != '\0' && strpbrk(spn, "@\\") == NULL && strlen(spn) < SIM_KRB_NAME
	    ? 0
	    : -EINVAL;
}

/* Ticket and authenticator: who shows it, and when. */
static void
token_write(const struct sim_auth *a, const char *kind, const char *spn,
    const struct sim_kept *k, struct buf *shown, struct buf *out)
{
	size_t usual = strcmp(kind, "RAW") == 0 ? RAW_BYTES : SPNEGO_BYTES;
	struct buf ticket = { 0 };
	uint8_t now[8];
	struct sim_krb who = { .n = 2 }, m = { .n = 5 };

	who.field[0] = sim_krb_put_time(now, sim_auth_now(a));
	who.field[1] = span_of(a->user);
	sim_krb_seal(shown, (struct span){ k->session, SIM_KRB_KEY }, &who, SHOWN_BYTES);
	sim_kept_ticket(k, &ticket);
	m.field[0] = span_of(kind);
	m.field[1] = span_of(spn);
	m.field[2] = span_of(a->realm);
	m.field[3] = buf_bytes(&ticket);
	m.field[4] = buf_bytes(shown);
	sim_krb_seal(out, span_of("token"), &m, usual - SIM_KRB_TICKET + ticket.n);
	if (ticket.err != 0 || shown->err != 0)
		out->err = -ENOMEM;
	buf_done(&ticket);
}

const struct sim_kept *
sim_auth_show(struct sim_auth *a, const char *kind, const char *spn, struct buf *shown,
    struct buf *out, int *err_out)
{
	const struct sim_kept *k;

	*err_out = a->logged_in ? sim_auth_spn_is_good(spn) : -ENOKEY;
	if (*err_out != 0)
		return NULL;
	*err_out = -ENOKEY;
	k = sim_tickets_find(&a->tickets, span_of(spn), sim_auth_now(a));
	if (k == NULL)
		return NULL;
	/* GSSAPI refuses to show a ticket that does not hold yet. */
	*err_out = -EACCES;
	if (a->world != NULL && k->start_us > sim_auth_now(a) + SIM_KRB_SKEW_US)
		return NULL;
	token_write(a, kind, spn, k, shown, out);
	*err_out = out->err;
	return *err_out == 0 ? k : NULL;
}

static int
toy_spnego(struct auth *auth, const char *kind, const char *spn, struct buf *out)
{
	struct buf shown = { 0 };
	int err;

	(void)sim_auth_show(sim_auth_of(auth), kind, spn, &shown, out, &err);
	buf_done(&shown);
	return err;
}

static int
toy_negotiate(struct auth *auth, const char *spn, struct buf *out)
{
	return toy_spnego(auth, "SPNEGO", spn, out);
}

static int
toy_negotiate_plain(struct auth *auth, const char *spn, struct buf *out)
{
	return toy_spnego(auth, "PLAIN", spn, out);
}

/* ---- signatures -------------------------------------------------------------------- */

static int
toy_sign_open(struct auth *auth, const char *spn, struct buf *out, struct auth_sa **sa_out)
{
	struct auth_sa *sa = mem_new(sizeof *sa);
	struct buf shown = { 0 };
	const struct sim_kept *k;
	int err = -ENOMEM;

	if (sa == NULL)
		return err;
	k = sim_auth_show(sim_auth_of(auth), "RAW", spn, &shown, out, &err);
	if (k != NULL) {
		sa->a = sim_auth_of(auth);
		sa->a->sas++;
		sa->end_us = k->end_us;
		/* The acceptor makes the same of the same. */
		sim_mic((struct span){ k->session, SIM_KRB_KEY }, "sip", buf_bytes(&shown),
		    sa->key);
		*sa_out = sa;
	} else {
		mem_free(sa);
	}
	buf_done(&shown);
	return err;
}

static int
toy_sign(struct auth_sa *sa, struct span bytes, struct buf *mic_out)
{
	uint8_t mic[SIM_KRB_KEY];

	sim_mic((struct span){ sa->key, sizeof sa->key }, "client", bytes, mic);
	buf_put(mic_out, mic, sizeof mic);
	return mic_out->err;
}

static int
toy_check(struct auth_sa *sa, struct span bytes, struct span mic)
{
	return sim_mic_is((struct span){ sa->key, sizeof sa->key }, "server", bytes, mic)
	    ? 0
	    : -EBADMSG;
}

static uint32_t
toy_sign_left_s(struct auth_sa *sa)
{
	int64_t left_us = sa->end_us - sim_auth_now(sa->a);

	if (sa->end_us == 0)
		return (uint32_t)(SIM_KRB_LIFE_US / 1000000);
	return left_us > 0 ? (uint32_t)(left_us / 1000000) : 0;
}

static void
toy_sign_close(struct auth_sa *sa)
{
	if (sa == NULL)
		return;
	sa->a->sas--;
	mem_free(sa);
}

/* ---- a phone's ------------------------------------------------------------------------ */

static void
toy_forget(struct auth *auth)
{
	struct sim_auth *a = sim_auth_of(auth);

	assert(a->talks == 0 && a->sas == 0);
	a->logged_in = false;
	sim_tickets_drop(&a->tickets);
	a->forgets++;
}

static const struct auth_ops toy_ops = {
	.clock = toy_clock,
	.login = sim_auth_login,
	.ticket = sim_auth_ticket,
	.next = sim_auth_next,
	.drop = sim_auth_drop,
	.negotiate = toy_negotiate,
	.negotiate_plain = toy_negotiate_plain,
	.sign_open = toy_sign_open,
	.sign = toy_sign,
	.check = toy_check,
	.sign_left_s = toy_sign_left_s,
	.sign_close = toy_sign_close,
	.forget = toy_forget,
};

int
sim_auth_make(const struct sim_auth_cfg *cfg, struct auth **out)
{
	size_t user = strlen(cfg->user) + 1, realm = strlen(cfg->realm) + 1;
	size_t password = strlen(cfg->password) + 1;
	struct sim_auth *a = mem_new(sizeof *a + user + realm + password);

	if (a == NULL)
		return -ENOMEM;
	a->auth.ops = &toy_ops;
	a->world = cfg->world;
	a->user = memcpy(a->texts, cfg->user, user);
	a->realm = memcpy(a->texts + user, cfg->realm, realm);
	a->password = memcpy(a->texts + user + realm, cfg->password, password);
	*out = &a->auth;
	return 0;
}

void
sim_auth_unmake(struct auth *auth)
{
	struct sim_auth *a = sim_auth_of(auth);

	if (a == NULL)
		return;
	assert(a->talks == 0 && a->sas == 0);
	sim_tickets_drop(&a->tickets);
	mem_free(a);
}
