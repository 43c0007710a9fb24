/* test_step_ntp_find.c - row 4: the time server of the domain, or the one the firmware knows.
 */
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
	{ .name = "_ntp._udp.contoso.com",
	    .type = DNS_SRV,
	    .target = "dc01.contoso.com",
	    .port = 123 },
	{ .name = "dc01.contoso.com", .type = DNS_A, .ip = 0x0a000001 },
};
static const struct serve_dns_record windows[] = {
	{ .name = "time.windows.com", .type = DNS_A, .ip = 0x0a000009 },
};

enum { N_WHOLE = 2, N_WINDOWS = 1 };

struct rig {
	struct fake_phone *p;
	struct fake_dns dns;
};

static void
rig_new(struct rig *r, const struct serve_dns_record *zone, size_t n)
{
	*r = (struct rig){ .p = fake_phone_new() };
	fake_phone_knows(r->p, FACT_ADDRESS | FACT_DOMAIN);
	fake_dns_listen(&r->dns, r->p->f, zone, n);
}

static const struct fake_row *
go(struct rig *r)
{
	struct leg *leg = fake_phone_row(r->p, &step_ntp_find, 1);

	leg->gives = FACT_NTP;
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
given_the_service_it_is_taken(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, whole, N_WHOLE);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_string_equal(r.p->facts.ntp.name, "dc01.contoso.com");
	assert_int_equal(r.p->facts.ntp.ip, 0x0a000001);
	assert_int_equal(r.p->facts.ntp.port, 123);
	assert_string_equal(r.p->row->seen,
	    "{\"dns_names\": [\"SRV _ntp._udp.contoso.com\"], "
	    "\"dns_answers\": [\"dc01.contoso.com:123\"]}");
	rig_done(&r);
}

static void
without_it_the_firmware_s_host_is_asked_for(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, windows, N_WINDOWS);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_string_equal(r.dns.asked, "_ntp._udp.contoso.com time.windows.com ");
	assert_int_equal(r.p->facts.ntp.ip, 0x0a000009);
	assert_int_equal(r.p->facts.ntp.port, 123);
	rig_done(&r);
}

static void
without_a_domain_there_is_only_that(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, windows, N_WINDOWS);
	r.p->facts.domain[0] = '\0';
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_string_equal(r.dns.asked, "time.windows.com ");
	rig_done(&r);
}

static void
without_either_there_is_no_time(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, whole + 1, 1);
	assert_int_equal(go(&r)->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, WHY_NOT_FOUND);
	assert_string_equal(r.p->row->detail, "dns:NXDOMAIN time.windows.com");
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
		fake_phone_row(r.p, &step_ntp_find, 1);
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
		cmocka_unit_test(given_the_service_it_is_taken),
		cmocka_unit_test(without_it_the_firmware_s_host_is_asked_for),
		cmocka_unit_test(without_a_domain_there_is_only_that),
		cmocka_unit_test(without_either_there_is_no_time),
		cmocka_unit_test(power_cut_at_any_event_it_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
