/* test_diff.c - two runs are compared: what is worse, what is noise, what cannot be said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "diff.h"
#include "mem.h"
#include "run_folder.h"
#include "temp_file.h"

#define MS UINT64_C(1000)

/* Two folders, and what came of comparing them. */
struct two {
	struct run_folder *f[2];
	struct run_dir *d[2];
	struct diff diff;
	struct buf text;
};

static int
setup(void **state)
{
	struct two *t = mem_new(sizeof *t);

	assert_non_null(t);
	t->f[0] = run_folder_new("a");
	t->f[1] = run_folder_new("b");
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct two *t = *state;

	for (int i = 0; i < 2; i++) {
		run_dir_free(t->d[i]);
		run_folder_free(t->f[i]);
	}
	buf_done(&t->text);
	mem_free(t);
	temp_clean();
	return 0;
}

static void
compare(struct two *t)
{
	for (int i = 0; i < 2; i++) {
		run_folder_write(t->f[i]);
		t->d[i] = run_folder_open(t->f[i]);
	}
	assert_int_equal(diff_runs(t->d[0], t->d[1], &t->diff), 0);
	diff_text(&t->diff, &t->text);
	assert_int_equal(t->text.err, 0);
}

static const struct diff_step *
step(const struct two *t, const char *name)
{
	for (size_t i = 0; i < t->diff.n_steps; i++)
		if (strcmp(t->diff.step[i].name, name) == 0)
			return &t->diff.step[i];
	fail_msg("no such step: %s", name);
	return NULL;
}

static void
has(struct two *t, const char *words)
{
	if (strstr(buf_cstr(&t->text), words) == NULL)
		fail_msg("\"%s\" is not in:\n%s", words, buf_cstr(&t->text));
}

static void
has_not(struct two *t, const char *words)
{
	if (strstr(buf_cstr(&t->text), words) != NULL)
		fail_msg("\"%s\" is in:\n%s", words, buf_cstr(&t->text));
}

/* A hundred latencies around this one, a little different in each run. */
static void
around(struct run_folder *f, unsigned row, uint64_t us, unsigned nth)
{
	for (unsigned i = 0; i < 100; i++)
		run_folder_done(
		    f, row, us - us / 20 + us / 1000 * ((i * 37 + nth * 13) % 100), 1);
}

static void
both_around(struct two *t, unsigned row, uint64_t us)
{
	around(t->f[0], row, us, 0);
	around(t->f[1], row, us, 1);
}

/* ---- latencies ---- */

static void
a_run_and_itself_are_the_same(void **state)
{
	struct two *t = *state;

	for (int i = 0; i < 2; i++)
		around(t->f[i], RF_LOGIN, 20 * MS, 0);
	compare(t);
	assert_int_equal(t->diff.all, DIFF_SAME);
	assert_int_equal(t->diff.n_steps, 1);
	assert_int_equal(step(t, "krb_login")->all, DIFF_SAME);
	has(t, "no difference that is more than noise");
	has_not(t, "note:");
}

static void
given_a_slower_login_it_is_named_and_worse(void **state)
{
	struct two *t = *state;

	both_around(t, RF_LEASE, 5 * MS);
	around(t->f[0], RF_LOGIN, 20 * MS, 0);
	around(t->f[1], RF_LOGIN, 320 * MS, 1);
	compare(t);
	assert_int_equal(t->diff.all, DIFF_WORSE);
	assert_int_equal(step(t, "krb_login")->latency, DIFF_WORSE);
	assert_int_equal(step(t, "dhcp_lease")->all, DIFF_SAME);
	assert_true(step(t, "krb_login")->p < 1e-9);
	has(t, "\nworse: krb_login\n");
	has(t, "x 16");
	has(t, "B is worse than A");
}

static void
the_other_way_round_it_is_better(void **state)
{
	struct two *t = *state;

	around(t->f[0], RF_LOGIN, 320 * MS, 0);
	around(t->f[1], RF_LOGIN, 20 * MS, 1);
	compare(t);
	assert_int_equal(t->diff.all, DIFF_BETTER);
	has(t, "\nbetter: krb_login\n");
	has(t, "-94%");
	has(t, "B is better than A");
}

/* The rank test alone would find each of these. */
static void
a_shift_that_nobody_would_feel_is_the_same(void **state)
{
	struct two *t = *state;

	/* 400 %, but 0.8 ms. */
	around(t->f[0], RF_LEASE, 200, 0);
	around(t->f[1], RF_LEASE, 1 * MS, 1);
	/* 40 ms, but 8 %. */
	around(t->f[0], RF_LOGIN, 500 * MS, 0);
	around(t->f[1], RF_LOGIN, 540 * MS, 1);
	compare(t);
	assert_true(step(t, "dhcp_lease")->p < 0.01);
	assert_true(step(t, "krb_login")->p < 0.01);
	assert_int_equal(step(t, "dhcp_lease")->all, DIFF_SAME);
	assert_int_equal(step(t, "krb_login")->all, DIFF_SAME);
	assert_int_equal(t->diff.all, DIFF_SAME);
}

static void
a_shift_that_may_be_chance_is_the_same(void **state)
{
	struct two *t = *state;

	for (int i = 0; i < 2; i++) {
		/* The medians are far apart, for half of the few values are slow. */
		run_folder_done(t->f[i], RF_LOGIN, 10 * MS, 10 - (unsigned)i);
		run_folder_done(t->f[i], RF_LOGIN, 90 * MS, 9 + (unsigned)i);
	}
	compare(t);
	assert_true(step(t, "krb_login")->p > 0.01);
	assert_true(
	    fabs(step(t, "krb_login")->p50_ms[1] - step(t, "krb_login")->p50_ms[0]) > 50);
	assert_int_equal(step(t, "krb_login")->all, DIFF_SAME);
}

static void
of_few_values_nothing_is_said(void **state)
{
	struct two *t = *state;

	run_folder_done(t->f[0], RF_LOGIN, 10 * MS, 7);
	run_folder_done(t->f[1], RF_LOGIN, 900 * MS, 100);
	compare(t);
	assert_int_equal(step(t, "krb_login")->all, DIFF_TOO_FEW);
	assert_int_equal(t->diff.all, DIFF_SAME);
	has(t, "too few: krb_login");
}

/* A slow tenth moves the p95 and the ranks, and not the median. */
static void
a_longer_tail_is_worse(void **state)
{
	struct two *t = *state;

	for (int i = 0; i < 2; i++)
		run_folder_done(t->f[i], RF_LOGIN, 10 * MS, 800);
	run_folder_done(t->f[1], RF_LOGIN, 500 * MS, 100);
	compare(t);
	assert_int_equal(step(t, "krb_login")->latency, DIFF_WORSE);
	/* The same bucket's. */
	assert_true(
	    fabs(step(t, "krb_login")->p50_ms[1] - step(t, "krb_login")->p50_ms[0]) < 0.5);
}

/* On a busy machine the tail is the machine's, and a median is off by what the farm was late.
 */
static void
given_a_farm_that_was_late_only_more_than_that_counts(void **state)
{
	struct two *t = *state;

	t->f[1]->m->loop_lag_p99_ms = 60;
	both_around(t, RF_LEASE, 10 * MS);
	run_folder_done(t->f[1], RF_LEASE, 900 * MS, 30); /* a tail */
	around(t->f[0], RF_LOGIN, 10 * MS, 0);
	around(t->f[1], RF_LOGIN, 65 * MS, 1); /* less than it was late */
	around(t->f[0], RF_TLS, 10 * MS, 0);
	around(t->f[1], RF_TLS, 310 * MS, 1); /* more */
	compare(t);
	assert_int_equal(step(t, "dhcp_lease")->all, DIFF_SAME);
	assert_int_equal(step(t, "krb_login")->all, DIFF_SAME);
	assert_int_equal(step(t, "pool_tls")->all, DIFF_WORSE);
	has(t, "note: the farm's own loop lag (p99) was 60 ms");
}

static void
a_step_that_only_one_run_walked_is_no_judgement(void **state)
{
	struct two *t = *state;

	around(t->f[0], RF_UPDATE, 10 * MS, 0);
	around(t->f[1], RF_RENEW, 10 * MS, 0);
	compare(t);
	assert_int_equal(step(t, "update_ask")->all, DIFF_ONLY_A);
	assert_int_equal(step(t, "dhcp_renew")->all, DIFF_ONLY_B);
	assert_int_equal(t->diff.all, DIFF_SAME);
	has(t, "only in A: update_ask");
	has(t, "only in B: dhcp_renew");
}

static void
the_whole_way_is_compared_too(void **state)
{
	struct two *t = *state;

	hist_add_many(&t->f[0]->m->from_intended, 5000 * MS, 20);
	hist_add_many(&t->f[1]->m->from_intended, 7000 * MS, 20);
	compare(t);
	assert_int_equal(step(t, "boot")->all, DIFF_WORSE);
	has(t, "worse: boot");
}

/* ---- failures and lost tries ---- */

static void
given_more_failures_than_by_chance_it_is_worse(void **state)
{
	struct two *t = *state;

	both_around(t, RF_LOGIN, 20 * MS);
	run_folder_failed(t->f[1], RF_LOGIN, RF_TIMEOUT, 20);
	both_around(t, RF_LEASE, 20 * MS);
	run_folder_failed(t->f[1], RF_LEASE, RF_TIMEOUT, 2); /* of a hundred: may be */
	compare(t);
	assert_int_equal(step(t, "krb_login")->failures, DIFF_WORSE);
	assert_int_equal(step(t, "krb_login")->latency, DIFF_SAME);
	assert_int_equal(step(t, "dhcp_lease")->all, DIFF_SAME);
	has(t, "failed 0 -> 20");
	has(t, "lost tries of krb_login by timeout: 0 -> 20");
	assert_int_equal(t->diff.all, DIFF_WORSE);
}

static void
given_fewer_lost_tries_it_is_better(void **state)
{
	struct two *t = *state;

	both_around(t, RF_LOGIN, 20 * MS);
	t->f[0]->m->row[RF_LOGIN].attempts += 50;
	t->f[0]->m->row[RF_LOGIN].reasons[RF_REFUSED] += 50;
	compare(t);
	assert_int_equal(step(t, "krb_login")->tries, DIFF_BETTER);
	assert_int_equal(step(t, "krb_login")->failures, DIFF_SAME);
	has(t, "lost tries 50 -> 0");
	has(t, "lost tries of krb_login by refused: 50 -> 0");
	assert_int_equal(t->diff.all, DIFF_BETTER);
}

static void
worse_in_one_thing_outweighs_better_in_another(void **state)
{
	struct two *t = *state;

	around(t->f[0], RF_LOGIN, 320 * MS, 0);
	around(t->f[1], RF_LOGIN, 20 * MS, 1);
	run_folder_failed(t->f[1], RF_LOGIN, RF_TIMEOUT, 50);
	compare(t);
	assert_int_equal(step(t, "krb_login")->latency, DIFF_BETTER);
	assert_int_equal(step(t, "krb_login")->failures, DIFF_WORSE);
	assert_int_equal(step(t, "krb_login")->all, DIFF_WORSE);
}

static void
from_pass_to_fail_is_worse_whatever_the_figures(void **state)
{
	struct two *t = *state;

	both_around(t, RF_LOGIN, 20 * MS);
	t->f[1]->end.verdict = REPORT_FAIL;
	compare(t);
	assert_int_equal(step(t, "krb_login")->all, DIFF_SAME);
	assert_int_equal(t->diff.all, DIFF_WORSE);
}

static void
fewer_phones_that_finish_are_worse(void **state)
{
	struct two *t = *state;

	both_around(t, RF_LOGIN, 20 * MS);
	t->f[1]->m->phones.finished = 5;
	compare(t);
	assert_int_equal(t->diff.all, DIFF_WORSE);
	has(t, "20 phones: 5 finished");
}

/* ---- what may make them incomparable ---- */

static void
whatever_differs_beside_the_figures_is_noted(void **state)
{
	struct two *t = *state;

	t->f[1]->run.scenario = "other.yaml";
	t->f[1]->run.seed = 8;
	t->f[1]->run.pool = "contoso";
	t->f[1]->run.planned = 19;
	t->f[1]->run.version = "0.2.0";
	t->f[1]->run.threads = 1;
	t->f[0]->end.verdict = REPORT_INVALID;
	compare(t);
	has(t, "note: the scenarios differ: storm.yaml and other.yaml\n");
	has(t, "note: the seeds differ: 7 and 8\n");
	has(t, "note: the pools differ: embedded and contoso\n");
	has(t, "note: the numbers of phones differ: 20 and 19\n");
	has(t, "note: the versions of cx700farm differ: 0.1.0 and 0.2.0\n");
	has(t, "note: the numbers of threads differ: 2 and 1\n");
	has(t, "note: A is invalid: its figures say little of the servers\n");
}

/* What a terminal would take for orders is in no name that is printed. */
static void
names_move_no_cursor(void **state)
{
	struct two *t = *state;

	t->f[0]->run.scenario = "a\x1b[2J.yaml";
	run_folder_failed(t->f[0], RF_LOGIN, RF_TIMEOUT, 1);
	compare(t);
	has(t, "a?[2J.yaml");
	assert_null(strchr(buf_cstr(&t->text), '\x1b'));
}

/* Numbers that no run counts do not turn into judgements, or into a crash. */
static void
odd_figures_are_taken_for_none(void **state)
{
	static const char odd[] = "{\"steps\": [{\"name\": \"krb_login\", \"done\": -5, "
				  "\"failed\": \"x\", \"attempts\": "
				  "1e99, \"reasons\": [1]}, {\"name\": 7}, 8, {\"name\": "
				  "\"dhcp_lease\", \"done\": 3, "
				  "\"attempts\": 2}], \"phones\": {\"planned\": -1}}";
	struct two *t = *state;

	t->f[1]->patch = json_loads(odd, 0, NULL);
	assert_non_null(t->f[1]->patch);
	around(t->f[0], RF_LOGIN, 20 * MS, 0);
	compare(t);
	assert_int_equal(step(t, "krb_login")->all, DIFF_ONLY_A);
	assert_int_equal(step(t, "dhcp_lease")->lost[1], 0);
	assert_int_equal(t->diff.planned[1], 0);
}

static void
more_steps_than_there_is_room_for_are_left_out(void **state)
{
	struct two *t = *state;
	json_t *steps = json_array();

	for (int i = 0; i < 200; i++) {
		char name[24];

		snprintf(name, sizeof name, "step_%d", i);
		json_array_append_new(steps,
		    json_pack("{s:s, s:i, s:i}", "name", name, "done", 1, "attempts", 1));
	}
	t->f[0]->patch = json_pack("{s:o}", "steps", steps);
	compare(t);
	assert_in_range(t->diff.n_steps, 50, DIFF_STEPS);
}

/* ---- JSON ---- */

static void
programs_are_told_the_same(void **state)
{
	struct two *t = *state;
	struct buf out = { 0 };
	json_t *tree, *login;
	long left;

	both_around(t, RF_LEASE, 5 * MS);
	around(t->f[0], RF_LOGIN, 20 * MS, 0);
	around(t->f[1], RF_LOGIN, 320 * MS, 1);
	t->f[1]->run.seed = 8;
	compare(t);
	assert_int_equal(diff_json(&t->diff, &out), 0);
	left = mem_fail_at(0);
	tree = json_loadb((const char *)out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(tree);
	assert_string_equal(
	    json_string_value(json_object_get(tree, "format")), "cx700farm-diff/1");
	assert_string_equal(json_string_value(json_object_get(tree, "change")), "worse");
	assert_int_equal(json_array_size(json_object_get(tree, "notes")), 1);
	login = json_array_get(json_object_get(tree, "steps"), 1);
	assert_string_equal(json_string_value(json_object_get(login, "name")), "krb_login");
	assert_string_equal(json_string_value(json_object_get(login, "change")), "worse");
	assert_int_equal(
	    json_integer_value(json_array_get(json_object_get(login, "n"), 1)), 100);
	assert_true(
	    json_number_value(json_array_get(json_object_get(login, "p50_ms"), 1)) > 300);
	assert_true(json_number_value(json_object_get(login, "p")) < 0.01);
	json_decref(tree);
	buf_done(&out);
	mem_fail_at(left);
}

static void
want_of_memory_is_an_error(void **state)
{
	struct two *t = *state;
	struct buf out = { 0 };

	both_around(t, RF_LEASE, 5 * MS);
	compare(t);
	mem_fail_at(1);
	assert_int_equal(diff_runs(t->d[0], t->d[1], &t->diff), -ENOMEM);
	mem_fail_at(0);
	assert_int_equal(diff_runs(t->d[0], t->d[1], &t->diff), 0);
	mem_fail_at(1);
	assert_int_equal(diff_json(&t->diff, &out), -ENOMEM);
	mem_fail_at(0);
	buf_done(&out);
}

int
main(void)
{
#define DIFF_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		DIFF_TEST(a_run_and_itself_are_the_same),
		DIFF_TEST(given_a_slower_login_it_is_named_and_worse),
		DIFF_TEST(the_other_way_round_it_is_better),
		DIFF_TEST(a_shift_that_nobody_would_feel_is_the_same),
		DIFF_TEST(a_shift_that_may_be_chance_is_the_same),
		DIFF_TEST(of_few_values_nothing_is_said),
		DIFF_TEST(a_longer_tail_is_worse),
		DIFF_TEST(given_a_farm_that_was_late_only_more_than_that_counts),
		DIFF_TEST(a_step_that_only_one_run_walked_is_no_judgement),
		DIFF_TEST(the_whole_way_is_compared_too),
		DIFF_TEST(given_more_failures_than_by_chance_it_is_worse),
		DIFF_TEST(given_fewer_lost_tries_it_is_better),
		DIFF_TEST(worse_in_one_thing_outweighs_better_in_another),
		DIFF_TEST(from_pass_to_fail_is_worse_whatever_the_figures),
		DIFF_TEST(fewer_phones_that_finish_are_worse),
		DIFF_TEST(whatever_differs_beside_the_figures_is_noted),
		DIFF_TEST(names_move_no_cursor),
		DIFF_TEST(odd_figures_are_taken_for_none),
		DIFF_TEST(more_steps_than_there_is_room_for_are_left_out),
		DIFF_TEST(programs_are_told_the_same),
		DIFF_TEST(want_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
