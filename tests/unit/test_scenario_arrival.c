/* test_scenario_arrival.c - who starts when: the items of `arrival:`, its presets, and the
 * events that a blackout is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

static int
load(const char *arrival, const char *tail, struct scenario *s, struct config_error *error)
{
	char text[3000];

	snprintf(text, sizeof text, "title: x\nphones: 100\narrival: %s\n%s", arrival, tail);
	*error = (struct config_error){ "" };
	return scenario_load(temp_file("s.yaml", text, strlen(text)), s, error);
}

static struct scenario *
loaded(const char *arrival, const char *tail)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	assert_non_null(s);
	if (load(arrival, tail, s, &error) != 0)
		fail_msg("%s", error.text);
	return s;
}

static void
done(struct scenario *s)
{
	scenario_done(s);
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

/* What is wrong with the list; the error's place is its line. */
static void
assert_error(const char *arrival, const char *wanted)
{
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	assert_non_null(s);
	if (load(arrival, "", s, &error) == 0)
		fail_msg("this is sound: %s", arrival);
	mem_free(s);
	assert_non_null(strstr(error.text, "s.yaml:3:"));
	assert_string_equal(strstr(error.text, "s.yaml:3:") + strlen("s.yaml:3:"), wanted);
	assert_int_equal(mem_out(), 0);
}

/* ---- items --------------------------------------------------------------------- */

static void
every_kind_of_item_is_read(void **state)
{
	struct scenario *s = loaded("[{at_once: 5}, {ramp: {from: 1/s, to: 120/m, over: 4s}}, "
				    "{steady: {rate: 10/s, for: 5s}}, {poisson: {rate: 3600/h, "
				    "for: 2s}}, {storm: {over: 60s}}]",
	    "");
	const struct arrival *a = s->group[0].arrival;

	(void)state;
	assert_int_equal(s->group[0].n_arrivals, 5);
	assert_int_equal(a[0].kind, ARRIVAL_AT_ONCE);
	assert_int_equal(a[0].count, 5);
	assert_float_equal(arrival_starts(&a[0]), 5, 1e-9);
	assert_int_equal(a[1].kind, ARRIVAL_RAMP);
	assert_float_equal(a[1].from_per_s, 1, 1e-9);
	assert_float_equal(a[1].to_per_s, 2, 1e-9);
	assert_int_equal(a[1].for_us, 4000000);
	assert_float_equal(arrival_starts(&a[1]), 6, 1e-9);
	assert_int_equal(a[2].kind, ARRIVAL_STEADY);
	assert_float_equal(a[2].to_per_s, 10, 1e-9);
	assert_float_equal(arrival_starts(&a[2]), 50, 1e-9);
	assert_int_equal(a[3].kind, ARRIVAL_POISSON);
	assert_float_equal(a[3].from_per_s, 1, 1e-9);
	assert_int_equal(a[4].kind, ARRIVAL_STORM);
	assert_int_equal(a[4].for_us, 60000000);
	assert_true(isinf(arrival_starts(&a[4])));
	assert_int_equal(a[4].at.line, 3);
	done(s);
}

static void
waves_are_read(void **state)
{
	struct scenario *s = loaded("[{rolling: {waves: 10, every: 5m, over: 1m}}]", "");
	const struct arrival *a = s->group[0].arrival;

	(void)state;
	assert_int_equal(a->kind, ARRIVAL_ROLLING);
	assert_int_equal(a->count, 10);
	assert_int_equal(a->every_us, 300000000);
	assert_int_equal(a->for_us, 60000000);
	assert_int_equal(s->n_events, 0);
	done(s);
	/* Back to back, and a single one, which has no next. */
	done(loaded("[{rolling: {waves: 3, every: 1m, over: 1m}}]", ""));
	done(loaded("[{rolling: {waves: 1, every: 1s, over: 1m}}]", ""));
}

/* ---- a blackout ------------------------------------------------------------------ */

static void
a_blackout_is_an_arrival_and_an_event(void **state)
{
	struct scenario *s = loaded("[{blackout: {over: 30s, after: 2m, off_for: 20s±5s}}]",
	    "events: [{at: 5s, do: unplug, phones: 10%}]\n");
	const struct scenario_event *e = &s->event[1];

	(void)state;
	assert_int_equal(s->group[0].arrival[0].kind, ARRIVAL_BLACKOUT);
	assert_int_equal(s->group[0].arrival[0].count, 1);
	assert_int_equal(s->group[0].arrival[0].for_us, 30000000);
	/* Behind those of the file. */
	assert_int_equal(s->n_events, 2);
	assert_int_equal(e->what, SCENARIO_POWER_CYCLE);
	assert_int_equal(e->at_us, 120000000);
	assert_string_equal(e->step, "");
	assert_int_equal(e->off_for.a_us, 20000000);
	assert_int_equal(e->off_for.b_us, 5000000);
	assert_float_equal(e->phones.share, 1, 1e-12);
	assert_string_equal(e->phones.group, "");
	assert_int_equal(e->mark.line, 3);
	done(s);
	s = loaded("[{blackout: {over: 30s, after: 30s}}]", "");
	assert_int_equal(s->event[0].off_for.a_us, 10000000);
	done(s);
}

static void
a_blackout_meets_the_group_whose_arrival_it_is(void **state)
{
	struct scenario *s = loaded("[{at_once: 100}]",
	    "groups:\n- {name: a, phones: 60}\n"
	    "- {name: b, arrival: [{blackout: {over: 5s, after: 1m, off_for: {exp: 9s}}}]}\n");

	(void)state;
	assert_int_equal(s->n_events, 1);
	assert_string_equal(s->event[0].phones.group, "b");
	assert_float_equal(s->event[0].phones.share, 0, 1e-12);
	assert_int_equal(s->event[0].off_for.kind, SPREAD_EXP);
	done(s);
	/* That of the file's top meets each group that has no other. */
	s = loaded("[{blackout: {over: 5s, after: 1m}}]",
	    "groups: [{name: a, phones: 60}, {name: b, arrival: [{storm: {over: 5s}}], phones: "
	    "5}, "
	    "{name: c}]\n");
	assert_int_equal(s->n_events, 2);
	assert_string_equal(s->event[0].phones.group, "a");
	assert_string_equal(s->event[1].phones.group, "c");
	done(s);
}

static void
its_event_needs_room_among_the_events(void **state)
{
	char tail[64 * 24 + 20] = "events:\n";
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error;

	(void)state;
	for (int i = 0; i < SCENARIO_EVENTS_MAX; i++)
		strcat(tail, "- {at: 5s, do: plug}\n");
	assert_int_not_equal(load("[{blackout: {over: 5s, after: 1m}}]", tail, s, &error), 0);
	assert_non_null(
	    strstr(error.text, "s.yaml:3:11: more than 64 events, with that of a blackout"));
	mem_free(s);
	assert_int_equal(mem_out(), 0);
}

/* ---- mistakes --------------------------------------------------------------------- */

static void
an_item_is_a_map_with_one_kind(void **state)
{
	static const char one_of[] =
	    "an arrival is one of {at_once: ...}, {ramp: ...}, {steady: ...}, "
	    "{poisson: ...}, {storm: ...}, {rolling: ...}, {blackout: ...}";
	static const char *const bad[] = { "[{}]", "[storm]", "[[]]",
		"[{at_once: 5, storm: {over: 5s}}]" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char wanted[200];

		snprintf(wanted, sizeof wanted, "11: %s", one_of);
		assert_error(bad[i], wanted);
	}
	assert_error("[{strom: {over: 5s}}]", "12: unknown key `strom'; did you mean `storm'?");
	assert_error(
	    "[{all_at_once: 5}]", "12: unknown key `all_at_once'; did you mean `at_once'?");
	assert_error("[]", "10: `arrival' must be a list, as in `- at_once: 100'");
	assert_error(
	    "{storm: {over: 5s}}", "10: `arrival' must be a list, as in `- at_once: 100'");
}

static void
what_is_missing_or_too_much_in_an_item_is_named(void **state)
{
	(void)state;
	assert_error("[{storm: {}}]", "19: `over' is missing: until the last one is on: 60s");
	assert_error("[{storm: 60s}]", "19: `storm' must be a map of keys and values");
	assert_error("[{storm: {over: 60}}]",
	    "26: `over' must be a duration such as 250ms, 20s, 5m, 24h, not `60'");
	assert_error("[{storm: {over: 0s}}]", "26: `over' is out of range: 0s");
	assert_error("[{storm: {over: 60s, from: 5/s}}]", "31: unknown key `from'");
	assert_error("[{rolling: {every: 5m, over: 1m}}]",
	    "21: `waves' is missing: how many, of equal size");
	assert_error("[{rolling: {waves: 0, every: 5m, over: 1m}}]",
	    "29: `waves' must be from 1 to 10000, not 0");
	assert_error("[{rolling: {waves: 2, every: 5m}}]",
	    "21: `over' is missing: each wave evenly: 1m");
	assert_error("[{blackout: {over: 5s}}]",
	    "22: `after' is missing: when the power goes, since the run's beginning: 2m");
	assert_error("[{blackout: {over: 5s, after: 9s, off_for: soon}}]",
	    "53: `off_for' must be a duration such as 20s or 20s±8s, not `soon'");
	assert_error("[{poisson: {rate: 0/s, for: 5s}}]",
	    "11: this arrival starts no phone: its rate is 0");
}

static void
presets_must_make_sense(void **state)
{
	(void)state;
	assert_error("[{rolling: {waves: 2, every: 30s, over: 1m}}]",
	    "50: `over' is longer than `every': a wave would begin before the last one ends");
	assert_error("[{blackout: {over: 30s, after: 20s}}]",
	    "41: `after' is before `over': the power goes when all are on");
	assert_error("[{storm: {over: 5s}}, {at_once: 5}]",
	    "32: no phone is left for this: a storm takes all, so it is the last");
	assert_error(
	    "[{blackout: {over: 5s, after: 9s}}, {rolling: {waves: 2, every: 9s, over: 1s}}]",
	    "46: no phone is left for this: a blackout takes all, so it is the last");
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
		cmocka_unit_test(every_kind_of_item_is_read),
		cmocka_unit_test(waves_are_read),
		cmocka_unit_test(a_blackout_is_an_arrival_and_an_event),
		cmocka_unit_test(a_blackout_meets_the_group_whose_arrival_it_is),
		cmocka_unit_test(its_event_needs_room_among_the_events),
		cmocka_unit_test(an_item_is_a_map_with_one_kind),
		cmocka_unit_test(what_is_missing_or_too_much_in_an_item_is_named),
		cmocka_unit_test(presets_must_make_sense),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
