/*
 * test_scenario_broken.c - scenarios with one mistake each, as people make them, and the one
 * line that `validate` and `run` say of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "plan_names.h"
#include "run_plan.h"
#include "temp_file.h"

/* What a sound one begins with: lines 1 to 3. */
#define HEAD "title: x\nphones: 9\narrival: [{at_once: 9}]\n"

struct broken {
	const char *text, *error; /* the error from the file's name on */
};

static const struct broken wholes[] = {
	{ "", "s.yaml:1:1: the file is empty" },
	{ "phones", "s.yaml:1:1: the file must be a map of keys and values" },
	{ "title: x\n  phones: 9\n",
	    "s.yaml:2:9: not YAML: mapping values are not allowed in "
	    "this context" },
	{ "title: x\nphones: 9\n",
	    "s.yaml:1:1: `arrival' is missing: who starts when, as in `arrival: [{storm: "
	    "{over: 60s}}]'" },
	{ "phones: 9\narrival: [{at_once: 9}]\n",
	    "s.yaml:1:1: `title' is missing: one line for "
	    "people" },
	{ "title: ''\nphones: 9\narrival: [{at_once: 9}]\n",
	    "s.yaml:1:8: `title' may not be "
	    "empty" },
	{ "title: x\nphones: nine\narrival: [{at_once: 9}]\n",
	    "s.yaml:2:9: `phones' must be a whole number, not `nine'" },
	{ "title: x\nphones: 2000000\narrival: [{at_once: 9}]\n",
	    "s.yaml:2:9: `phones' must be from 1 to 1000000, not 2000000" },
	{ "title: x\nphones: 10\narrival: [{at_once: 9}]\n",
	    "s.yaml:3:10: the arrivals start 9 phones, fewer than phones: 10" },
	{ "title: x\nphones: 9\narrival: {at_once: 9}\n",
	    "s.yaml:3:10: `arrival' must be a list, as in `- at_once: 100'" },
	{ "title: x\nphones: 9\narrival: [{ramp: {from: 1/s, over: 9s}}]\n",
	    "s.yaml:3:18: `to' is missing: a rate such as 200/s" },
	{ "title: x\nphones: 9\narrival: [{steady: {rate: 9/s, over: 9s}}]\n",
	    "s.yaml:3:32: unknown key `over'" },
	{ "title: x\nphones: 9\nphones: 9\narrival: [{at_once: 9}]\n",
	    "s.yaml:3:1: key `phones' is there twice" },
};

static const struct broken tails[] = {
	/* the journey */
	{ "profle: cx700-1.0.199.123\n",
	    "s.yaml:4:1: unknown key `profle'; did you mean "
	    "`profile'?" },
	{ "user: {types_for: 20}\n",
	    "s.yaml:4:19: `types_for' must be a duration such as 20s or "
	    "20s±8s, not `20'" },
	{ "journey: {until: krb_logn}\n",
	    "s.yaml:4:18: no such step: krb_logn; did you mean `krb_login'?" },
	{ "journey: {stay: 5}\n",
	    "s.yaml:4:17: `stay' must be a duration such as 250ms, 20s, "
	    "5m, 24h, not `5'" },
	{ "journey: {override: {krb_login: {trys: 2}}}\n",
	    "s.yaml:4:34: unknown key `trys'; did you mean `tries'?" },
	{ "journey: {override: {krb_logn: {tries: 2}}}\n",
	    "s.yaml:4:22: no such step: krb_logn; did you mean `krb_login'?" },
	{ "journey: {restart_after_update: yes}\n",
	    "s.yaml:4:33: `restart_after_update' must be true or false, not `yes'" },
	{ "seed: -1\n", "s.yaml:4:7: `seed' must be a whole number, not `-1'" },
	/* events */
	{ "events:\n  - {at: 90, do: power_cycle}\n",
	    "s.yaml:5:10: `at' must be a duration such as 250ms, 20s, 5m, 24h, not `90'" },
	{ "events:\n  - {at: krb_logn, do: unplug}\n",
	    "s.yaml:5:10: no such step: krb_logn; did you mean `krb_login'?" },
	{ "events:\n  - {at: 90s, do: powercycle}\n",
	    "s.yaml:5:19: `do' must be one of power_cycle, unplug, plug, sign_out, sign_in, "
	    "check_update, not `powercycle'; did you mean `power_cycle'?" },
	{ "events:\n  - {at: 90s, do: unplug, phones: 10}\n",
	    "s.yaml:5:35: phones count from 0: there is no phone 10 of 9" },
	{ "events:\n  - {at: 90s, do: plug, off_for: 5s}\n",
	    "s.yaml:5:34: `off_for' belongs to power_cycle: unplug waits for a plug" },
	/* faults */
	{ "faults:\n  - {server: kerberos, do: {drop: 20%}}\n",
	    "s.yaml:5:14: `server' must be one of dhcp, dns, ntp, kdc, ldap, ca_web, sip, "
	    "exchange, "
	    "update, not `kerberos'" },
	{ "faults:\n  - {server: kdc, from: 20s, for: 10s}\n",
	    "s.yaml:5:5: `do' is missing: what goes wrong" },
	{ "faults:\n  - {server: kdc, do: {delay: slow}}\n",
	    "s.yaml:5:31: `delay' must be a duration such as 20s or 20s±8s, not `slow'" },
	{ "faults:\n  - {server: kdc, do: {drop: 120%}}\n",
	    "s.yaml:5:30: `drop' must be a share from 0% to 100%, not `120%'" },
	{ "faults:\n  - server: kdc\n  - do: {drop: 5%}\n",
	    "s.yaml:5:5: `do' is missing: what goes wrong" },
	{ "faults:\n  - {server: sip, do: {answer: busy}}\n",
	    "s.yaml:5:32: `answer' of sip must be a status from 400 to 699, not `busy'" },
	{ "faults:\n  - {server: update, do: {reset_after: 7}}\n",
	    "s.yaml:5:40: `reset_after' must be a size such as 1000B, 64kB, 7MB, not `7'" },
	/* servers */
	{ "servers: {dc: {takes: 2ms}}\n", "s.yaml:4:11: unknown key `dc'" },
	{ "servers: {kdc: {takes: 2}}\n",
	    "s.yaml:4:24: `takes' must be a duration such as 20s or "
	    "20s±8s, not `2'" },
	{ "servers: {kdc: {workers: four}}\n",
	    "s.yaml:4:26: `workers' must be a whole number, not `four'" },
	{ "servers: {sip: {certificate: bad}}\n",
	    "s.yaml:4:30: `certificate' must be one of good, sha2, expired, early, wrong_name, "
	    "other_root, not `bad'" },
	{ "servers: {update: {version: 522}}\n",
	    "s.yaml:4:29: `version' must be a version such as 1.0.522.101, not `522'" },
	{ "servers: {dns: {hide: autodiscover.contoso.com}}\n",
	    "s.yaml:4:23: `hide' must be a list of names" },
	/* expect */
	{ "expect:\n  - phones.finished = 100%\n",
	    "s.yaml:5:21: `=' is no comparison: ==, !=, <, <=, > or >=" },
	{ "expect:\n  - phones.finished\n",
	    "s.yaml:5:5: no comparison (==, !=, <, <=, > or >=) in `phones.finished'" },
	{ "expect:\n  - phone.finished == 100%\n",
	    "s.yaml:5:5: unknown `phone'; did you mean `phones'?" },
	{ "expect:\n  - step.krb_logn.p99 < 800ms\n",
	    "s.yaml:5:5: no such step: krb_logn; did you mean `krb_login'?" },
	{ "expect:\n  - step.krb_login.p999 < 800ms\n",
	    "s.yaml:5:20: unknown `p999'; did you mean `p99'?" },
	{ "expect:\n  - step.krb_login.p99 < 800\n",
	    "s.yaml:5:26: this is measured as a duration (ms, s, m, h)" },
	{ "expect:\n  - reason.timeouts < 1%\n",
	    "s.yaml:5:5: no such reason: timeouts; did you mean `timeout'?" },
	{ "expect:\n  - reason.none < 1%\n", "s.yaml:5:5: no such reason: none" },
	{ "expect:\n  - server.kerberos.requests > 0\n",
	    "s.yaml:5:5: no such server: kerberos" },
	{ "expect:\n  - guide.29 == 100%\n", "s.yaml:5:11: the guide has the numbers 1 to 28" },
	{ "expect:\n  - wall < 5 minutes\n",
	    "s.yaml:5:14: unknown unit `minutes': ms, s, m, h, %, /s, B, kB, MB, GB, MB/s" },
	{ "expect: phones.finished == 100%\n",
	    "s.yaml:4:9: `expect' must be a list, as in `- phones.finished == 100%'" },
};

/* Everything that is checked before a pool is started. */
static int
plan_of(const char *text, struct run_plan *plan, struct config_error *error)
{
	const struct run_options o = { .scenario = temp_file("s.yaml", text, strlen(text)) };

	*error = (struct config_error){ "" };
	return run_plan_make(plan, &o, error);
}

static void
assert_broken(const char *text, const char *wanted)
{
	struct run_plan *plan = mem_new(sizeof *plan);
	struct config_error error;
	const char *from_name;

	assert_non_null(plan);
	if (plan_of(text, plan, &error) == 0)
		fail_msg("this is sound: %s", text);
	assert_null(strchr(error.text, '\n'));
	from_name = strstr(error.text, "s.yaml:");
	assert_non_null(from_name);
	assert_string_equal(from_name, wanted);
	run_plan_done(plan);
	mem_free(plan);
	assert_int_equal(mem_out(), 0);
}

static void
each_whole_file_has_its_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
		assert_broken(wholes[i].text, wholes[i].error);
}

static void
each_part_has_its_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		char text[1000];

		snprintf(text, sizeof text, HEAD "%s", tails[i].text);
		assert_broken(text, tails[i].error);
	}
}

typedef int plan_check_fn(const struct run_plan *, struct config_error *);

/* A plan that is sound; what is then said of it is in *error, "": nothing. */
static void
asked(plan_check_fn *check, const char *tail, struct config_error *error)
{
	struct run_plan *plan = mem_new(sizeof *plan);
	char text[1000];
	int err;

	assert_non_null(plan);
	snprintf(text, sizeof text, HEAD "%s", tail);
	if (plan_of(text, plan, error) != 0)
		fail_msg("%s", error->text);
	err = check(plan, error);
	assert_int_equal(err == 0, error->text[0] == '\0');
	run_plan_done(plan);
	mem_free(plan);
}

static void
real_says(const char *tail, struct config_error *error)
{
	asked(plan_for_real, tail, error);
}

static void
names_that_there_are_pass(void **state)
{
	struct config_error error;

	(void)state;
	real_says("expect:\n  - step.krb_login.p99 < 800ms\n  - step.ews_poll.done == 0\n"
		  "  - reason.server_error == 0\n  - reason.local == 0\n"
		  "  - server.other.requests == 0\n  - server.kdc.requests > 0\n",
	    &error);
	assert_string_equal(error.text, "");
}

static void
what_servers_of_others_do_not_play_is_said_with_its_place(void **state)
{
	struct config_error error;

	(void)state;
	real_says("faults:\n  - {server: kdc, do: {drop: 5%}}\nservers: {}\n", &error);
	assert_string_equal(strstr(error.text, "s.yaml:"),
	    "s.yaml:4:1: faults are played by the embedded pool or in a rehearsal (--dry-run), "
	    "not by the servers of --pool");
	real_says("servers: {kdc: {workers: 2}}\n", &error);
	assert_string_equal(strstr(error.text, "s.yaml:"),
	    "s.yaml:4:1: `servers' are habits of the embedded pool or of a rehearsal "
	    "(--dry-run), not of the servers of --pool");
	real_says("", &error);
	assert_string_equal(error.text, "");
}

static void
what_the_embedded_pool_cannot_play_is_said_and_all_else_passes(void **state)
{
	struct config_error error;

	(void)state;
	asked(plan_for_embedded,
	    "faults:\n  - {server: kdc, do: {drop: 5%}}\n"
	    "servers: {kdc: {workers: 2, ticket: 560B}, sip: {certificate: sha2}}\n",
	    &error);
	assert_string_equal(error.text, "");
	asked(plan_for_embedded, "servers: {kdc: {offset: -20m}}\n", &error);
	assert_string_equal(strstr(error.text, "s.yaml:"),
	    "s.yaml:4:1: `servers': only a rehearsal (--dry-run) can play kdc.offset: the KDC "
	    "keeps this machine's time; ntp.offset sets the phones' clocks");
	asked(plan_for_embedded, "servers: {kdc: {ticket: 1200B}}\n", &error);
	assert_non_null(strstr(error.text, "can play kdc.ticket: the KDC makes real tickets"));
}

static void
servers_are_expected_by_the_names_they_are_counted_by(void **state)
{
	static const char both[] =
	    "expect: [server.kdc.requests > 0, server.sip.replies > 0]\n";
	static const char update[] = "expect: [wall < 5s, server.update.requests > 0]\n";
	static const char https[] = "expect: [wall < 5s, server.https.requests > 0]\n";
	struct config_error error;

	(void)state;
	real_says(both, &error);
	assert_string_equal(error.text, "");
	asked(plan_for_rehearsal, both, &error);
	assert_string_equal(error.text, "");
	real_says(https, &error);
	assert_string_equal(error.text, "");
	asked(plan_for_rehearsal, update, &error);
	assert_string_equal(error.text, "");
	real_says(update, &error);
	assert_string_equal(strstr(error.text, "s.yaml:"),
	    "s.yaml:4:21: a real run does not count server.update by itself (validate --help)");
	asked(plan_for_rehearsal, https, &error);
	assert_string_equal(strstr(error.text, "s.yaml:"),
	    "s.yaml:4:21: a rehearsal does not count server.https by itself (validate --help)");
}

static void
what_a_rehearsal_plays_is_no_mistake_there(void **state)
{
	struct config_error error;

	(void)state;
	asked(plan_for_rehearsal,
	    "faults: [{server: kdc, do: {drop: 5%}}]\nservers: {kdc: {workers: 2}}\n"
	    "events: [{at: krb_login, do: power_cycle}]\n",
	    &error);
	assert_string_equal(error.text, "");
}

static void
details_to_watch_are_in_the_plan(void **state)
{
	struct run_plan *plan = mem_new(sizeof *plan);
	struct config_error error;

	(void)state;
	assert_non_null(plan);
	assert_int_equal(
	    plan_of(HEAD "expect: [detail.krb:24 == 0, detail.tls:48 == 0]\n", plan, &error),
	    0);
	assert_int_equal(plan->n_watch, 2);
	assert_string_equal(plan->watch[1], "tls:48");
	run_plan_done(plan);
	mem_free(plan);
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
		cmocka_unit_test(each_whole_file_has_its_one_line),
		cmocka_unit_test(each_part_has_its_one_line),
		cmocka_unit_test(names_that_there_are_pass),
		cmocka_unit_test(what_servers_of_others_do_not_play_is_said_with_its_place),
		cmocka_unit_test(
		    what_the_embedded_pool_cannot_play_is_said_and_all_else_passes),
		cmocka_unit_test(servers_are_expected_by_the_names_they_are_counted_by),
		cmocka_unit_test(what_a_rehearsal_plays_is_no_mistake_there),
		cmocka_unit_test(details_to_watch_are_in_the_plan),
	};

	_Static_assert(sizeof wholes / sizeof *wholes + sizeof tails / sizeof *tails >= 40,
	    "forty broken files");
	return cmocka_run_group_tests(tests, NULL, clean);
}
