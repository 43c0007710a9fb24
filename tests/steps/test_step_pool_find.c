/* test_step_pool_find.c - row 8: services, then hosts, then suffixes, in the phone's order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fake_dns.h"
#include "fake_phone.h"
#include "steps.h"

enum { FIRST = 1, SECOND = 0, S = 1000000 };

#define A(host, addr)                                       \
	{                                                   \
		.name = (host), .type = DNS_A, .ip = (addr) \
	}
#define SRV(service, host, prio, at)                                                      \
	{                                                                                 \
		.name = (service), .type = DNS_SRV, .target = (host), .priority = (prio), \
		.port = (at)                                                              \
	}

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
	r->p->facts.n_suffixes = 1;
	(void)snprintf(r->p->facts.suffix[0], FACTS_NAME_MAX, "corp.lan");
}

static const struct fake_row *
go(struct rig *r)
{
	struct leg *leg = fake_phone_row(r->p, &step_pool_find, 1);

	leg->gives = FACT_POOL;
	leg->limit_ms = 180000;
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
is_target(const struct facts_target *t, const char *name, uint32_t ip, uint16_t port)
{
	assert_string_equal(t->name, name);
	assert_int_equal(t->ip, ip);
	assert_int_equal(t->port, port);
}

static void
given_the_internal_service_it_takes_all_its_targets_in_order(void **state)
{
	static const struct serve_dns_record zone[] = {
		SRV("_sipinternaltls._tcp.contoso.com", "b.contoso.com", 20, 5061),
		SRV("_sipinternaltls._tcp.contoso.com", "a.contoso.com", 10, 5061),
		SRV("_sip._tls.contoso.com", "edge.contoso.com", 0, 443),
		A("a.contoso.com", 0x0a00000a),
		A("b.contoso.com", 0x0a00000b),
	};
	struct rig r;

	(void)state;
	rig_new(&r, zone, 5);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_int_equal(r.p->facts.n_pools, 2);
	assert_int_equal(r.p->facts.pool_at, 0);
	assert_false(r.p->facts.redirected);
	is_target(&r.p->facts.pool[0], "a.contoso.com", 0x0a00000a, 5061);
	is_target(&r.p->facts.pool[1], "b.contoso.com", 0x0a00000b, 5061);
	assert_string_equal(r.p->row->seen,
	    "{\"dns_names\": [\"SRV _sipinternaltls._tcp.contoso.com\"], "
	    "\"dns_answers\": [\"a.contoso.com:5061\", \"b.contoso.com:5061\"]}");
	rig_done(&r);
}

static void
given_only_a_host_it_has_asked_for_everything_before_it(void **state)
{
	static const struct serve_dns_record zone[] = { A("sip.contoso.com", 0x0a000005) };
	struct rig r;

	(void)state;
	rig_new(&r, zone, 1);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	assert_string_equal(r.dns.asked,
	    "_sipinternaltls._tcp.contoso.com _sipinternaltls._tcp.contoso.com.corp.lan "
	    "_sip._tls.contoso.com _sip._tls.contoso.com.corp.lan "
	    "_sipinternal._tcp.contoso.com _sipinternal._tcp.contoso.com.corp.lan "
	    "sipinternal.contoso.com sipinternal.contoso.com.corp.lan "
	    "sip.contoso.com ");
	assert_int_equal(r.p->facts.n_pools, 2);
	is_target(&r.p->facts.pool[0], "sip.contoso.com", 0x0a000005, 5061);
	is_target(&r.p->facts.pool[1], "sip.contoso.com", 0x0a000005, 443);
	rig_done(&r);
}

static void
a_suffix_may_lead_there(void **state)
{
	static const struct serve_dns_record zone[] = {
		SRV("_sip._tls.contoso.com.corp.lan", "edge.corp.lan", 0, 443),
		A("edge.corp.lan", 0x0a000006),
	};
	struct rig r;

	(void)state;
	rig_new(&r, zone, 2);
	assert_int_equal(go(&r)->verdict, STEP_DONE);
	is_target(&r.p->facts.pool[0], "edge.corp.lan", 0x0a000006, 443);
	rig_done(&r);
}

static void
given_no_pool_at_all_it_does_not_try_again(void **state)
{
	static const struct serve_dns_record zone[] = { A("www.contoso.com", 1) };
	struct rig r;

	(void)state;
	rig_new(&r, zone, 1);
	assert_int_equal(go(&r)->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, WHY_NOT_FOUND);
	assert_string_equal(r.p->row->detail, "dns:no pool for contoso.com");
	assert_int_equal(r.dns.server[FIRST].udp, 12);
	rig_done(&r);
}

static void
given_servers_that_fail_nothing_is_certain(void **state)
{
	static const struct serve_dns_record zone[] = { A("sip.contoso.com", 5) };
	struct rig r;

	(void)state;
	rig_new(&r, zone, 1);
	r.dns.server[FIRST].mood = r.dns.server[SECOND].mood = FAKE_DNS_SERVFAIL;
	assert_int_equal(go(&r)->why, WHY_SERVER_ERROR);
	assert_string_equal(r.p->row->detail, "dns:SERVFAIL contoso.com");
	rig_done(&r);
}

static void
power_cut_at_any_event_it_leaves_nothing_open(void **state)
{
	static const struct serve_dns_record zone[] = { A("sip.contoso.com", 5) };

	(void)state;
	for (size_t after = 0; after < 20; after++) {
		struct rig r;

		rig_new(&r, zone, 1);
		r.dns.server[FIRST].mood = FAKE_DNS_TRUNCATED;
		fake_phone_row(r.p, &step_pool_find, 1);
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
		cmocka_unit_test(given_the_internal_service_it_takes_all_its_targets_in_order),
		cmocka_unit_test(given_only_a_host_it_has_asked_for_everything_before_it),
		cmocka_unit_test(a_suffix_may_lead_there),
		cmocka_unit_test(given_no_pool_at_all_it_does_not_try_again),
		cmocka_unit_test(given_servers_that_fail_nothing_is_certain),
		cmocka_unit_test(power_cut_at_any_event_it_leaves_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
