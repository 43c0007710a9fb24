/* test_step_autodiscover_find.c - row 22: Exchange by its well-known name. */
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
	{ .name = "autodiscover.contoso.com",
	    .type = DNS_CNAME,
	    .target = "mail01.contoso.com" },
	{ .name = "mail01.contoso.com", .type = DNS_A, .ip = 0x0a000001 },
};

enum { N_WHOLE = 2 };

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
	struct leg *leg = fake_phone_row(r->p, &step_autodiscover_find, 1);

	leg->gives = FACT_CAS;
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
given_the_name_it_is_taken_under_that_name(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, whole, N_WHOLE);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	/* The certificate is judged by the name asked for, not by what it is an alias of. */
	assert_string_equal(r.p->facts.cas.name, "autodiscover.contoso.com");
	assert_int_equal(r.p->facts.cas.ip, 0x0a000001);
	assert_int_equal(r.p->facts.cas.port, 443);
	assert_string_equal(r.p->row->seen,
	    "{\"dns_names\": [\"A autodiscover.contoso.com\"], "
	    "\"dns_answers\": [\"10.0.0.1\"]}");
	rig_done(&r);
}

static void
without_it_there_is_no_mailbox(void **state)
{
	struct rig r;

	(void)state;
	rig_new(&r, whole + 1, 1);
	assert_int_equal(go(&r)->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, WHY_NOT_FOUND);
	assert_string_equal(r.p->row->detail, "dns:NXDOMAIN autodiscover.contoso.com");
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
		fake_phone_row(r.p, &step_autodiscover_find, 1);
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
		cmocka_unit_test(given_the_name_it_is_taken_under_that_name),
		cmocka_unit_test(without_it_there_is_no_mailbox),
		cmocka_unit_test(power_cut_at_any_event_it_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
