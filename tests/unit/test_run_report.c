/* test_run_report.c - how a run is judged and what its exit status says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bottleneck.h"
#include "run_report.h"

enum { PLANNED = 4 };

struct stage {
	struct run_options options;
	struct run_report report;
	struct metrics metrics;
	struct farm_end end;
	char dir[64], file[96], course[96], trace[96], part[96];
};

static int
setup(void **state)
{
	struct stage *s = calloc(1, sizeof *s);

	assert_non_null(s);
	strcpy(s->dir, "/tmp/cx700farm-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->file, sizeof s->file, "%s/summary.json", s->dir);
	s->options = (struct run_options){ .out_dir = s->dir, .quiet = true };
	s->report.options = &s->options;
	s->report.run = (struct report_run){
		.version = "0", .scenario = "a.yaml", .pool = "embedded", .planned = PLANNED
	};
	s->metrics.phones = (struct phone_counts){ .started = PLANNED, .finished = PLANNED };
	s->end.metrics = &s->metrics;
	snprintf(s->course, sizeof s->course, "%s/course.json", s->dir);
	snprintf(s->trace, sizeof s->trace, "%s/trace.jsonl", s->dir);
	snprintf(s->part, sizeof s->part, "%s/trace.jsonl.part", s->dir);
	assert_int_equal(course_new(&s->report.run, &s->report.course), 0);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct stage *s = *state;

	run_report_done(&s->report);
	unlink(s->file);
	unlink(s->course);
	unlink(s->trace);
	unlink(s->part);
	rmdir(s->dir);
	free(s);
	return 0;
}

/* As the farm leaves it: not yet the trace. */
static void
put_part(const struct stage *s)
{
	FILE *f = fopen(s->part, "w");

	assert_non_null(f);
	fputs("{\"phone\": 0}\n{\"phone\": 1}\n{\"phone\": 2}\n{\"phone\": 3}\n", f);
	fclose(f);
}

/* The run ends with this status, and its summary says this verdict; why is part of it, or NULL:
 * there is none. */
static void
assert_ends(struct stage *s, int signum, int status, const char *verdict, const char *why)
{
	json_t *tree;

	put_part(s);
	assert_int_equal(run_report_end(&s->report, &s->end, signum), status);
	tree = json_load_file(s->file, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	assert_string_equal(json_string_value(json_object_get(tree, "verdict")), verdict);
	if (why == NULL)
		assert_true(json_is_null(json_object_get(tree, "why")));
	else
		assert_non_null(strstr(json_string_value(json_object_get(tree, "why")), why));
	json_decref(tree);
}

static void
all_finished_is_a_pass(void **state)
{
	assert_ends(*state, 0, 0, "pass", NULL);
}

static void
the_run_over_time_is_left_beside_the_summary(void **state)
{
	struct stage *s = *state;
	json_t *tree;

	s->metrics.phones.arrived = PLANNED;
	run_report_second(&s->report, &s->metrics, 1000000);
	assert_ends(s, 0, 0, "pass", NULL);
	tree = json_load_file(s->course, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	assert_string_equal(
	    json_string_value(json_object_get(tree, "format")), "cx700farm-course/1");
	assert_int_equal(json_integer_value(json_object_get(tree, "spans")), 1);
	json_decref(tree);
}

static void
a_run_that_passed_but_left_no_course_has_not(void **state)
{
	struct stage *s = *state;

	run_report_done(&s->report);
	assert_false(run_report_due(&s->report, 5000000));
	assert_ends(s, 0, 4, "pass", NULL);
	assert_int_not_equal(access(s->course, F_OK), 0);
}

static void
one_that_failed_or_did_not_finish_or_did_not_start_is_a_fail(void **state)
{
	struct stage *s = *state;

	s->metrics.phones.finished = PLANNED - 1;
	assert_ends(s, 0, 1, "fail", "0 of 4 phones failed, 1 did not finish");
	s->metrics.phones.failed = 1;
	assert_ends(s, 0, 1, "fail", "1 of 4 phones failed, 0 did not finish");
	s->metrics.phones = (struct phone_counts){ .started = 1, .failed = 1 };
	assert_ends(s, 0, 1, "fail", "1 of 4 phones failed, 3 did not finish");
}

static void
a_lost_pool_is_part_of_why(void **state)
{
	struct stage *s = *state;

	s->report.pool_lost = true;
	assert_ends(s, 0, 0, "pass", NULL);
	s->metrics.phones.finished = 0;
	assert_ends(s, 0, 1, "fail", "; the embedded pool had ended");
}

/* "wall < 1h": one expectation that holds or does not, by the wall. */
static void
expect_wall(struct expectation *e, double under_s)
{
	*e = (struct expectation){ .text = "wall < X",
		.subject = EXPECT_WALL,
		.op = EXPECT_LT,
		.unit = EXPECT_SECONDS,
		.value = under_s };
}

static void
what_is_expected_decides_and_not_whether_all_finished(void **state)
{
	struct expectations *expect = calloc(1, sizeof *expect);
	struct stage *s = *state;

	assert_non_null(expect);
	s->report.run.expect = expect;
	s->end.wall_s = 10;
	/* An empty list expects what no list does. */
	s->metrics.phones.finished = 0;
	assert_ends(s, 0, 1, "fail", "0 of 4 phones failed, 4 did not finish");
	expect_wall(&expect->item[0], 11);
	expect->n = 1;
	assert_ends(s, 0, 0, "pass", NULL);
	s->metrics.phones.finished = PLANNED;
	expect_wall(&expect->item[1], 10);
	expect->n = 2;
	assert_ends(s, 0, 1, "fail", "1 of 2 expectations is broken");
	expect_wall(&expect->item[0], 9);
	assert_ends(s, 0, 1, "fail", "2 of 2 expectations are broken");
	s->report.pool_lost = true;
	assert_ends(s, 0, 1, "fail", "are broken; the embedded pool had ended");
	free(expect);
}

static void
what_makes_a_run_worthless_comes_before_what_was_expected(void **state)
{
	struct expectations *expect = calloc(1, sizeof *expect);
	struct stage *s = *state;

	assert_non_null(expect);
	s->report.run.expect = expect;
	expect_wall(&expect->item[0], 1);
	expect->n = 1;
	s->end.guard_says = "too many wrong passwords";
	assert_ends(s, 0, 1, "fail", "too many wrong passwords");
	s->metrics.loop_lag_p99_ms = FARM_LOOP_LAG_MAX_MS + 1;
	assert_ends(s, 0, 5, "invalid", "fell behind");
	assert_ends(s, SIGINT, 130, "interrupted", NULL);
	s->metrics.loop_lag_p99_ms = 0;
	s->end.guard_says = NULL;
	/* It holds, but the trace is not whole. */
	s->end.trace_err = 28;
	assert_ends(s, 0, 4, "fail", "trace.jsonl is not whole");
	free(expect);
}

static void
a_guard_says_why(void **state)
{
	struct stage *s = *state;

	s->metrics.phones.finished = 0;
	s->end.guard_says = "too many wrong passwords";
	assert_ends(s, 0, 1, "fail", "too many wrong passwords");
}

static void
a_farm_that_fell_behind_makes_a_run_invalid_whatever_came_of_it(void **state)
{
	struct stage *s = *state;

	s->metrics.loop_lag_p99_ms = FARM_LOOP_LAG_MAX_MS + 1;
	s->metrics.loop_lag_shard = 1;
	assert_ends(s, 0, 5, "invalid",
	    "the farm fell behind: loop lag p99 101 ms > 100 ms on shard 1");
	s->metrics.phones.finished = 0;
	assert_ends(s, 0, 5, "invalid", "fell behind");
}

/* So that one sees whether more threads would help. */
static void
a_farm_that_fell_behind_says_how_much_of_the_processor_it_had(void **state)
{
	struct stage *s = *state;

	s->metrics.loop_lag_p99_ms = 500;
	assert_ends(s, 0, 5, "invalid", "500 ms > 100 ms on shard 0");
	/* As long a run that whatever the test has used so far is nothing. */
	s->end.wall_s = 1e9;
	s->report.run.threads = 1;
	assert_ends(s, 0, 5, "invalid", "; on 1 thread it used 0 % of a core");
	s->report.run.threads = 2;
	assert_ends(s, 0, 5, "invalid", "; on 2 threads it used 0 % of a core");
}

/* A run that was stopped for what it showed has shown it; but not if that was the farm. */
static void
a_run_that_was_stopped_has_failed_for_that_reason(void **state)
{
	struct stage *s = *state;

	strcpy(s->report.stopped, "stopped at 31.0 s: wall < 30s is broken: 31 s");
	s->end.drained = true;
	assert_ends(s, 0, 1, "fail", "stopped at 31.0 s: wall < 30s is broken");
	s->metrics.loop_lag_p99_ms = FARM_LOOP_LAG_MAX_MS + 1;
	assert_ends(s, 0, 5, "invalid", "fell behind");
	assert_ends(s, SIGINT, 130, "interrupted", NULL);
}

/* Looked at once a second; said once, in a sentence that stands by itself. */
static void
an_expectation_that_stops_a_run_is_remembered_and_said_once(void **state)
{
	struct expectations *expect = calloc(1, sizeof *expect);
	struct stage *s = *state;

	assert_non_null(expect);
	s->report.run.expect = expect;
	expect_wall(&expect->item[0], 30);
	expect->item[0].abort = true;
	expect->n = 1;
	assert_true(run_report_due(&s->report, 1000000));
	assert_false(run_report_stops(&s->report, &s->metrics, 29000000));
	assert_string_equal(s->report.stopped, "");
	assert_true(run_report_stops(&s->report, &s->metrics, 31000000));
	assert_string_equal(s->report.stopped, "stopped at 31.0 s: wall < X is broken: 31 s");
	assert_false(run_report_stops(&s->report, &s->metrics, 32000000));
	assert_ends(s, 0, 1, "fail", "stopped at 31.0 s: wall < X is broken: 31 s");
	free(expect);
}

static void
a_signal_comes_before_all_else(void **state)
{
	struct stage *s = *state;

	s->metrics.loop_lag_p99_ms = FARM_LOOP_LAG_MAX_MS + 1;
	assert_ends(s, SIGINT, 130, "interrupted", NULL);
	assert_ends(s, SIGTERM, 143, "interrupted", NULL);
}

/* One failed; the trace, of four lines of 13 bytes, is of it alone or of all. */
static void
assert_trace_of(struct stage *s, enum scenario_trace keep, int lines)
{
	static const struct farm_phone phone[PLANNED] = { [0].outcome = FARM_FINISHED,
		[1].outcome = FARM_FAILED,
		[2].outcome = FARM_FINISHED,
		[3].outcome = FARM_FINISHED };
	struct stat got;

	s->end.phone = phone;
	s->report.trace.phones = PLANNED;
	s->report.trace.keep = keep;
	assert_ends(s, 0, 0, "pass", NULL);
	assert_int_equal(stat(s->trace, &got), 0);
	assert_int_equal(got.st_size, lines * 13);
	assert_int_equal(access(s->part, F_OK), -1);
}

static void
the_trace_is_of_all_phones(void **state)
{
	assert_trace_of(*state, SCENARIO_TRACE_ALL, PLANNED);
}

static void
the_trace_is_of_those_that_failed_if_that_was_asked_for(void **state)
{
	assert_trace_of(*state, SCENARIO_TRACE_FAILURES, 1);
}

static void
a_run_that_passed_but_left_no_trace_has_not(void **state)
{
	struct stage *s = *state;

	assert_int_equal(run_report_end(&s->report, &s->end, 0), 4);
	s->options.out_dir = NULL;
	assert_int_equal(run_report_end(&s->report, &s->end, 0), 0);
}

static void
what_could_not_be_left_is_no_pass_but_the_machines(void **state)
{
	struct stage *s = *state;

	s->end.trace_err = 28;
	assert_ends(s, 0, 4, "fail", "trace.jsonl is not whole");
	s->end.trace_err = 0;
	s->options.out_dir = "/nowhere/at/all";
	assert_int_equal(run_report_end(&s->report, &s->end, 0), 4);
}

static void
a_summary_that_cannot_be_printed_is_the_machines(void **state)
{
	struct stage *s = *state;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), kept, status;

	s->options.json = true;
	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	assert_true(full >= 0 && kept >= 0);
	assert_true(dup2(full, STDOUT_FILENO) >= 0);
	status = run_report_end(&s->report, &s->end, 0);
	assert_true(dup2(kept, STDOUT_FILENO) >= 0);
	clearerr(stdout);
	close(full);
	close(kept);
	assert_int_equal(status, 4);
}

int
main(void)
{
#define REPORT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		REPORT_TEST(all_finished_is_a_pass),
		REPORT_TEST(the_run_over_time_is_left_beside_the_summary),
		REPORT_TEST(a_run_that_passed_but_left_no_course_has_not),
		REPORT_TEST(one_that_failed_or_did_not_finish_or_did_not_start_is_a_fail),
		REPORT_TEST(a_lost_pool_is_part_of_why),
		REPORT_TEST(what_is_expected_decides_and_not_whether_all_finished),
		REPORT_TEST(what_makes_a_run_worthless_comes_before_what_was_expected),
		REPORT_TEST(a_guard_says_why),
		REPORT_TEST(a_farm_that_fell_behind_makes_a_run_invalid_whatever_came_of_it),
		REPORT_TEST(a_farm_that_fell_behind_says_how_much_of_the_processor_it_had),
		REPORT_TEST(a_run_that_was_stopped_has_failed_for_that_reason),
		REPORT_TEST(an_expectation_that_stops_a_run_is_remembered_and_said_once),
		REPORT_TEST(a_signal_comes_before_all_else),
		REPORT_TEST(the_trace_is_of_all_phones),
		REPORT_TEST(the_trace_is_of_those_that_failed_if_that_was_asked_for),
		REPORT_TEST(a_run_that_passed_but_left_no_trace_has_not),
		REPORT_TEST(what_could_not_be_left_is_no_pass_but_the_machines),
		REPORT_TEST(a_summary_that_cannot_be_printed_is_the_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
