/* test_summary.c - summary.json, parsed back by jansson, field by field as its format
 * says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "summary.h"

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "sip_register", "sign-in", 0, 0, false },
};
static const char *const reasons[] = { "none", "timeout", "refused" };
static char *argv[] = { "cx700farm", "run", "a.yaml", "\xff" };

static const struct report_run run = {
	.version = "0.1.0",
	.scenario = "a.yaml",
	.title = "Power restored",
	.pool = "embedded",
	.seed = 7,
	.threads = 2,
	.argc = 4,
	.argv = argv,
	.planned = 5,
	.rows = rows,
	.n_rows = 2,
	.reasons = reasons,
	.n_reasons = 3,
};

static struct metrics *
some_metrics(void)
{
	struct metrics *m = calloc(1, sizeof *m);

	assert_non_null(m);
	m->n_rows = 2;
	m->row[0].attempts = 6;
	m->row[0].done = 4;
	m->row[0].failed = 1;
	m->row[0].skipped = 2;
	m->row[0].reasons[1] = 2;
	hist_add(&m->row[0].latency, 1500);
	m->guide[1] = m->guide[2] = 4;
	m->firmware_bytes = UINT64_C(15000000000);
	hist_add(&m->start_lag, 4);
	hist_add(&m->from_intended, 9000000);
	hist_add(&m->from_actual, 8000000);
	m->phones =
	    (struct phone_counts){ .started = 4, .arrived = 2, .finished = 2, .failed = 1 };
	m->service[3] = (struct service_metrics){ 1, 2, 3, 4 };
	m->loop_lag_p99_ms = 1.25;
	return m;
}

static json_t *
summary_of(const struct metrics *m)
{
	const struct report_end end = { .verdict = REPORT_FAIL,
		.metrics = m,
		.why = "a phone failed",
		.wall_s = 12.3456,
		.cpu_user_s = 1.5,
		.cpu_sys_s = 0.5,
		.max_rss_bytes = 4096 };
	struct buf out = { 0 };
	json_t *tree;

	assert_int_equal(summary_json(&run, &end, &out), 0);
	assert_int_equal(out.p[out.n - 1], '\n');
	tree = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	buf_done(&out);
	return tree;
}

static json_int_t
number_at(json_t *tree, const char *map, const char *key)
{
	json_t *n = json_object_get(json_object_get(tree, map), key);

	assert_true(json_is_integer(n));
	return json_integer_value(n);
}

static double
real_at(json_t *map, const char *key)
{
	assert_true(json_is_number(json_object_get(map, key)));
	return json_number_value(json_object_get(map, key));
}

static void
assert_text(json_t *map, const char *key, const char *expected)
{
	assert_string_equal(json_string_value(json_object_get(map, key)), expected);
}

static void
the_head_says_what_was_run(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m);

	(void)state;
	assert_text(t, "format", "cx700farm-summary/1");
	assert_text(t, "version", "0.1.0");
	assert_text(t, "scenario", "a.yaml");
	assert_text(t, "pool", "embedded");
	assert_int_equal(json_integer_value(json_object_get(t, "seed")), 7);
	assert_int_equal(json_integer_value(json_object_get(t, "threads")), 2);
	assert_int_equal(json_array_size(json_object_get(t, "argv")), 4);
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(t, "argv"), 1)), "run");
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(t, "argv"), 3)), "?");
	assert_text(t, "verdict", "fail");
	json_decref(t);
	free(m);
}

static void
finished_failed_and_unfinished_add_up_to_started(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m);

	(void)state;
	assert_int_equal(number_at(t, "phones", "planned"), 5);
	assert_int_equal(number_at(t, "phones", "started"), 4);
	assert_int_equal(number_at(t, "phones", "finished"), 2);
	assert_int_equal(number_at(t, "phones", "failed"), 1);
	assert_int_equal(number_at(t, "phones", "unfinished"), 1);
	json_decref(t);
	free(m);
}

static void
the_farm_says_what_it_cost(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m), *farm = json_object_get(t, "farm");

	(void)state;
	assert_float_equal(real_at(t, "wall_s"), 12.346, 1e-9);
	assert_float_equal(real_at(farm, "cpu_user_s"), 1.5, 1e-9);
	assert_float_equal(real_at(farm, "cpu_sys_s"), 0.5, 1e-9);
	assert_float_equal(real_at(farm, "loop_lag_p99_ms"), 1.25, 1e-9);
	assert_float_equal(real_at(farm, "start_lag_p99_ms"), 0.004, 1e-9);
	assert_int_equal(number_at(t, "farm", "max_rss_bytes"), 4096);
	assert_int_equal(number_at(t, "bytes", "firmware"), UINT64_C(15000000000));
	json_decref(t);
	free(m);
}

static void
every_number_of_the_guide_is_there(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m);
	char key[16];

	(void)state;
	assert_int_equal(json_object_size(json_object_get(t, "guide")), 28);
	for (int n = 1; n <= 28; n++) {
		snprintf(key, sizeof key, "%d", n);
		assert_int_equal(number_at(t, "guide", key), n <= 2 ? 4 : 0);
	}
	json_decref(t);
	free(m);
}

static void
a_step_has_its_counts_latency_and_reasons(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m), *step = json_array_get(json_object_get(t, "steps"), 0);
	json_t *ms = json_object_get(step, "latency_ms");

	(void)state;
	assert_int_equal(json_array_size(json_object_get(t, "steps")), 2);
	assert_text(step, "name", "dhcp_lease");
	assert_text(step, "stage", "address");
	assert_int_equal(
	    json_integer_value(json_array_get(json_object_get(step, "guide"), 1)), 2);
	assert_int_equal(json_integer_value(json_object_get(step, "attempts")), 6);
	assert_int_equal(json_integer_value(json_object_get(step, "done")), 4);
	assert_int_equal(json_integer_value(json_object_get(step, "failed")), 1);
	assert_int_equal(json_integer_value(json_object_get(step, "skipped")), 2);
	assert_int_equal(json_integer_value(json_object_get(step, "retries")), 1);
	assert_int_equal(number_at(step, "reasons", "timeout"), 2);
	assert_int_equal(json_object_size(json_object_get(step, "reasons")), 1);
	assert_int_equal(json_object_size(ms), 6);
	for (int i = 0; i < 6; i++)
		assert_float_equal(
		    real_at(
			ms, (const char *[]){ "p50", "p90", "p95", "p99", "p99.9", "max" }[i]),
		    1.5, 1e-9);
	json_decref(t);
	free(m);
}

static void
a_row_outside_the_guide_and_without_samples_says_null(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m), *step = json_array_get(json_object_get(t, "steps"), 1);

	(void)state;
	assert_true(json_is_null(json_object_get(step, "guide")));
	assert_true(json_is_null(json_object_get(json_object_get(step, "latency_ms"), "p99")));
	json_decref(t);
	free(m);
}

static void
boot_times_servers_and_expectations_are_there(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m), *boot = json_object_get(t, "boot_ms");
	json_t *servers = json_object_get(t, "servers");

	(void)state;
	assert_float_equal(
	    real_at(json_object_get(boot, "from_intended_start"), "max"), 9000, 1e-9);
	assert_float_equal(
	    real_at(json_object_get(boot, "from_actual_start"), "max"), 8000, 1e-9);
	assert_int_equal(json_object_size(servers), 1);
	assert_int_equal(number_at(servers, "kdc", "requests"), 1);
	assert_int_equal(number_at(servers, "kdc", "replies"), 2);
	assert_int_equal(number_at(servers, "kdc", "bytes_out"), 3);
	assert_int_equal(number_at(servers, "kdc", "bytes_in"), 4);
	assert_int_equal(json_array_size(json_object_get(t, "expect")), 0);
	json_decref(t);
	free(m);
}

static void
each_expectation_is_there_with_what_was_measured(void **state)
{
	static const struct report_expect expect[] = {
		{ "phones.finished == 100%", "40% (2 of 5)", false },
		{ "detail.krb:24 == 0", "0", true },
	};
	struct metrics *m = some_metrics();
	const struct report_end end = { .metrics = m, .expect = expect, .n_expect = 2 };
	struct buf out = { 0 };
	json_t *tree, *list;

	(void)state;
	assert_int_equal(summary_json(&run, &end, &out), 0);
	tree = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	list = json_object_get(tree, "expect");
	assert_int_equal(json_array_size(list), 2);
	assert_text(json_array_get(list, 0), "text", "phones.finished == 100%");
	assert_text(json_array_get(list, 0), "value", "40% (2 of 5)");
	assert_true(json_is_false(json_object_get(json_array_get(list, 0), "pass")));
	assert_text(json_array_get(list, 1), "value", "0");
	assert_true(json_is_true(json_object_get(json_array_get(list, 1), "pass")));
	json_decref(tree);
	buf_done(&out);
	free(m);
}

static json_t *
summary_with(const struct report_run *of, const struct report_end *end)
{
	struct buf out = { 0 };
	json_t *tree;

	assert_int_equal(summary_json(of, end, &out), 0);
	tree = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	buf_done(&out);
	return tree;
}

static void
a_run_without_groups_that_was_not_stopped_says_nothing_of_both(void **state)
{
	struct metrics *m = some_metrics();
	json_t *t = summary_of(m);

	(void)state;
	assert_null(json_object_get(t, "groups"));
	assert_null(json_object_get(t, "stopped"));
	assert_true(json_is_null(json_object_get(json_object_get(t, "farm"), "limit")));
	json_decref(t);
	free(m);
}

/* The last group has the phones up to the end. */
static void
each_group_has_its_phones_and_boot_times(void **state)
{
	static const struct farm_group groups[] = { { "branch", 0 }, { "campus", 2 } };
	struct metrics *m = some_metrics();
	const struct report_end end = { .metrics = m };
	struct report_run of = run;
	json_t *t, *branch, *campus;

	(void)state;
	of.groups = groups;
	of.n_groups = 2;
	m->group[0] = (struct group_metrics){ .started = 2, .finished = 1 };
	m->group[1] = (struct group_metrics){ .started = 3, .finished = 1, .failed = 2 };
	hist_add(&m->group[1].boot, 2500);
	t = summary_with(&of, &end);
	assert_int_equal(json_object_size(json_object_get(t, "groups")), 2);
	branch = json_object_get(json_object_get(t, "groups"), "branch");
	campus = json_object_get(json_object_get(t, "groups"), "campus");
	assert_int_equal(json_integer_value(json_object_get(branch, "planned")), 2);
	assert_int_equal(json_integer_value(json_object_get(branch, "started")), 2);
	assert_int_equal(json_integer_value(json_object_get(branch, "finished")), 1);
	assert_int_equal(json_integer_value(json_object_get(branch, "unfinished")), 1);
	assert_true(json_is_null(json_object_get(json_object_get(branch, "boot_ms"), "p50")));
	assert_int_equal(json_integer_value(json_object_get(campus, "planned")), 3);
	assert_int_equal(json_integer_value(json_object_get(campus, "failed")), 2);
	assert_int_equal(json_integer_value(json_object_get(campus, "unfinished")), 0);
	assert_float_equal(real_at(json_object_get(campus, "boot_ms"), "max"), 2.5, 1e-9);
	json_decref(t);
	free(m);
}

static void
a_run_that_was_stopped_says_why_and_a_farm_its_limit(void **state)
{
	struct metrics *m = some_metrics();
	const struct report_end end = {
		.metrics = m, .limit = "loop lag p99 134 ms", .stopped = "stopped at 31.0 s"
	};
	json_t *t = summary_with(&run, &end);

	(void)state;
	assert_text(t, "stopped", "stopped at 31.0 s");
	assert_text(json_object_get(t, "farm"), "limit", "loop lag p99 134 ms");
	json_decref(t);
	free(m);
}

/* Five phones over two seconds; all at once is no rate. */
static void
what_was_offered_and_how_late_the_starts_were_is_there(void **state)
{
	struct metrics *m = some_metrics();
	const struct report_end end = { .metrics = m };
	struct report_run of = run;
	json_t *t, *farm;

	(void)state;
	of.last_start_us = 2000000;
	t = summary_with(&of, &end);
	farm = json_object_get(t, "farm");
	assert_float_equal(real_at(farm, "offered_per_s"), 2.5, 1e-9);
	assert_float_equal(real_at(json_object_get(farm, "start_lag_ms"), "max"), 0.004, 1e-9);
	assert_float_equal(real_at(json_object_get(farm, "start_lag_ms"), "p50"), 0.004, 1e-9);
	json_decref(t);
	of.last_start_us = 0;
	t = summary_with(&of, &end);
	assert_true(json_is_null(json_object_get(json_object_get(t, "farm"), "offered_per_s")));
	json_decref(t);
	free(m);
}

static void
a_file_is_written_whole_and_leaves_nothing_beside_it(void **state)
{
	char dir[] = "/tmp/cx700farm-test-XXXXXX", path[64], back[16] = "";
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(summary_write(dir, "summary.json", span_of("first, longer")), 0);
	assert_int_equal(summary_write(dir, "summary.json", span_of("second")), 0);
	snprintf(path, sizeof path, "%s/summary.json", dir);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, back, sizeof back), 6);
	assert_string_equal(back, "second");
	close(fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(summary_write(dir, "summary.json", span_of("x")), -ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_says_what_was_run),
		cmocka_unit_test(finished_failed_and_unfinished_add_up_to_started),
		cmocka_unit_test(the_farm_says_what_it_cost),
		cmocka_unit_test(every_number_of_the_guide_is_there),
		cmocka_unit_test(a_step_has_its_counts_latency_and_reasons),
		cmocka_unit_test(a_row_outside_the_guide_and_without_samples_says_null),
		cmocka_unit_test(boot_times_servers_and_expectations_are_there),
		cmocka_unit_test(each_expectation_is_there_with_what_was_measured),
		cmocka_unit_test(
		    a_run_without_groups_that_was_not_stopped_says_nothing_of_both),
		cmocka_unit_test(each_group_has_its_phones_and_boot_times),
		cmocka_unit_test(a_run_that_was_stopped_says_why_and_a_farm_its_limit),
		cmocka_unit_test(what_was_offered_and_how_late_the_starts_were_is_there),
		cmocka_unit_test(a_file_is_written_whole_and_leaves_nothing_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
