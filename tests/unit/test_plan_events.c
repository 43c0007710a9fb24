/* test_plan_events.c - what a scenario says of power, as the farm is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "plan_events.h"
#include "temp_file.h"

#define S UINT64_C(1000000)

/* 1,000 phones, 10 a second. */
static struct run_plan *
plan_with(const char *events)
{
	struct run_plan *plan = mem_new(sizeof *plan);
	struct config_error error = { "" };
	struct run_options o = { 0 };
	char text[1000];

	assert_non_null(plan);
	snprintf(text, sizeof text,
	    "title: x\nphones: 1000\narrival: [{steady: {rate: 10/s, for: 100s}}]\n%s", events);
	o.scenario = temp_file("s.yaml", text, strlen(text));
	if (run_plan_make(plan, &o, &error) != 0)
		fail_msg("%s", error.text);
	return plan;
}

static void
plan_free(struct run_plan *plan)
{
	run_plan_done(plan);
	mem_free(plan);
	assert_int_equal(mem_out(), 0);
}

static void
without_events_there_are_none(void **state)
{
	struct run_plan *plan = plan_with("");

	(void)state;
	assert_int_equal(plan->n_events, 0);
	plan_free(plan);
}

static void
a_time_a_deed_and_a_share_are_handed_on(void **state)
{
	struct run_plan *plan =
	    plan_with("events:\n  - {at: 90s, do: power_cycle, phones: 10%, off_for: 20s}\n");
	const struct farm_event *e = &plan->events[0];

	(void)state;
	assert_int_equal(plan->n_events, 1);
	assert_int_equal(e->what, SCENARIO_POWER_CYCLE);
	assert_false(e->by_row);
	assert_int_equal(e->at_us, 90 * S);
	assert_int_equal(e->off_for.a_us, 20 * S);
	assert_true(e->phones.share == 0.1);
	plan_free(plan);
}

static void
a_step_is_the_row_that_has_its_name_on_the_road_or_among_the_chores(void **state)
{
	struct run_plan *plan = plan_with("events:\n"
					  "  - {at: krb_login, do: unplug, phones: '3,7-9'}\n"
					  "  - {at: dhcp_renew, do: power_cycle}\n"
					  "  - {at: 1h, do: plug}\n");
	const struct farm_event *e = plan->events;

	(void)state;
	assert_int_equal(plan->n_events, 3);
	assert_true(e[0].by_row);
	assert_string_equal(plan->rows[e[0].row].name, "krb_login");
	assert_int_equal(e[0].what, SCENARIO_UNPLUG);
	assert_int_equal(e[0].phones.n_ranges, 2);
	assert_int_equal(e[0].phones.range[1].first, 7);
	assert_int_equal(e[0].phones.range[1].last, 9);
	assert_true(e[1].by_row);
	assert_string_equal(plan->rows[e[1].row].name, "dhcp_renew");
	assert_false(e[2].by_row);
	assert_int_equal(e[2].what, SCENARIO_PLUG);
	assert_int_equal(e[2].at_us, 3600 * S);
	plan_free(plan);
}

static void
the_length_of_an_outage_is_handed_on_as_it_is_drawn(void **state)
{
	struct run_plan *plan = plan_with("events:\n"
					  "  - {at: 90s, do: power_cycle, off_for: 20s±5s}\n"
					  "  - {at: 99s, do: power_cycle, off_for: {exp: 7s}}\n"
					  "  - {at: 99s, do: power_cycle}\n");

	(void)state;
	assert_int_equal(plan->events[0].off_for.kind, SPREAD_UNIFORM);
	assert_int_equal(plan->events[0].off_for.a_us, 20 * S);
	assert_int_equal(plan->events[0].off_for.b_us, 5 * S);
	assert_int_equal(plan->events[1].off_for.kind, SPREAD_EXP);
	assert_int_equal(plan->events[1].off_for.a_us, 7 * S);
	assert_int_equal(plan->events[2].off_for.a_us, 10 * S);
	assert_int_equal(plan->events[2].off_for.b_us, 0);
	plan_free(plan);
}

static void
what_people_do_is_handed_on(void **state)
{
	struct run_plan *plan = plan_with("events:\n"
					  "  - {at: 1h, do: sign_out, phones: 40%}\n"
					  "  - {at: 2h, do: sign_in, phones: 40%}\n"
					  "  - {at: sip_register, do: check_update}\n");
	const struct farm_event *e = plan->events;

	(void)state;
	assert_int_equal(plan->n_events, 3);
	assert_int_equal(e[0].what, SCENARIO_SIGN_OUT);
	assert_int_equal(e[1].what, SCENARIO_SIGN_IN);
	assert_true(e[1].phones.share == 0.4);
	assert_int_equal(e[2].what, SCENARIO_CHECK_UPDATE);
	assert_true(e[2].by_row);
	plan_free(plan);
}

/* Numbered one group after the other. */
static void
a_group_is_its_phones(void **state)
{
	struct run_plan *plan =
	    plan_with("groups: [{name: a, phones: 30%}, {name: b, phones: 100},"
		      " {name: c, phones: rest}]\n"
		      "events:\n"
		      "  - {at: 90s, do: sign_out, phones: b}\n"
		      "  - {at: 99s, do: unplug, phones: c}\n");
	const struct farm_event *e = plan->events;

	(void)state;
	assert_int_equal(e[0].phones.n_ranges, 1);
	assert_int_equal(e[0].phones.range[0].first, 300);
	assert_int_equal(e[0].phones.range[0].last, 399);
	assert_int_equal(e[1].phones.range[0].first, 400);
	assert_int_equal(e[1].phones.range[0].last, 999);
	plan_free(plan);
}

static uint32_t
transit_with(const char *events)
{
	struct run_plan *plan = plan_with(events);
	uint32_t n = plan_transit(plan);

	plan_free(plan);
	return n;
}

/* Of those that arrive, what comes within ten seconds. */
static void
as_many_are_under_way_as_arrive_together_or_get_power_together(void **state)
{
	uint32_t arrive = transit_with("");

	(void)state;
	assert_in_range(arrive, 100, 102);
	assert_int_equal(transit_with("events: [{at: 90s, do: power_cycle}]\n"), 1000);
	assert_int_equal(
	    transit_with("events: [{at: 90s, do: power_cycle, phones: 30%}]\n"), 300);
	assert_int_equal(
	    transit_with("events: [{at: 90s, do: power_cycle, phones: 3%}]\n"), arrive);
	assert_int_equal(
	    transit_with("events: [{at: 90s, do: plug, phones: [0-399, 500]}]\n"), 401);
	assert_int_equal(
	    transit_with("events: [{at: 90s, do: plug, phones: [0-999, 0-999]}]\n"), 1000);
	assert_int_equal(transit_with("events: [{at: 90s, do: sign_in, phones: 60%}]\n"), 600);
	assert_int_equal(transit_with("events: [{at: 90s, do: check_update}]\n"), 1000);
}

/* Nobody needs a socket for being off; and who is met at a step comes there as it arrived. */
static void
unplugging_and_steps_bring_nobody_together(void **state)
{
	(void)state;
	assert_int_equal(transit_with("events: [{at: 90s, do: unplug}]\n"), transit_with(""));
	assert_int_equal(transit_with("events: [{at: 90s, do: sign_out}]\n"), transit_with(""));
	assert_int_equal(
	    transit_with("events: [{at: pool_tls, do: power_cycle}]\n"), transit_with(""));
}

static void
over_a_line_of_their_own_all_may_be_under_way_together(void **state)
{
	uint32_t arrive = transit_with("groups: [{name: a, phones: 30%}, {name: b}]\n");

	(void)state;
	assert_int_equal(
	    transit_with("groups: [{name: a, phones: 30%, link: {delay: 40ms}}, {name: b}]\n"),
	    arrive + 300);
	assert_int_equal(transit_with("link: {down: 1Mbit/s}\n"), 1000);
	assert_int_equal(transit_with("link: {delay: 0ms}\n"), transit_with(""));
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
		cmocka_unit_test(without_events_there_are_none),
		cmocka_unit_test(a_time_a_deed_and_a_share_are_handed_on),
		cmocka_unit_test(
		    a_step_is_the_row_that_has_its_name_on_the_road_or_among_the_chores),
		cmocka_unit_test(the_length_of_an_outage_is_handed_on_as_it_is_drawn),
		cmocka_unit_test(what_people_do_is_handed_on),
		cmocka_unit_test(a_group_is_its_phones),
		cmocka_unit_test(over_a_line_of_their_own_all_may_be_under_way_together),
		cmocka_unit_test(
		    as_many_are_under_way_as_arrive_together_or_get_power_together),
		cmocka_unit_test(unplugging_and_steps_bring_nobody_together),
	};

	return cmocka_run_group_tests_name("plan_events", tests, NULL, clean);
}
