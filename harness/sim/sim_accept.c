/* sim_accept.c - see sim_accept.h. */
#include "sim_accept.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "sim_kdc.h"
#include "sim_krb.h"
#include "text.h"

struct sim_acceptor {
	struct acceptor acceptor; /* first */
	struct sim_accept_cfg cfg;
};

struct accept_sa {
	uint8_t key[SIM_KRB_KEY];
};

/* ---- tokens ------------------------------------------------------------------ */

static bool
has_key(const struct sim_acceptor *a, struct span spn)
{
	if (a->cfg.refused != NULL && span_is(spn, a->cfg.refused))
		return false;
	if (a->cfg.also != NULL && span_is_nocase(spn, a->cfg.also))
		return true;
	for (size_t i = 0; i < serve_n_services; i++)
		if (serve_services[i].keys == a->cfg.keys &&
		    span_is_nocase(spn, serve_services[i].spn))
			return true;
	return a->cfg.keys == KEYS_COUNT;
}

/* As the library says it, for logs. */
static const char *
time_flaw(const struct sim_acceptor *a, const struct sim_ticket *t, int64_t theirs_us)
{
	int64_t now_us = a->cfg.world != NULL ? sim_wall_us(a->cfg.world) : 0;

	if (now_us == 0)
		return NULL;
	if (t->end_us != 0 && now_us > t->end_us + SIM_KRB_SKEW_US)
		return "Ticket expired";
	if (t->start_us > now_us + SIM_KRB_SKEW_US)
		return "Ticket not yet valid";
	if (theirs_us != 0 &&
	    (theirs_us > now_us + SIM_KRB_SKEW_US || theirs_us < now_us - SIM_KRB_SKEW_US))
		return "Clock skew too great";
	return NULL;
}

/* "HTTP/..." is for HTTP. */
static bool
is_for(struct span spn, const char *service)
{
	size_t n = strlen(service);

	return spn.n > n && strncasecmp((const char *)spn.p, service, n) == 0 &&
	    spn.p[n] == '/';
}

/* kind service realm ticket authenticator: what is wrong with it?  NULL: nothing. */
static const char *
token_flaw(const struct sim_acceptor *a, const struct sim_krb *m, const char *service,
    struct sim_ticket *t)
{
	struct sim_krb shown;

	if (!has_key(a, m->field[1]))
		return "No key table entry found";
	if (a->cfg.realm != NULL && !span_is(m->field[2], a->cfg.realm))
		return "the ticket is of another realm";
	if (sim_ticket_read(m->field[3], m->field[1], m->field[2], t) != 0 ||
	    sim_krb_open(m->field[4], (struct span){ t->session, SIM_KRB_KEY }, &shown) != 0 ||
	    shown.n != 2 || !span_eq(shown.field[1], t->client))
		return "Decrypt integrity check failed";
	if (!is_for(m->field[1], service))
		return "the ticket is for another service";
	return time_flaw(a, t, sim_krb_time(shown.field[0]));
}

/* 0 and the client's principal, or -EACCES and why. */
static int
token_take(struct acceptor *acceptor, const char *service, struct span token, struct sim_krb *m,
    struct sim_ticket *t, char client[ACCEPT_NAME_MAX], const char **text_out)
{
	const struct sim_acceptor *a = (const void *)acceptor;
	struct buf name;

	*text_out = "no token of ours";
	if (sim_krb_open(token, span_of("token"), m) != 0 || m->n != 5)
		return -EACCES;
	*text_out = token_flaw(a, m, service, t);
	if (*text_out != NULL)
		return -EACCES;
	buf_over(&name, client, ACCEPT_NAME_MAX);
	buf_span(&name, t->client);
	buf_u8(&name, '@');
	buf_span(&name, t->realm);
	buf_u8(&name, '\0');
	if (name.err == 0)
		return 0;
	client[0] = '\0';
	*text_out = "the client's name is too long";
	return -EACCES;
}

/* ---- accept.h ------------------------------------------------------------------ */

static int
toy_spnego(struct acceptor *acceptor, const char *service, struct span token, struct buf *reply,
    char client[ACCEPT_NAME_MAX], bool *wrap_out, const char **text_out)
{
	struct sim_ticket t;
	struct sim_krb m;
	int rc = token_take(acceptor, service, token, &m, &t, client, text_out);

	if (rc != 0)
		return rc;
	*wrap_out = !span_is(m.field[0], "PLAIN");
	/* Nobody asks for mutual authentication; SPNEGO's last word comes all the same. */
	buf_text(reply, "accept-completed");
	return reply->err;
}

/* The context signs with a key that is this ticket's and this token's only. */
static int
toy_sip_open(struct acceptor *acceptor, struct span token, struct accept_sa **out,
    char client[ACCEPT_NAME_MAX], const char **text_out)
{
	struct accept_sa *sa;
	struct sim_ticket t;
	struct sim_krb m;
	int rc = token_take(acceptor, "sip", token, &m, &t, client, text_out);

	if (rc == 0 && !span_is(m.field[0], "RAW")) {
		*text_out = "not a bare Kerberos token";
		rc = -EACCES;
	}
	if (rc != 0)
		return rc;
	*text_out = "out of memory";
	sa = mem_new(sizeof *sa);
	if (sa == NULL)
		return -EACCES;
	sim_mic((struct span){ t.session, sizeof t.session }, "sip", m.field[4], sa->key);
	*out = sa;
	return 0;
}

static int
toy_sip_sign(struct accept_sa *sa, struct span bytes, struct buf *mic_out)
{
	uint8_t mic[SIM_KRB_KEY];

	sim_mic((struct span){ sa->key, sizeof sa->key }, "server", bytes, mic);
	buf_put(mic_out, mic, sizeof mic);
	return mic_out->err;
}

static int
toy_sip_check(struct accept_sa *sa, struct span bytes, struct span mic)
{
	return sim_mic_is((struct span){ sa->key, sizeof sa->key }, "client", bytes, mic)
	    ? 0
	    : -EBADMSG;
}

static void
toy_sip_close(struct accept_sa *sa)
{
	mem_free(sa);
}

/* ---- making one ------------------------------------------------------------------ */

int
sim_accept_new(const struct sim_accept_cfg *cfg, struct acceptor **out)
{
	static const struct accept_ops ops = {
		.spnego = toy_spnego,
		.sip_open = toy_sip_open,
		.sip_sign = toy_sip_sign,
		.sip_check = toy_sip_check,
		.sip_close = toy_sip_close,
	};
	struct sim_acceptor *a = mem_new(sizeof *a);

	if (a == NULL)
		return -ENOMEM;
	a->acceptor.ops = &ops;
	a->cfg = *cfg;
	*out = &a->acceptor;
	return 0;
}

struct acceptor *
sim_acceptor_new(const char *refused)
{
	long left = mem_fail_at(0); /* only tests make one like this */
	struct acceptor *a = NULL;
	int rc = sim_accept_new(
	    &(struct sim_accept_cfg){ .keys = KEYS_COUNT, .refused = refused }, &a);

	assert(rc == 0);
	(void)mem_fail_at(left);
	return a;
}

void
sim_acceptor_free(struct acceptor *a)
{
	mem_free(a);
}
