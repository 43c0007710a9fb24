/* test_cli_options.c - the command line of run: what is taken, and one line for what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "run_options.h"

enum { WORDS = 40 };

/* "run" and these words; returns what reading them returns. */
static int
read_words(struct run_options *o, struct buf *complaint, const char *words)
{
	static char text[512];
	char *argv[WORDS + 2] = { (char[]){ "run" } };
	int argc = 1;

	strcpy(text, words);
	for (char *w = strtok(text, " "); w != NULL; w = strtok(NULL, " "))
		argv[argc++] = w;
	return run_options_read(o, argc, argv, complaint);
}

static void
assert_refused(const char *words, const char *with)
{
	struct run_options o;
	struct buf complaint = { 0 };

	assert_int_equal(read_words(&o, &complaint, words), -EINVAL);
	if (strstr(buf_cstr(&complaint), with) == NULL)
		fail_msg("`%s' says: %s", words, buf_cstr(&complaint));
	assert_null(strchr(buf_cstr(&complaint), '\n'));
	buf_done(&complaint);
}

static void
given_only_a_scenario_the_rest_is_as_it_says(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(read_words(&o, &complaint, "a.yaml"), 0);
	assert_string_equal(o.scenario, "a.yaml");
	assert_null(o.pool);
	assert_null(o.out_dir);
	assert_int_equal(o.phones, 0);
	assert_int_equal(o.threads, 0);
	assert_false(o.has_seed);
	assert_int_equal(complaint.n, 0);
}

static void
all_of_them_are_taken_in_any_order(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(
	    read_words(&o, &complaint,
		"-n 200 a.yaml -s 0 -t4 --out=out/x --pool-arg --keep-alive --pool-arg 20s "
		"--profile p --until krb_login --pcap --json --no-color -v"),
	    0);
	assert_int_equal(o.phones, 200);
	assert_true(o.has_seed);
	assert_int_equal(o.seed, 0);
	assert_int_equal(o.threads, 4);
	assert_string_equal(o.out_dir, "out/x");
	assert_int_equal(o.n_pool_args, 2);
	assert_string_equal(o.pool_args[0], "--keep-alive");
	assert_string_equal(o.pool_args[1], "20s");
	assert_string_equal(o.profile, "p");
	assert_string_equal(o.until, "krb_login");
	assert_true(o.pcap && o.json && o.no_color && o.verbose);
	assert_false(o.quiet);
}

static void
public_targets_are_said_yes_to(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(read_words(&o, &complaint, "a.yaml --pool lab.yaml"), 0);
	assert_false(o.yes);
	assert_int_equal(read_words(&o, &complaint, "a.yaml --pool lab.yaml --yes"), 0);
	assert_true(o.yes);
}

static void
the_embedded_pool_may_be_named(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(read_words(&o, &complaint, "a.yaml --pool embedded --pool-arg -x"), 0);
	assert_null(o.pool);
	assert_int_equal(read_words(&o, &complaint, "a.yaml --pool lab.yaml"), 0);
	assert_string_equal(o.pool, "lab.yaml");
}

static void
after_two_dashes_a_scenario_may_look_like_an_option(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(read_words(&o, &complaint, "-- -n.yaml"), 0);
	assert_string_equal(o.scenario, "-n.yaml");
}

static void
mistakes_are_refused_on_one_line(void **state)
{
	(void)state;
	assert_refused("", "which scenario");
	assert_refused("a.yaml b.yaml", "not also b.yaml");
	assert_refused("a.yaml --frobnicate", "no such option: --frobnicate");
	assert_refused("a.yaml -x", "no such option: -x");
	assert_refused("a.yaml -n", "--phones: N is missing");
	assert_refused("a.yaml -n 0", "--phones 0: a number from 1");
	assert_refused("a.yaml -n 1x", "--phones 1x");
	assert_refused("a.yaml -n -5", "--phones -5");
	assert_refused("a.yaml -t 1000", "--threads 1000");
	assert_refused("a.yaml -s 99999999999999999999", "--seed");
	assert_refused("a.yaml --json=yes", "--json takes no value");
	assert_refused("a.yaml -qv", "--quiet takes no value");
	assert_refused("a.yaml -q -v", "exclude each other");
	assert_refused("a.yaml --pcap", "-o DIR");
	assert_refused("a.yaml --pool lab.yaml --pool-arg -x", "embedded pool");
}

static void
a_rehearsal_has_a_pool_of_its_own(void **state)
{
	(void)state;
	assert_refused("a.yaml --dry-run --pool p.yaml", "--dry-run simulates a pool");
	assert_refused("a.yaml --dry-run --pool-arg=--users", "--dry-run simulates a pool");
	assert_refused("a.yaml --dry-run -o d --pcap", "--dry-run sends no packets");
}

static void
what_comes_later_says_so(void **state)
{
	(void)state;
	assert_refused("a.yaml --bind 0=a", "not in this version: --bind");
}

static void
help_names_every_option_of_this_version(void **state)
{
	struct buf out = { 0 };
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	run_options_help(&out);
	assert_non_null(strstr(buf_cstr(&out), "-n, --phones N"));
	assert_non_null(strstr(buf_cstr(&out), "--pool FILE"));
	assert_null(strstr(buf_cstr(&out), "--bind"));
	buf_done(&out);
	assert_int_equal(read_words(&o, &complaint, "--help"), 0);
	assert_true(o.help);
	assert_int_equal(mem_out(), 0);
}

static void
who_looks_on_is_let_in_where_it_is_said(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(read_words(&o, &complaint, "a.yaml"), 0);
	assert_true(o.ui == NULL && o.metrics == NULL);
	assert_int_equal(
	    read_words(&o, &complaint, "a.yaml --ui localhost:8080 --metrics=[::1]:9100"), 0);
	assert_string_equal(o.ui, "localhost:8080");
	assert_string_equal(o.ui_at.host, "127.0.0.1");
	assert_int_equal(o.ui_at.port, 8080);
	assert_string_equal(o.metrics_at.host, "[::1]");
	assert_int_equal(o.metrics_at.port, 9100);
	assert_int_equal(
	    read_words(&o, &complaint, "a.yaml --listen-anywhere --ui 0.0.0.0:8080"), 0);
	/* A rehearsal may be looked at too. */
	assert_int_equal(read_words(&o, &complaint, "a.yaml --dry-run --ui :8080"), 0);
}

static void
others_reach_it_only_when_that_is_meant(void **state)
{
	(void)state;
	assert_refused("a.yaml --ui 0.0.0.0:80", "--ui 0.0.0.0:80 could be reached");
	assert_refused("a.yaml --metrics [::]:80", "--metrics [::]:80 could be reached");
	assert_refused(
	    "a.yaml --ui :80 --metrics 192.0.2.7:80", "--metrics 192.0.2.7:80 could");
	assert_refused(
	    "a.yaml --listen-anywhere", "--listen-anywhere is for --ui and --metrics");
	assert_refused("a.yaml --ui 8080", "--ui 8080: ADDR:PORT is wanted");
	assert_refused("a.yaml --metrics farm.example.com:80", "ADDR:PORT is wanted");
	assert_refused("a.yaml --ui", "--ui: ADDR:PORT is missing");
}

static void
a_data_folder_must_be_one(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_refused("a.yaml --data /nowhere/at/all", "--data /nowhere/at/all: No such file");
	assert_int_equal(read_words(&o, &complaint, "a.yaml --data /"), 0);
	assert_string_equal(getenv("CX700_DATA"), "/");
	assert_int_equal(unsetenv("CX700_DATA"), 0);
}

static void
whose_lines_are_in_the_trace_can_be_said(void **state)
{
	struct run_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(read_words(&o, &complaint, "a.yaml"), 0);
	assert_false(o.has_trace);
	assert_int_equal(read_words(&o, &complaint, "a.yaml --trace all"), 0);
	assert_true(o.has_trace);
	assert_int_equal(o.trace, SCENARIO_TRACE_ALL);
	assert_int_equal(read_words(&o, &complaint, "a.yaml --trace=failures"), 0);
	assert_int_equal(o.trace, SCENARIO_TRACE_FAILURES);
	assert_int_equal(read_words(&o, &complaint, "a.yaml --trace 25"), 0);
	assert_int_equal(o.trace, SCENARIO_TRACE_SAMPLE);
	assert_int_equal(o.trace_sample, 25);
	assert_refused("a.yaml --trace some", "`all', `failures' or a number");
	assert_refused("a.yaml --trace 0", "`all', `failures' or a number");
	assert_refused("a.yaml --trace -1", "`all', `failures' or a number");
	assert_refused("a.yaml --trace 5000000", "`all', `failures' or a number");
	assert_refused("a.yaml --trace", "is missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_only_a_scenario_the_rest_is_as_it_says),
		cmocka_unit_test(who_looks_on_is_let_in_where_it_is_said),
		cmocka_unit_test(others_reach_it_only_when_that_is_meant),
		cmocka_unit_test(a_data_folder_must_be_one),
		cmocka_unit_test(all_of_them_are_taken_in_any_order),
		cmocka_unit_test(whose_lines_are_in_the_trace_can_be_said),
		cmocka_unit_test(public_targets_are_said_yes_to),
		cmocka_unit_test(the_embedded_pool_may_be_named),
		cmocka_unit_test(after_two_dashes_a_scenario_may_look_like_an_option),
		cmocka_unit_test(mistakes_are_refused_on_one_line),
		cmocka_unit_test(a_rehearsal_has_a_pool_of_its_own),
		cmocka_unit_test(what_comes_later_says_so),
		cmocka_unit_test(help_names_every_option_of_this_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
