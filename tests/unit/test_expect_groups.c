/* test_expect_groups.c - expectations of groups and of the farm itself; and those that stop a
 * run while it goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "mem.h"

static const struct farm_row rows[] = { { "krb_login", "identity", 11, 12, false } };
static const struct farm_group groups[] = { { "branch", 0 }, { "campus", 200 } };

/* A run of 1,000 phones, of which 200 are the branch, 40 s after its beginning. */
struct stage {
	struct expectations expect;
	struct metrics metrics;
	struct report_run run;
	struct report_end end;
	struct report_expect out[EXPECTATIONS_MAX];
};

static int
setup(void **state)
{
	struct stage *s = calloc(1, sizeof *s);
	struct metrics *m = &s->metrics;

	assert_non_null(s);
	m->n_rows = 1;
	m->phones = (struct phone_counts){ .started = 990, .finished = 950, .failed = 25 };
	m->group[0] = (struct group_metrics){ .started = 190, .finished = 150, .failed = 25 };
	m->group[1] = (struct group_metrics){ .started = 800, .finished = 800 };
	for (unsigned i = 0; i < 10; i++)
		hist_add(&m->group[0].boot, 9000000);
	m->loop_lag_p99_ms = 12.5;
	hist_add(&m->start_lag, 1000);
	s->run = (struct report_run){ .planned = 1000,
		.groups = groups,
		.n_groups = 2,
		.rows = rows,
		.n_rows = 1,
		.expect = &s->expect };
	s->end = (struct report_end){
		.metrics = m, .wall_s = 40, .max_rss_bytes = 123000000, .cpu_user_s = 2
	};
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

/* Read these expectations. */
static void
expect(struct stage *s, const char *yaml)
{
	struct config_error error = { "" };
	struct field_place at = { .file = "e.yaml", .error = &error };
	struct tree t;

	memset(&s->expect, 0, sizeof s->expect);
	assert_int_equal(tree_parse(span_of(yaml), "e.yaml", &t, &error), 0);
	if (expectations_read(&at, t.root, &s->expect) != 0)
		fail_msg("%s", error.text);
	tree_free(&t);
}

/* One expectation: it holds or not, and this is measured. */
static void
assert_judged(struct stage *s, const char *yaml, bool pass, const char *value)
{
	expect(s, yaml);
	assert_int_equal(expect_judge(&s->run, &s->end, s->out), 1);
	assert_string_equal(s->out[0].value, value);
	assert_int_equal(s->out[0].pass, pass);
}

/* ---- groups ---- */

static void
a_share_of_a_group_is_of_its_own_phones(void **state)
{
	struct stage *s = *state;

	assert_judged(s, "- group.branch.finished == 75%", true, "75% (150 of 200)");
	assert_judged(s, "- group.campus.finished == 100%", true, "100% (800 of 800)");
	assert_judged(s, "- group.branch.failed < 10%", false, "12.5% (25 of 200)");
}

static void
a_groups_counts_are_its_own(void **state)
{
	struct stage *s = *state;

	assert_judged(s, "- group.branch.started == 190", true, "190");
	assert_judged(s, "- group.branch.unfinished <= 15", true, "15");
	assert_judged(s, "- group.campus.unfinished == 0", true, "0");
}

static void
a_groups_boot_is_measured_and_without_a_sample_it_does_not_hold(void **state)
{
	struct stage *s = *state;

	assert_judged(s, "- group.branch.max < 10s", true, "9 s");
	assert_judged(s, "- group.branch.p99 < 8s", false, "9 s");
	assert_judged(s, "- group.campus.p50 < 10s", false, "no sample");
}

static void
a_group_that_is_none_does_not_hold(void **state)
{
	struct stage *s = *state;

	assert_judged(s, "- group.nowhere.finished == 0", false, "no such group");
	assert_judged(s, "- group.nowhere.p99 < 1h", false, "no such group");
}

/* ---- the farm itself ---- */

static void
what_the_farm_costs_and_how_late_it_is_can_be_expected(void **state)
{
	struct stage *s = *state;

	assert_judged(s, "- farm.rss < 1GB", true, "123 MB");
	assert_judged(s, "- farm.rss < 100MB", false, "123 MB");
	assert_judged(s, "- farm.loop_lag.p99 < 20ms", true, "12.5 ms");
	assert_judged(s, "- farm.start_lag.max <= 1ms", true, "1 ms");
	assert_judged(s, "- farm.cpu < 1s", false, "2 s");
}

/* ---- what stops a run ---- */

static void
assert_stops(struct stage *s, const char *yaml, const char *by)
{
	struct report_expect out = { .text = "untouched" };
	bool stops;

	expect(s, yaml);
	stops = expect_broken_now(&s->run, &s->end, &out);
	assert_string_equal(out.text, by != NULL ? by : "untouched");
	assert_int_equal(stops, by != NULL);
}

static void
one_that_is_broken_stops_the_run_if_it_says_so(void **state)
{
	struct stage *s = *state;

	assert_stops(s, "- phones.failed < 10", NULL);
	assert_stops(s, "- {that: phones.failed < 10, abort: true}", "phones.failed < 10");
	assert_stops(s, "- {that: phones.failed < 10, abort: false}", NULL);
	assert_stops(s, "- {that: phones.failed < 30, abort: true}", NULL);
}

static void
the_first_that_is_broken_is_named(void **state)
{
	struct stage *s = *state;

	assert_stops(s,
	    "- phones.failed < 1\n"
	    "- {that: phones.failed < 30, abort: true}\n"
	    "- {that: group.branch.failed < 10%, abort: true}\n"
	    "- {that: phones.failed < 2, abort: true}",
	    "group.branch.failed < 10%");
}

static void
within_its_grace_nothing_stops_the_run(void **state)
{
	struct stage *s = *state;

	assert_stops(s, "- {that: phones.failed < 10, abort: true, after: 41s}", NULL);
	assert_stops(
	    s, "- {that: phones.failed < 10, abort: true, after: 40s}", "phones.failed < 10");
	s->end.wall_s = 39.9;
	assert_stops(s, "- {that: phones.failed < 10, abort: true, after: 40s}", NULL);
}

/* Nobody has logged in yet: that is no login that took too long. */
static void
what_there_is_no_sample_of_stops_nothing(void **state)
{
	struct stage *s = *state;

	assert_stops(s, "- {that: step.krb_login.p99 < 800ms, abort: true}", NULL);
	hist_add(&s->metrics.row[0].latency, 1200000);
	assert_stops(s, "- {that: step.krb_login.p99 < 800ms, abort: true}",
	    "step.krb_login.p99 < 800ms");
}

static void
it_is_known_whether_any_may_stop_the_run(void **state)
{
	struct stage *s = *state;

	s->run.expect = NULL;
	assert_false(expect_may_stop(&s->run));
	assert_false(expect_broken_now(&s->run, &s->end, s->out));
	s->run.expect = &s->expect;
	assert_false(expect_may_stop(&s->run));
	expect(s, "- phones.failed == 0");
	assert_false(expect_may_stop(&s->run));
	expect(s, "- phones.failed == 0\n- {that: wall < 1m, abort: true}");
	assert_true(expect_may_stop(&s->run));
}

#define EXPECT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EXPECT_TEST(a_share_of_a_group_is_of_its_own_phones),
		EXPECT_TEST(a_groups_counts_are_its_own),
		EXPECT_TEST(a_groups_boot_is_measured_and_without_a_sample_it_does_not_hold),
		EXPECT_TEST(a_group_that_is_none_does_not_hold),
		EXPECT_TEST(what_the_farm_costs_and_how_late_it_is_can_be_expected),
		EXPECT_TEST(one_that_is_broken_stops_the_run_if_it_says_so),
		EXPECT_TEST(the_first_that_is_broken_is_named),
		EXPECT_TEST(within_its_grace_nothing_stops_the_run),
		EXPECT_TEST(what_there_is_no_sample_of_stops_nothing),
		EXPECT_TEST(it_is_known_whether_any_may_stop_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
