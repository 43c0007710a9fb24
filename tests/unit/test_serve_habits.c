/* test_serve_habits.c - what a scenario's habits make of the plan: leases, zone, the other
 * pool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "serve_habits.h"
#include "serve_names.h"
#include "serve_plan.h"

static const struct serve_hosts hosts = { .dc = 1, .pool = 2, .mail = 3 };

static size_t
count(const struct serve_dns_record *zone, size_t n, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += strcmp(zone[i].name, name) == 0;
	return found;
}

static void
given_no_habits_the_zone_stays_as_it_is(void **state)
{
	struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX];
	struct servers_dns habits = { .n_add = 0 };
	size_t n = serve_zone(&hosts, zone);

	(void)state;
	assert_int_equal(serve_habits_zone(&habits, zone, n), n);
	assert_int_equal(count(zone, n, POOL_DC), 1);
}

static void
a_hidden_name_is_gone_in_any_spelling_and_one_that_is_added_is_there(void **state)
{
	struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX];
	struct servers_dns habits = { .n_add = 2,
		.add = { { .name = "x.contoso.com", .type = SERVERS_A, .ip = 9 },
		    { .name = "_y._tcp.contoso.com",
			.type = SERVERS_SRV,
			.target = "z.contoso.com",
			.priority = 1,
			.weight = 2,
			.port = 3 } },
		.n_hide = 1,
		.hide = { "DC01.contoso.COM" } };
	size_t was = serve_zone(&hosts, zone);
	size_t n = serve_habits_zone(&habits, zone, was);

	(void)state;
	assert_int_equal(n, was + 1);
	assert_int_equal(count(zone, n, POOL_DC), 0);
	assert_string_equal(zone[n - 2].name, "x.contoso.com");
	assert_int_equal(zone[n - 2].type, DNS_A);
	assert_int_equal(zone[n - 2].ip, 9);
	assert_int_equal(zone[n - 1].type, DNS_SRV);
	assert_string_equal(zone[n - 1].target, "z.contoso.com");
	assert_int_equal(zone[n - 1].priority, 1);
	assert_int_equal(zone[n - 1].weight, 2);
	assert_int_equal(zone[n - 1].port, 3);
}

static void
a_name_that_is_hidden_and_added_is_replaced(void **state)
{
	struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX];
	struct servers_dns habits = { .n_add = 1,
		.add = { { .name = POOL_MAIL, .type = SERVERS_CNAME, .target = POOL_DC } },
		.n_hide = 1,
		.hide = { POOL_MAIL } };
	size_t was = serve_zone(&hosts, zone);
	size_t n = serve_habits_zone(&habits, zone, was);

	(void)state;
	assert_int_equal(n, was);
	assert_int_equal(count(zone, n, POOL_MAIL), 1);
	assert_int_equal(zone[n - 1].type, DNS_CNAME);
	assert_string_equal(zone[n - 1].target, POOL_DC);
}

/* The zone's array has room for all that any scenario can add. */
static void
as_many_as_a_scenario_may_add_find_room(void **state)
{
	struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX];
	struct servers_dns habits = { .n_add = SERVERS_RECORDS_MAX };
	size_t n = serve_zone(&hosts, zone);

	(void)state;
	for (size_t i = 0; i < SERVERS_RECORDS_MAX; i++)
		strcpy(habits.add[i].name, "a.contoso.com");
	n = serve_habits_zone(&habits, zone, n);
	assert_true(n <= SERVE_HABITS_ZONE_MAX);
	assert_int_equal(count(zone, n, "a.contoso.com"), SERVERS_RECORDS_MAX);
}

static void
the_domain_is_searched_unless_a_list_says_what_is(void **state)
{
	const char *search[SERVERS_SEARCH_MAX];
	struct serve_dhcp_cfg cfg = serve_plan_dhcp();
	struct servers_dhcp habits = { .lease_s = 60,
		.domain = "branch.contoso.com",
		.options_off = { 42, 43 },
		.n_options_off = 2 };

	(void)state;
	serve_habits_dhcp(&habits, search, &cfg);
	assert_int_equal(cfg.lease_s, 60);
	assert_string_equal(cfg.domain, "branch.contoso.com");
	assert_int_equal(cfg.n_search, 1);
	assert_string_equal(cfg.search[0], "branch.contoso.com");
	assert_int_equal(cfg.n_off, 2);
	assert_int_equal(cfg.off[1], 43);

	habits.n_search = 2;
	strcpy(habits.search[0], "a.com");
	strcpy(habits.search[1], "b.com");
	serve_habits_dhcp(&habits, search, &cfg);
	assert_int_equal(cfg.n_search, 2);
	assert_string_equal(cfg.search[1], "b.com");
}

static void
given_no_domain_the_plans_stays(void **state)
{
	const char *search[SERVERS_SEARCH_MAX];
	struct serve_dhcp_cfg cfg = serve_plan_dhcp();
	struct servers_dhcp habits = { .lease_s = 3600 };

	(void)state;
	serve_habits_dhcp(&habits, search, &cfg);
	assert_string_equal(cfg.domain, POOL_DOMAIN);
	assert_string_equal(cfg.search[0], POOL_DOMAIN);
}

static void
the_other_pool_has_a_name_and_a_port(void **state)
{
	struct servers_sip habits = { .version = 4 };
	struct serve_home home;

	(void)state;
	serve_habits_home(&habits, &home);
	assert_string_equal(home.name, POOL_HOME);
	assert_int_equal(home.port, PORT_SIP);
	strcpy(habits.home_pool, "north.contoso.com:5071");
	serve_habits_home(&habits, &home);
	assert_string_equal(home.name, "north.contoso.com");
	assert_int_equal(home.port, 5071);
	strcpy(habits.home_pool, "south.contoso.com:0");
	serve_habits_home(&habits, &home);
	assert_string_equal(home.name, "south.contoso.com");
	assert_int_equal(home.port, PORT_SIP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_no_habits_the_zone_stays_as_it_is),
		cmocka_unit_test(
		    a_hidden_name_is_gone_in_any_spelling_and_one_that_is_added_is_there),
		cmocka_unit_test(a_name_that_is_hidden_and_added_is_replaced),
		cmocka_unit_test(as_many_as_a_scenario_may_add_find_room),
		cmocka_unit_test(the_domain_is_searched_unless_a_list_says_what_is),
		cmocka_unit_test(given_no_domain_the_plans_stays),
		cmocka_unit_test(the_other_pool_has_a_name_and_a_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
