/* test_config.c - scenario, pool file and profile: what is accepted, and that each mistake is
 * named with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "pool_file.h"
#include "profile_load.h"
#include "rng.h"
#include "scenario.h"
#include "temp_file.h"
#include "template.h"

static const char good[] =
    "title: Power restored\n"
    "phones: 5000\n"
    "profile: cx700-1.0.199.123\n"
    "arrival:\n"
    "  - at_once: 500\n"
    "  - ramp: {from: 10/s, to: 200/s, over: 30s}\n"
    "  - steady: {rate: 200/s, for: 20s}\n"
    "user:\n"
    "  types_for: 20s±8s\n"
    "journey: {until: update_confirm, stay: 5m, override: {krb_login: {tries: 2, limit: 2s}}}\n"
    "seed: 7\n";

static int
load(const char *text, struct scenario *s, struct config_error *error)
{
	memset(error, 0, sizeof *error);
	return scenario_load(temp_file("s.yaml", text, strlen(text)), s, error);
}

/* The error is one line, names the file, and has this in it. */
static void
assert_error(const char *text, const char *wanted)
{
	struct config_error error;
	struct scenario s;

	assert_int_not_equal(load(text, &s, &error), 0);
	assert_non_null(strstr(error.text, "s.yaml:"));
	assert_null(strchr(error.text, '\n'));
	if (strstr(error.text, wanted) == NULL)
		fail_msg("wanted `%s' in `%s'", wanted, error.text);
	assert_int_equal(mem_out(), 0);
}

static void
given_the_designs_sample_it_is_read(void **state)
{
	struct config_error error;
	struct scenario s;

	(void)state;
	if (load(good, &s, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(s.phones, 5000);
	assert_int_equal(s.n_arrivals, 3);
	assert_int_equal(s.arrival[0].count, 500);
	assert_int_equal((int)arrival_starts(&s.arrival[1]), 3150);
	assert_int_equal(s.user.types_for.a_us, 20000000);
	assert_int_equal(s.user.types_for.b_us, 8000000);
	assert_string_equal(s.journey.until, "update_confirm");
	assert_int_equal(s.journey.until_at.line, 10);
	assert_int_equal(s.journey.stay_us, 300000000);
	assert_true(s.journey.restart_after_update);
	assert_int_equal(s.journey.n_overrides, 1);
	assert_string_equal(s.journey.override[0].step, "krb_login");
	assert_int_equal(s.journey.override[0].tries, 2);
	assert_int_equal(s.journey.override[0].limit_us, 2000000);
	assert_int_equal(s.seed, 7);
	scenario_done(&s);
	assert_int_equal(mem_out(), 0);
}

static void
given_a_mistake_the_error_names_line_and_column(void **state)
{
	(void)state;
	assert_error("title: x\nphnes: 3\narrival: [{at_once: 3}]\n",
	    "s.yaml:2:1: unknown key `phnes'; did you mean `phones'?");
	assert_error("title: x\nphones: 10%\narrival: [{at_once: 3}]\n",
	    "s.yaml:2:9: `phones' must be a whole number");
	assert_error("title: x\nphones: 010\narrival: [{at_once: 8}]\n", "s.yaml:2:9:");
	assert_error("title: x\nphones: 0x10\narrival: [{at_once: 8}]\n", "s.yaml:2:9:");
	assert_error("title: x\nphones: 0\narrival: [{at_once: 8}]\n", "from 1 to 1000000");
	assert_error("title: x\nphones: [3]\narrival: [{at_once: 8}]\n", "not a list");
	assert_error("title: x\nphones: 9\narrival: [{at_once: 8}]\n",
	    "s.yaml:3:10: the arrivals start 8 phones, fewer than phones: 9");
	assert_error(
	    "title: x\nphones: 3\narrival: [{at_once: 5, ramp: {}}]\n", "an arrival is one of");
	assert_error("title: x\nphones: 3\narrival: [{}]\n", "an arrival is one of");
	assert_error(
	    "title: x\nphones: 3\narrival: [{later: 5}]\n", "s.yaml:3:12: unknown arrival");
	assert_error(
	    "title: x\nphones: 3\narrival: [{steady: {rate: 5, for: 3s}}]\n", "must be a rate");
	assert_error("title: x\nphones: 3\narrival: [{steady: {rate: 0/s, for: 3s}}]\n",
	    "starts no phone");
	assert_error("title: x\nphones: 3\narrival: [{at_once: 3}]\nuser: {types_for: 20}\n",
	    "s.yaml:4:19:");
	assert_error("title: x\nphones: 3\narrival: [{at_once: 3}]\nuser: {types_for: 20s±8}\n",
	    "s.yaml:4:19:");
	assert_error("title: x\narrival: [{at_once: 3}]\n", "`phones' is missing");
	assert_error("title: x\ntitle: y\n", "s.yaml:2:1: key `title' is there twice");
	assert_error("title: &a x\nphones: *a\n", "anchors and aliases");
	assert_error("title: x\n---\ntitle: y\n", "a second document");
	assert_error("title: [\n", "not YAML");
	assert_error("- a\n- b\n", "s.yaml:1:1: the file must be a map");
	assert_error("", "s.yaml:1:1: the file is empty");
	assert_error("# nothing\n", "the file is empty");
	assert_error("a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: "
		     "1}}}}}}}}}}}}}}}}}\n",
	    "nested deeper");
}

static void
given_no_file_or_a_folder_it_says_so(void **state)
{
	struct config_error error;
	struct scenario s;

	(void)state;
	assert_int_not_equal(scenario_load("/nonexistent/x.yaml", &s, &error), 0);
	assert_non_null(
	    strstr(error.text, "/nonexistent/x.yaml: cannot be opened: No such file"));
	assert_int_not_equal(scenario_load(temp_folder(), &s, &error), 0);
	assert_non_null(strstr(error.text, "directory"));
}

static void
given_random_bytes_no_loader_accepts_or_crashes(void **state)
{
	enum { SIZE = 1 << 20 };
	uint8_t *bytes = malloc(SIZE);
	struct rng r;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct config_error error = { "" };
		struct profile *profile;
		struct pool_file pool;
		struct scenario s;
		const char *path;
		size_t n = seed == 1 ? SIZE : 64 * seed;

		rng_seed(&r, seed, 0);
		for (size_t i = 0; i < n; i++)
			bytes[i] = seed % 2
			    ? (uint8_t)rng_u32(&r)
			    : (uint8_t) "{}[]:- ab\n,&*'\"|>#!%@"[rng_below(&r, 22)];
		path = temp_file("r.yaml", bytes, n);
		assert_int_not_equal(scenario_load(path, &s, &error), 0);
		assert_int_not_equal(pool_file_load(path, &pool, &error), 0);
		assert_int_not_equal(profile_load(path, &profile, &error), 0);
		assert_non_null(strstr(error.text, "r.yaml"));
		assert_null(strchr(error.text, '\n'));
		assert_int_equal(mem_out(), 0);
	}
	free(bytes);
}

static void
given_no_memory_at_the_nth_allocation_nothing_leaks(void **state)
{
	struct config_error error;
	struct scenario s;
	int err = -1;

	(void)state;
	for (long n = 1; err != 0; n++) {
		assert_in_range(n, 1, 1000);
		mem_fail_at(n);
		err = load(good, &s, &error);
		mem_fail_at(0);
		if (err != 0)
			assert_int_equal(mem_out(), 0);
	}
	scenario_done(&s);
	assert_int_equal(mem_out(), 0);
}

static const char pool_text[] =
    "name: contoso-lab\n"
    "network: {mode: loopback, addresses: [127.42.0.0/16]}\n"
    "macs: '00:04:f2:10:00:00'\n"
    "side: internal\n"
    "dhcp: {mode: relay, server: 127.0.0.1, relay: {untagged: 127.0.0.2, 200: 127.0.0.3}}\n"
    "ports: {67: 20067, 53: 20053, 5061: 25061}\n"
    "users: {name: \"phone%05d\", first: 0, domain: contoso.com, sip_domain: contoso.com, "
    "password: \"file:users.secret\"}\n"
    "guard: {canary: 1, wrong_passwords: 3}\n"
    "leave: false\n"
    "allow: [127.0.0.0/8]\n";

static void
given_the_designs_pool_file_it_is_read(void **state)
{
	struct config_error error = { "" };
	struct pool_file p;

	(void)state;
	(void)temp_file("users.secret", "s3cret\nmore\n", 12);
	if (pool_file_load(temp_file("p.yaml", pool_text, strlen(pool_text)), &p, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(p.network.mode, POOL_LOOPBACK);
	assert_int_equal(p.network.addresses[0].ip, 0x7f2a0000);
	assert_int_equal(p.network.addresses[0].mask, 0xffff0000);
	assert_int_equal(p.macs[2], 0xf2);
	assert_false(p.external);
	assert_int_equal(p.dhcp.n_relays, 2);
	assert_int_equal(p.dhcp.relay[1].vlan, 200);
	assert_int_equal(p.dhcp.relay[1].giaddr, 0x7f000003);
	assert_int_equal(p.n_ports, 3);
	assert_string_equal(p.users.password, "s3cret");
	assert_int_equal(p.guard.wrong_passwords, 3);
	assert_int_equal(p.n_allow, 1);
	pool_file_done(&p);
	assert_int_equal(mem_out(), 0);
}

/* The sample with one piece replaced must fail with this. */
static void
assert_pool_error(const char *from, const char *to, const char *wanted)
{
	struct config_error error = { "" };
	const char *at = strstr(pool_text, from);
	struct pool_file p;
	char text[2048];

	assert_non_null(at);
	(void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - pool_text), pool_text, to,
	    at + strlen(from));
	(void)temp_file("users.secret", "s3cret\n", 7);
	assert_int_not_equal(
	    pool_file_load(temp_file("p.yaml", text, strlen(text)), &p, &error), 0);
	if (strstr(error.text, wanted) == NULL)
		fail_msg("wanted `%s' in `%s'", wanted, error.text);
	assert_int_equal(mem_out(), 0);
}

static void
given_a_bad_pool_file_the_error_says_what_to_do(void **state)
{
	(void)state;
	assert_pool_error("phone%05d", "phone%s", "exactly one %d or %0Nd");
	assert_pool_error("phone%05d", "phone%d%d", "exactly one %d or %0Nd");
	assert_pool_error(
	    "127.0.0.0/8", "8.8.8.0/24", "public: list public addresses one by one");
	assert_pool_error("127.0.0.0/8", "0.0.0.0/0", "public");
	assert_pool_error("127.0.0.0/8", "127.0.0.1/8", "host bits");
	assert_pool_error("[127.0.0.0/8]", "[]", "could send nowhere");
	assert_pool_error("mode: relay, server: 127.0.0.1,", "mode: relay,", "needs `server'");
	assert_pool_error("mode: loopback", "mode: interface", "needs `interface'");
	assert_pool_error("mode: loopback", "mode: host", "must be none");
	assert_pool_error("file:users.secret", "hunter2", "file:NAME");
	assert_pool_error("file:users.secret", "file:nowhere.secret", "cannot be opened");
	assert_pool_error("20067", "99999", "from 1 to 65535");
	assert_pool_error("200: 127", "5000: 127", "from 1 to 4094");
	assert_pool_error("internal", "inside", "one of internal, external");
}

static void
given_a_name_pattern_it_is_expanded_without_printf(void **state)
{
	char name[16];

	(void)state;
	assert_int_equal(pool_user_name("phone%05d", 42, name, sizeof name), 0);
	assert_string_equal(name, "phone00042");
	assert_int_equal(pool_user_name("p%dx", 7, name, sizeof name), 0);
	assert_string_equal(name, "p7x");
	assert_int_not_equal(pool_user_name("p%n", 7, name, sizeof name), 0);
	assert_int_not_equal(pool_user_name("plain", 7, name, sizeof name), 0);
	assert_int_not_equal(pool_user_name("averyveryverylong%05d", 7, name, sizeof name), 0);
}

static void
given_every_profile_of_the_program_it_loads(void **state)
{
	static const char *const names[] = { "cx700-1.0.199.123", "cx700-1.0.522.101",
		"cx700-3.5.6907.35" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct config_error error = { "" };
		struct profile *p;

		if (profile_load(names[i], &p, &error) != 0)
			fail_msg("%s", error.text);
		assert_string_equal(p->name, names[i]);
		assert_int_equal(p->update.at_power_on, i > 0);
		assert_int_equal(p->tls.suites[0], 0x0004);
		assert_int_equal(p->dhcp.n_wait, 3);
		assert_int_equal(p->dhcp.wait_ms[2], 8000);
		assert_non_null(strstr(p->templates.update_request, "{mac}"));
		profile_free(p);
	}
	assert_int_equal(mem_out(), 0);
}

static void
given_an_unknown_profile_it_lists_those_there_are(void **state)
{
	struct config_error error = { "" };
	struct profile *p;

	(void)state;
	assert_int_not_equal(profile_load("cx700-9", &p, &error), 0);
	assert_non_null(strstr(error.text, "cx700-1.0.522.101"));
}

static void
given_durations_and_spreads_they_are_read_strictly(void **state)
{
	static const char *const bad[] = { "", "20", "s", "-1s", "1.2.3s", "20 s 3", "5d",
		"1e3s", "20s±", "±3s" };
	struct spread s;
	struct rng r;
	uint64_t us;

	(void)state;
	assert_int_equal(duration_read(span_of("1.5s"), &us), 0);
	assert_int_equal(us, 1500000);
	assert_int_equal(duration_read(span_of("24h"), &us), 0);
	assert_int_equal(us, 86400000000);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_not_equal(spread_read(span_of(bad[i]), &s), 0);
	assert_int_equal(spread_read(span_of("2s+-3s"), &s), 0);
	rng_seed(&r, 1, 1);
	for (int i = 0; i < 1000; i++)
		assert_in_range(spread_draw(&s, &r), 0, 5000000);
}

static void
given_a_template_its_places_are_filled_and_escaped(void **state)
{
	static const struct template_value values[] = { { "a", "<1>" }, { "b", "two" } };
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(template_fill(&b, "x{a}y{{z{b}", values, 2, true), 0);
	assert_string_equal(buf_cstr(&b), "x&lt;1&gt;y{ztwo");
	assert_int_not_equal(template_fill(&b, "{c}", values, 2, false), 0);
	assert_int_not_equal(template_fill(&b, "{a", values, 2, false), 0);
	buf_done(&b);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_designs_sample_it_is_read),
		cmocka_unit_test(given_a_mistake_the_error_names_line_and_column),
		cmocka_unit_test(given_no_file_or_a_folder_it_says_so),
		cmocka_unit_test(given_random_bytes_no_loader_accepts_or_crashes),
		cmocka_unit_test(given_no_memory_at_the_nth_allocation_nothing_leaks),
		cmocka_unit_test(given_the_designs_pool_file_it_is_read),
		cmocka_unit_test(given_a_bad_pool_file_the_error_says_what_to_do),
		cmocka_unit_test(given_a_name_pattern_it_is_expanded_without_printf),
		cmocka_unit_test(given_every_profile_of_the_program_it_loads),
		cmocka_unit_test(given_an_unknown_profile_it_lists_those_there_are),
		cmocka_unit_test(given_durations_and_spreads_they_are_read_strictly),
		cmocka_unit_test(given_a_template_its_places_are_filled_and_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
