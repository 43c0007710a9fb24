/* test_scenario_events.c - what a scenario says of power, faults, servers and expectations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

/* Lines 1 to 3 of every file here; what a test is about begins in line 4. */
#define HEAD "title: x\nphones: 9\narrival: [{at_once: 9}]\n"

static int
load(const char *tail, struct scenario *s, struct config_error *error)
{
	char text[4096];
	int n = snprintf(text, sizeof text, HEAD "%s", tail);

	assert_in_range(n, 1, sizeof text - 1);
	*error = (struct config_error){ "" };
	return scenario_load(temp_file("s.yaml", text, (size_t)n), s, error);
}

static void
assert_loads(const char *tail, struct scenario *s)
{
	struct config_error error;

	if (load(tail, s, &error) != 0)
		fail_msg("%s", error.text);
}

/* The error begins at this place, and says this. */
static void
assert_error(const char *tail, const char *wanted)
{
	struct config_error error;
	struct scenario s;
	const char *place;

	assert_int_not_equal(load(tail, &s, &error), 0);
	place = strstr(error.text, "s.yaml:");
	assert_non_null(place);
	assert_string_equal(place, wanted);
	assert_int_equal(mem_out(), 0);
}

static void
an_event_at_a_time_is_read(void **state)
{
	struct scenario s;

	(void)state;
	assert_loads("events:\n  - {at: 90s, do: power_cycle, phones: 10%, off_for: 1m}\n", &s);
	assert_int_equal(s.n_events, 1);
	assert_int_equal(s.event[0].at_us, 90000000);
	assert_string_equal(s.event[0].step, "");
	assert_int_equal(s.event[0].what, SCENARIO_POWER_CYCLE);
	assert_int_equal(s.event[0].off_for.a_us, 60000000);
	assert_true(s.event[0].phones.share > 0.099 && s.event[0].phones.share < 0.101);
	assert_int_equal(s.event[0].mark.line, 5);
	assert_int_equal(s.event[0].mark.col, 10);
	scenario_done(&s);
}

static void
an_event_at_a_step_keeps_its_name_for_others_to_check(void **state)
{
	struct scenario s;

	(void)state;
	assert_loads("events: [{at: no_such_step, do: unplug, phones: [3, 7-8]}]\n", &s);
	assert_string_equal(s.event[0].step, "no_such_step");
	assert_int_equal(s.event[0].what, SCENARIO_UNPLUG);
	assert_int_equal(s.event[0].phones.n_ranges, 2);
	assert_int_equal(s.event[0].mark.line, 4);
	assert_int_equal(s.event[0].mark.col, 15);
	scenario_done(&s);
}

static void
by_itself_an_event_meets_all_and_takes_the_power_for_ten_seconds(void **state)
{
	struct scenario s;

	(void)state;
	assert_loads("events: [{at: 0s, do: power_cycle}, {at: 5s, do: plug}]\n", &s);
	assert_int_equal(s.n_events, 2);
	assert_true(s.event[0].phones.share >= 1);
	assert_int_equal(s.event[0].phones.n_ranges, 0);
	assert_int_equal(s.event[0].off_for.a_us, 10000000);
	assert_int_equal(s.event[1].what, SCENARIO_PLUG);
	scenario_done(&s);
}

static void
a_wrong_event_is_named_at_its_place(void **state)
{
	(void)state;
	assert_error("events: {at: 5s}\n",
	    "s.yaml:4:9: `events' must be a list, as in `- {at: 90s, do: power_cycle, phones: "
	    "10%}'");
	assert_error(
	    "events: [power_cycle]\n", "s.yaml:4:10: an event is a map with `at' and `do'");
	assert_error("events: [{do: plug}]\n",
	    "s.yaml:4:10: `at' is missing: a time since the run's beginning, or a step: then "
	    "when a phone has done it");
	assert_error("events: [{at: 5s}]\n",
	    "s.yaml:4:10: `do' is missing: power_cycle, unplug, plug, sign_out, sign_in or "
	    "check_update");
	assert_error("events: [{at: 5s, do: reboot}]\n",
	    "s.yaml:4:23: `do' must be one of power_cycle, unplug, plug, sign_out, sign_in, "
	    "check_update, not `reboot'");
	assert_error("events: [{at: 90, do: plug}]\n",
	    "s.yaml:4:15: `at' must be a duration such as 250ms, 20s, 5m, 24h, not `90'");
	assert_error("events: [{at: '', do: plug}]\n",
	    "s.yaml:4:15: `at' must be a duration such as 250ms, 20s, 5m, 24h, not `'");
	assert_error("events: [{at: [5s], do: plug}]\n",
	    "s.yaml:4:15: `at' must be a duration or a step, not a list");
	assert_error("events: [{at: krb_login_krb_login_krb_login_krb_login_, do: unplug}]\n",
	    "s.yaml:4:15: no step is called `krb_login_krb_login_krb_login_krb_login_'");
	assert_error("events: [{at: 5s, do: unplug, off_for: 5s}]\n",
	    "s.yaml:4:40: `off_for' belongs to power_cycle: unplug waits for a plug");
	assert_error("events: [{at: 5s, do: power_cycle, off_for: 0s}]\n",
	    "s.yaml:4:45: `off_for' is out of range: 0s");
	assert_error("events: [{at: krb_login, do: plug}]\n",
	    "s.yaml:4:15: plug needs a time: a phone that is off does no step");
	assert_error("events: [{at: 5s, do: unplug, phones: [3, 9]}]\n",
	    "s.yaml:4:39: phones count from 0: there is no phone 9 of 9");
	assert_error(
	    "events: [{at: 5s, do: unplug, phones: all}]\n", "s.yaml:4:39: no such group: all");
	/* In braces a comma ends a value: YAML's doing, and an error at least. */
	assert_error("events: [{at: 5s, do: unplug, phones: 3,7-9}]\n",
	    "s.yaml:4:41: unknown key `7-9'");
	assert_error("events: [{at: 5s, do: unplug, fones: 3}]\n",
	    "s.yaml:4:31: unknown key `fones'; did you mean `phones'?");
}

static void
people_sign_out_and_in_and_ask_for_updates(void **state)
{
	struct scenario s;

	(void)state;
	assert_loads("events:\n  - {at: 1m, do: sign_out, phones: 50%}\n"
		     "  - {at: 2m, do: sign_in, phones: 50%}\n"
		     "  - {at: 3m, do: check_update, phones: 3-4}\n"
		     "  - {at: sip_register, do: sign_out, phones: 0}\n"
		     "  - {at: user_enters, do: check_update}\n",
	    &s);
	assert_int_equal(s.n_events, 5);
	assert_int_equal(s.event[0].what, SCENARIO_SIGN_OUT);
	assert_int_equal(s.event[1].what, SCENARIO_SIGN_IN);
	assert_int_equal(s.event[1].at_us, 120000000);
	assert_int_equal(s.event[2].what, SCENARIO_CHECK_UPDATE);
	assert_string_equal(s.event[3].step, "sip_register");
	assert_int_equal(s.event[4].what, SCENARIO_CHECK_UPDATE);
	scenario_done(&s);
	assert_error("events: [{at: krb_login, do: sign_in}]\n",
	    "s.yaml:4:15: sign_in needs a time: a phone that is signed out does no step");
	assert_error("events: [{at: 5s, do: sign_out, off_for: 5s}]\n",
	    "s.yaml:4:42: `off_for' belongs to power_cycle: unplug waits for a plug");
	assert_error("events: [{at: 5s, do: signout}]\n",
	    "s.yaml:4:23: `do' must be one of power_cycle, unplug, plug, sign_out, sign_in, "
	    "check_update, not `signout'; did you mean `sign_out'?");
}

static void
the_power_is_gone_for_each_phones_own_time(void **state)
{
	struct scenario s;

	(void)state;
	assert_loads("events:\n  - {at: 1m, do: power_cycle, off_for: 20s±5s}\n"
		     "  - {at: 2m, do: power_cycle, off_for: {normal: 1m, sd: 9s}}\n"
		     "  - {at: 3m, do: power_cycle, off_for: {exp: 30s}}\n",
	    &s);
	assert_int_equal(s.event[0].off_for.kind, SPREAD_UNIFORM);
	assert_int_equal(s.event[0].off_for.b_us, 5000000);
	assert_int_equal(s.event[1].off_for.kind, SPREAD_NORMAL);
	assert_int_equal(s.event[1].off_for.b_us, 9000000);
	assert_int_equal(s.event[2].off_for.kind, SPREAD_EXP);
	scenario_done(&s);
	assert_error("events: [{at: 5s, do: power_cycle, off_for: 25h±1h}]\n",
	    "s.yaml:4:45: `off_for' is out of range: 25h±1h");
}

static void
there_is_an_end_to_events(void **state)
{
	char tail[66 * 30] = "events:\n";
	struct scenario s;

	(void)state;
	for (int i = 0; i < SCENARIO_EVENTS_MAX; i++)
		strcat(tail, "- {at: 5s, do: plug}\n");
	assert_loads(tail, &s);
	assert_int_equal(s.n_events, SCENARIO_EVENTS_MAX);
	scenario_done(&s);
	strcat(tail, "- {at: 5s, do: plug}\n");
	assert_error(tail, "s.yaml:69:3: more than 64 events");
}

static void
where_nothing_is_said_servers_are_as_ever_and_nothing_goes_wrong(void **state)
{
	struct scenario s;

	(void)state;
	assert_loads("", &s);
	assert_int_equal(s.n_events + s.faults.n + s.expect.n, 0);
	assert_int_equal(s.faults_at.line, 0);
	assert_int_equal(s.servers_at.line, 0);
	assert_int_equal(s.servers.cost[SERVERS_KDC].workers, 4);
	assert_string_equal(s.servers.update.version, "1.0.522.101");
	scenario_done(&s);
}

static void
faults_servers_and_expectations_are_read_with_their_places(void **state)
{
	struct scenario s;

	(void)state;
	assert_loads("faults: [{server: kdc, do: {drop: 20%}}]\nservers: {kdc: {workers: 2}}\n"
		     "expect:\n  - phones.finished == 100%\n  - wall < 5m\n",
	    &s);
	assert_int_equal(s.faults.n, 1);
	assert_int_equal(s.faults_at.line, 4);
	assert_int_equal(s.faults_at.col, 1);
	assert_int_equal(s.servers_at.line, 5);
	assert_int_equal(s.servers.cost[SERVERS_KDC].workers, 2);
	assert_int_equal(s.servers.cost[SERVERS_SIP].workers, 4);
	assert_int_equal(s.expect.n, 2);
	assert_int_equal(s.expect.item[1].at.line, 8);
	assert_int_equal(s.expect.item[1].at.col, 5);
	scenario_done(&s);
}

static void
their_mistakes_have_the_scenarios_lines(void **state)
{
	(void)state;
	assert_error("faults:\n  - {server: kdc, do: {dorp: 1%}}\n",
	    "s.yaml:5:24: unknown key `dorp'; did you mean `drop'?");
	assert_error("servers:\n  kdc: {wokrers: 2}\n",
	    "s.yaml:5:9: unknown key `wokrers'; did you mean `workers'?");
	assert_error("expect:\n  - phones.finishd == 100%\n",
	    "s.yaml:5:12: unknown `finishd'; did you mean `finished'?");
	assert_error("expects:\n  - phones.finished == 100%\n",
	    "s.yaml:4:1: unknown key `expects'; did you mean `expect'?");
}

static void
given_no_memory_at_the_nth_allocation_nothing_leaks(void **state)
{
	static const char tail[] =
	    "events: [{at: 5s, do: unplug, phones: [3, 7-8]}]\n"
	    "faults: [{server: kdc, do: {drop: 20%}}]\n"
	    "servers: {kdc: {workers: 2}, dns: {add: [a.b A 10.0.0.1]}}\n"
	    "expect: [wall < 5m]\n";
	struct config_error error;
	struct scenario s;
	int err = -1;

	(void)state;
	for (long n = 1; err != 0; n++) {
		assert_in_range(n, 1, 1000);
		mem_fail_at(n);
		err = load(tail, &s, &error);
		mem_fail_at(0);
		if (err != 0)
			assert_int_equal(mem_out(), 0);
	}
	scenario_done(&s);
	assert_int_equal(mem_out(), 0);
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
		cmocka_unit_test(an_event_at_a_time_is_read),
		cmocka_unit_test(an_event_at_a_step_keeps_its_name_for_others_to_check),
		cmocka_unit_test(
		    by_itself_an_event_meets_all_and_takes_the_power_for_ten_seconds),
		cmocka_unit_test(a_wrong_event_is_named_at_its_place),
		cmocka_unit_test(people_sign_out_and_in_and_ask_for_updates),
		cmocka_unit_test(the_power_is_gone_for_each_phones_own_time),
		cmocka_unit_test(there_is_an_end_to_events),
		cmocka_unit_test(
		    where_nothing_is_said_servers_are_as_ever_and_nothing_goes_wrong),
		cmocka_unit_test(faults_servers_and_expectations_are_read_with_their_places),
		cmocka_unit_test(their_mistakes_have_the_scenarios_lines),
		cmocka_unit_test(given_no_memory_at_the_nth_allocation_nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
