/*
 * test_directory_kerberos.c - rows 11-19 with real Kerberos: the phone's MIT
 * Kerberos, a real krb5kdc, the servers' logic with GSSAPI; only the wires between them are the
 * fake world's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "accept_gss.h"
#include "dir_rig.h"
#include "journey.h"
#include "kdc_rig.h"
#include "profile_load.h"
#include "steps.h"

enum { ROWS = 6, PHONE_IP = 0x7f2a0001, DC_IP = 0x7f000001 };

struct rig {
	struct kdc_rig *kdc;
	struct sim *f;
	struct dir_rig dir;
	struct acceptor *ldap, *web;
	struct auth *auth;
	struct profile *profile;
	struct journey *j;
	char told[512]; /* "krb_login 1, ldap_bind 1, ..." */
};

/* ---- the wire to the KDC ------------------------------------------------------------ */

static void
kdc_hears(void *arg, struct sim *f, const struct sim_call *c)
{
	static uint8_t reply[65536];
	struct auth_out out = { .packet = c->bytes, .stream = c->type == SIM_STREAM };
	size_t n;

	if (c->deed == SIM_OPENED && out.stream)
		sim_up(f, c->h, 1000, NULL);
	if (c->deed != SIM_SENT)
		return;
	n = kdc_rig_exchange(arg, &out, reply);
	if (out.stream)
		sim_bytes(f, c->h, 1000, (struct span){ reply, n });
	else
		sim_packet(f, c->h, 1000, (struct span){ reply, n });
}

/* ---- the phone -------------------------------------------------------------------------- */

static const struct leg rows[ROWS] = {
	{ .stage = "identity", .step = &step_krb_login, .tries = 1, .limit_ms = 9000 },
	{ .stage = "directory", .step = &step_ldap_bind, .tries = 1, .limit_ms = 9000 },
	{ .stage = "directory", .step = &step_ldap_find_ca, .tries = 1, .limit_ms = 9000 },
	{ .stage = "trust", .step = &step_ca_find, .tries = 1, .limit_ms = 9000 },
	{ .stage = "trust", .step = &step_ca_wrong_key, .tries = 1, .limit_ms = 9000 },
	{ .stage = "trust", .step = &step_ca_fetch, .tries = 1, .limit_ms = 9000 },
};

static void
on_row(void *arg, const struct journey_row *row)
{
	struct rig *r = arg;
	size_t n = strlen(r->told);

	snprintf(r->told + n, sizeof r->told - n, "%s%s %s%s", n != 0 ? ", " : "",
	    row->leg->step->name, row->verdict == STEP_DONE ? "done" : "failed ", row->detail);
}

static void
on_nothing(void *arg, enum journey_state state)
{
	(void)arg;
	(void)state;
}

static void
on_restart(void *arg)
{
	(void)arg;
}

static void
walk(struct rig *r)
{
	static const struct identity id = { .user = "phone00001",
		.user_domain = "contoso.com" };
	static const struct journey_plan plan = { 0 };
	struct journey_cfg cfg = {
		.io = sim_io(r->f),
		.auth = r->auth,
		.id = &id,
		.profile = r->profile,
		.plan = &plan,
		.watch = { r, on_row, on_nothing, on_restart },
		.table = rows,
		.n_rows = ROWS,
	};
	struct facts *f;

	cfg.io->ops->address(cfg.io, PHONE_IP, 0);
	assert_int_equal(journey_new(&cfg, &r->j), 0);
	f = (struct facts *)(uintptr_t)journey_facts(r->j);
	f->known = FACT_ADDRESS | FACT_DOMAIN | FACT_DC;
	f->dns[0] = DC_IP;
	f->dc = (struct facts_target){ .name = "dc01.contoso.com", .ip = DC_IP };
	journey_power_on(r->j);
	while (journey_state(r->j) == JOURNEY_WALKING && sim_step(r->f, UINT64_MAX))
		;
}

static void
rig_up(struct rig *r, struct kdc_rig *kdc, const char *password)
{
	struct config_error err;

	memset(r, 0, sizeof *r);
	r->kdc = kdc;
	r->f = sim_new();
	r->auth = kdc_rig_phone(1, password);
	assert_int_equal(profile_load("cx700-1.0.199.123", &r->profile, &err), 0);
	dir_rig_up(&r->dir, r->f, NULL, false);
	assert_int_equal(acceptor_gss_new(kdc_rig_path(kdc, "ldap.keytab"), &r->ldap), 0);
	assert_int_equal(acceptor_gss_new(kdc_rig_path(kdc, "web.keytab"), &r->web), 0);
	r->dir.ldap.acceptor = r->ldap;
	r->dir.web.acceptor = r->web;
	sim_listen(r->f, SIM_UDP, 88, kdc_hears, kdc);
	sim_listen(r->f, SIM_STREAM, 88, kdc_hears, kdc);
}

static void
rig_down(struct rig *r)
{
	journey_free(r->j);
	dir_rig_down(&r->dir);
	acceptor_gss_free(r->ldap);
	acceptor_gss_free(r->web);
	auth_krb5_free(r->auth);
	profile_free(r->profile);
	sim_free(r->f);
}

/* ---- tests ------------------------------------------------------------------------------- */

static void
a_phone_walks_from_the_login_to_the_root(void **state)
{
	struct rig r;

	if (*state == NULL)
		skip();
	rig_up(&r, *state, NULL);
	walk(&r);
	assert_string_equal(r.told,
	    "krb_login done, ldap_bind done, ldap_find_ca done, "
	    "ca_find done, ca_wrong_key done, ca_fetch done");
	assert_int_equal(sim_roots(r.f), 1);
	assert_string_equal(r.dir.ldap.dir.cfg.domain, "contoso.com");
	/* The anonymous one, and the one with the other key. */
	assert_int_equal(r.dir.web.refused, 2);
	assert_int_equal(r.dir.web.served, 1);
	rig_down(&r);
}

static void
a_wrong_password_ends_it_at_the_login(void **state)
{
	struct rig r;

	if (*state == NULL)
		skip();
	rig_up(&r, *state, "wrong");
	walk(&r);
	assert_string_equal(r.told, "krb_login failed krb:24 KDC_ERR_PREAUTH_FAILED");
	rig_down(&r);
}

static int
kdc_up(void **state)
{
	static struct kdc_rig rig;

	*state = kdc_rig_up(&rig, 2) ? &rig : NULL;
	return 0;
}

static int
kdc_down(void **state)
{
	if (*state != NULL)
		kdc_rig_down(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phone_walks_from_the_login_to_the_root),
		cmocka_unit_test(a_wrong_password_ends_it_at_the_login),
	};

	return cmocka_run_group_tests(tests, kdc_up, kdc_down);
}
