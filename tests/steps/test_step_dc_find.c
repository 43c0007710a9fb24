/* test_step_dc_find.c - row 10: the domain controller of the domain that was typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "fake_dns.h"
#include "fake_phone.h"
#include "steps.h"

enum { FIRST = 1, SECOND = 0, S = 1000000 };

static const struct serve_dns_record whole[] = {
	{ .name = "_ldap._tcp.dc._msdcs.contoso.com",
	    .type = DNS_SRV,
	    .target = "dc01.contoso.com",
	    .port = 389 },
	{ .name = "dc01.contoso.com", .type = DNS_A, .ip = 0x0a000001 },
};
static const struct serve_dns_record kerberos[] = {
	{ .name = "_kerberos._tcp.contoso.com",
	    .type = DNS_SRV,
	    .target = "kdc.contoso.com",
	    .port = 88 },
	{ .name = "kdc.contoso.com", .type = DNS_A, .ip = 0x0a000002 },
};

static const struct serve_dns_record several[] = {
	{ .name = "_ldap._tcp.dc._msdcs.contoso.com",
	    .type = DNS_SRV,
	    .target = "dc02.contoso.com",
	    .priority = 1,
	    .port = 389 },
	{ .name = "_ldap._tcp.dc._msdcs.contoso.com",
	    .type = DNS_SRV,
	    .target = "dc01.contoso.com",
	    .port = 389 },
	{ .name = "dc01.contoso.com", .type = DNS_A, .ip = 0x0a000001 },
	{ .name = "dc02.contoso.com", .type = DNS_A, .ip = 0x0a000002 },
};

enum { N_WHOLE = 2, N_KERBEROS = 2, N_SEVERAL = 4 };

struct rig {
	struct fake_phone *p;
	struct fake_dns dns;
};

static void
rig_new(struct rig *r, const struct serve_dns_record *zone, size_t n)
{
	*r = (struct rig){ .p = fake_phone_new() };
	fake_phone_knows(r->p, FACT_ADDRESS | FACT_DOMAIN | FACT_USER);
	fake_dns_listen(&r->dns, r->p->f, zone, n);
}

static const struct fake_row *
go(struct rig *r)
{
	struct leg *leg = fake_phone_row(r->p, &step_dc_find, 1);

	leg->gives = FACT_DC;
	leg->limit_ms = 120000;
	fake_phone_walk_rows(r->p);
	return r->p->row;
}

static void
rig_done(struct rig *r)
{
	fake_phone_free(r->p);
	fake_dns_done(&r->dns);
}

static void
given_a_controller_it_is_taken(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, whole, N_WHOLE);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_string_equal(r.p->facts.dc.name, "dc01.contoso.com");
	assert_int_equal(r.p->facts.dc.ip, 0x0a000001);
	assert_int_equal(r.p->facts.dc.port, 389);
	assert_string_equal(r.dns.asked, "_ldap._tcp.dc._msdcs.contoso.com ");
	rig_done(&r);
}

static void
given_several_controllers_all_are_kept_in_their_order(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, several, N_SEVERAL);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_int_equal(r.p->facts.n_dcs, 2);
	assert_string_equal(r.p->facts.dc.name, "dc01.contoso.com");
	assert_string_equal(r.p->facts.dcs[1].name, "dc02.contoso.com");
	assert_int_equal(r.p->facts.dcs[1].ip, 0x0a000002);
	rig_done(&r);
}

static void
else_the_kerberos_service_is_asked_for(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, kerberos, N_KERBEROS);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_string_equal(
	    r.dns.asked, "_ldap._tcp.dc._msdcs.contoso.com _kerberos._tcp.contoso.com ");
	assert_string_equal(r.p->facts.dc.name, "kdc.contoso.com");
	rig_done(&r);
}

static void
a_netbios_domain_is_in_no_dns(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, whole, N_WHOLE);
	strcpy(r.p->id.user_domain, "CONTOSO");
	assert_int_equal(go(&r)->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, WHY_NOT_FOUND);
	assert_string_equal(r.p->row->detail, "dns:NXDOMAIN _kerberos._tcp.CONTOSO");
	rig_done(&r);
}

static void
power_cut_at_any_event_it_leaves_nothing_open(void **state)
{
	(void)state;
	for (size_t after = 0; after < 12; after++) {
		struct rig r;

		rig_new(&r, whole, N_WHOLE);
		r.dns.server[FIRST].mood = FAKE_DNS_TRUNCATED;
		r.dns.tcp_crawls = true;
		fake_phone_row(r.p, &step_dc_find, 1);
		fake_phone_switch_on(r.p);
		for (size_t i = 0; i < after; i++)
			(void)sim_step(r.p->f, 1000ull * S);
		journey_power_off(r.p->j);
		assert_int_equal(sim_open(r.p->f), 0);
		rig_done(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_controller_it_is_taken),
		cmocka_unit_test(given_several_controllers_all_are_kept_in_their_order),
		cmocka_unit_test(else_the_kerberos_service_is_asked_for),
		cmocka_unit_test(a_netbios_domain_is_in_no_dns),
		cmocka_unit_test(power_cut_at_any_event_it_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
