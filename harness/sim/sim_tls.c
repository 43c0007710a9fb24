/*
 * sim_tls.c - what a phone makes of a server's certificate, and the TLS handshake as both
 * ends and the wire see it (RFC 2246), without a cipher.
 *
 * It says what emulator/io/io_tls.c, io_tls_world.c and io_verify.c make mbedTLS 2.28 say.
 */
#include "sim_tls.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "sim_priv.h"

enum {
	TLS_1_0 = 0x0301,
	TLS_SCSV = 0x00ff, /* "no renegotiation", RFC 5746: mbedTLS puts it last */
	ALERT_HANDSHAKE_FAILURE = 40,
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_CERTIFICATE_EXPIRED = 45,
	ALERT_CERTIFICATE_UNKNOWN = 46,
	ALERT_UNKNOWN_CA = 48
};

/* Everything that is wrong, as mbedTLS collects it along the chain. */
struct tls_bad {
	bool expired, early, name, untrusted, sha2;
};

/* ---- suites ---- */

/*
 * Those of Debian's mbedTLS that may be used before TLS 1.2, with RSA keys: DES, the export
 * suites and DSS are not among them.  Elliptic curves, which it knows, a phone of 2007 does
 * not.
 */
bool
sim_tls_can_offer(uint16_t suite)
{
	static const uint16_t known[] = { 0x0004, 0x0005, 0x000a, 0x0016, 0x002f, 0x0033,
		0x0035, 0x0039, 0x0041, 0x0045, 0x0084, 0x0088 };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i] == suite)
			return true;
	return false;
}

static const uint16_t tls_suites[] = { 0x0004, 0x0005, 0x000a };
static const struct io_tls_habit tls_habit = { tls_suites, 3, false };

static void
tls_hello(const struct io_tls_habit *habit, struct io_tls_seen *seen)
{
	const size_t max = sizeof seen->hello / sizeof seen->hello[0];

	for (size_t i = 0; i < habit->n_suites; i++)
		if (sim_tls_can_offer(habit->suites[i]) && seen->n_hello < max)
			seen->hello[seen->n_hello++] = habit->suites[i];
	if (seen->n_hello < max)
		seen->hello[seen->n_hello++] = TLS_SCSV;
}

static bool
tls_offered(const struct io_tls_seen *seen, uint16_t suite)
{
	for (size_t i = 0; i < seen->n_hello; i++)
		if (seen->hello[i] == suite)
			return true;
	return false;
}

/* By the server's preference, if it has one; 0: nothing in common. */
static uint16_t
tls_choose(const struct sim_cert *cert, const struct io_tls_seen *seen)
{
	if (cert->suites == NULL)
		return seen->hello[0] != TLS_SCSV ? seen->hello[0] : 0;
	for (size_t i = 0; i < cert->n_suites; i++)
		if (tls_offered(seen, cert->suites[i]))
			return cert->suites[i];
	return 0;
}

/* ---- the certificate ---- */

/* Is the name this one, or does its one leading star stand for the first label? */
static bool
tls_name_is(const char *have, const char *want)
{
	const char *dot = strchr(want, '.');

	if (have[0] == '*' && have[1] == '.' && have[2] != '\0')
		return dot != NULL && dot != want && span_is_nocase(span_of(have + 1), dot);
	return span_is_nocase(span_of(have), want);
}

/* Alternative names, if there is one, stand in for the common name. */
static bool
tls_has_name(const struct sim_cert *cert, const char *want)
{
	for (size_t i = 0; i < cert->n_dns_names; i++)
		if (tls_name_is(cert->dns_names[i], want))
			return true;
	return cert->n_dns_names == 0 && cert->common_name != NULL &&
	    tls_name_is(cert->common_name, want);
}

static void
tls_look_dates(struct tls_bad *bad, int64_t wall_s, int64_t from_s, int64_t to_s)
{
	bad->expired |= wall_s > to_s;
	bad->early |= wall_s < from_s;
}

/* The root's own facts count only where it is trusted: else the chain ends below it. */
static struct tls_bad
tls_examine(const struct sim_conn *c, const struct sim_cert *cert)
{
	const struct sim_phone *phone = c->h.phone;
	int64_t now_us = (int64_t)sim_clock_us(c->h.sim->clock);
	int64_t wall_s = (now_us + phone->wall_minus_now_us) / 1000000;
	struct tls_bad bad = { .sha2 = cert->sha2 };

	tls_look_dates(&bad, wall_s, cert->not_before_s, cert->not_after_s);
	bad.name = c->cfg.name != NULL && !tls_has_name(cert, c->cfg.name);
	bad.untrusted =
	    c->cfg.trust_nothing || cert->root.n == 0 || !sim_phone_trusts(phone, cert->root);
	if (bad.untrusted)
		return bad;
	bad.sha2 |= cert->root_sha2;
	if (cert->root_not_before_s != 0 || cert->root_not_after_s != 0)
		tls_look_dates(&bad, wall_s, cert->root_not_before_s, cert->root_not_after_s);
	return bad;
}

/* What a phone that trusts nobody yet must still refuse comes before "unknown root". */
static enum io_flaw
tls_flaw(const struct tls_bad *bad)
{
	if (bad->expired)
		return TLS_EXPIRED;
	if (bad->early)
		return TLS_EARLY;
	if (bad->name)
		return TLS_NAME;
	if (bad->untrusted)
		return TLS_NO_ROOT;
	return bad->sha2 ? TLS_SHA2 : TLS_OK;
}

/* mbedTLS has an order of its own; a date to come or a strange digest has no alert. */
static uint8_t
tls_alert(const struct tls_bad *bad)
{
	if (bad->name)
		return ALERT_BAD_CERTIFICATE;
	if (bad->expired)
		return ALERT_CERTIFICATE_EXPIRED;
	if (bad->untrusted)
		return ALERT_UNKNOWN_CA;
	return ALERT_CERTIFICATE_UNKNOWN;
}

int
sim_tls_look(const struct io_handle *h, const struct sim_cert *cert, struct io_tls_seen *out)
{
	const struct sim_conn *c = (const struct sim_conn *)(const void *)h;
	struct io_tls_seen seen = { 0 };
	struct tls_bad bad;

	assert(h->open && h->type != SIM_ALARM);
	tls_hello(h->phone->habit != NULL ? h->phone->habit : &tls_habit, &seen);
	if (cert != NULL)
		seen.suite = tls_choose(cert, &seen);
	*out = seen;
	if (seen.suite == 0) {
		out->alert_got = ALERT_HANDSHAKE_FAILURE;
		return -EPROTO;
	}
	out->version = TLS_1_0;
	bad = tls_examine(c, cert);
	out->flaw = tls_flaw(&bad);
	if (out->flaw == TLS_OK)
		return 0;
	out->alert_sent = tls_alert(&bad);
	return -EPROTO;
}

/* ---- meeting ---- */

bool
sim_meet(struct sim *sim, struct io_handle *h, const struct sim_cert *cert, uint64_t after_us)
{
	struct sim_conn *c = sim_conn_of(h);
	struct io_tls_seen seen = { 0 };
	int rc = 0;

	assert(h->sim == sim && (h->type == SIM_STREAM || h->type == SIM_HTTP));
	/* Closed on its way here: there is nobody to meet. */
	if (!h->open)
		return false;
	if (h->type == SIM_HTTP && c->met == c->connection)
		return true;
	if (c->cfg.tls)
		rc = sim_tls_look(h, cert, &seen);
	if (rc < 0) {
		sim_down(sim, h, after_us, rc, &seen);
		return false;
	}
	c->met = c->connection;
	if (h->type == SIM_STREAM)
		sim_up(sim, h, after_us, c->cfg.tls ? &seen : NULL);
	else
		c->seen = seen;
	return true;
}
