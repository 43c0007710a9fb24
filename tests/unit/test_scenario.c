/* test_scenario.c - what a scenario may say, and that each mistake is named with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

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
	assert_int_equal(s.group[0].n_arrivals, 3);
	assert_int_equal(s.group[0].arrival[0].count, 500);
	assert_int_equal((int)arrival_starts(&s.group[0].arrival[1]), 3150);
	assert_int_equal(s.group[0].types_for.a_us, 20000000);
	assert_int_equal(s.group[0].types_for.b_us, 8000000);
	assert_string_equal(s.group[0].journey.until, "update_confirm");
	assert_int_equal(s.group[0].journey.until_at.line, 10);
	assert_int_equal(s.group[0].journey.stay_us, 300000000);
	assert_true(s.group[0].journey.restart_after_update);
	assert_int_equal(s.group[0].journey.n_overrides, 1);
	assert_string_equal(s.group[0].journey.override[0].step, "krb_login");
	assert_int_equal(s.group[0].journey.override[0].tries, 2);
	assert_int_equal(s.group[0].journey.override[0].limit_us, 2000000);
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
	    "title: x\nphones: 3\narrival: [{later: 5}]\n", "s.yaml:3:12: unknown key `later'");
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

static void
the_manual_names_all_keys_and_all_that_can_be_expected(void **state)
{
	static const char *const there[] = { "\n  phones                 how many",
		"\n    types_for", "\n    off_for", "\n      retry_after", "\n      wrong_key",
		"\n    exchange ", "[15MiB]", "\n    step.krb_login.p99   a number",
		"\n    wall                 a duration (ms, s, m, h)\n", "p99.9, max\n",
		"\n    bytes.firmware       bytes",
		"\n                         bytes (kB, MB, GB): rss\n",
		"\n    journey              left out: as the top",
		"\n      off_for            how long", "${NAME:-default}" };
	struct buf out = { 0 };

	(void)state;
	scenario_help(&out);
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		if (strstr(buf_cstr(&out), there[i]) == NULL)
			fail_msg("not there: %s", there[i]);
	buf_done(&out);
}

static void
there_is_an_end_to_arrivals_and_overrides(void **state)
{
	char text[2000] = "title: x\nphones: 3\narrival:\n";

	(void)state;
	for (int i = 0; i < SCENARIO_ARRIVALS_MAX; i++)
		strcat(text, "- at_once: 3\n");
	strcat(text, "- at_once: 3\n");
	assert_error(text, "s.yaml:36:3: more than 32 arrivals");
	strcpy(text, "title: x\nphones: 3\narrival: [{at_once: 3}]\njourney:\n  override:\n");
	for (int i = 0; i <= SCENARIO_OVERRIDES_MAX; i++)
		sprintf(text + strlen(text), "    step%d: {tries: 1}\n", i);
	assert_error(text, "s.yaml:38:13: more than 32 overrides");
	assert_error("title: x\nphones: 3\narrival: [{at_once: 3}]\njourney: {override: [a]}\n",
	    "s.yaml:4:21: `override' must be a map of steps");
	assert_error("title: x\nphones: 3\narrival: [{at_once: 3}]\njourney:\n"
		     "  override: {a_step_whose_name_is_longer_than_any_other: {tries: 2}}\n",
	    "no step is called `a_step_whose_name_is_longer_than_any_other'");
}

static void
rates_are_by_the_second_minute_or_hour(void **state)
{
	struct config_error error;
	struct scenario s;

	(void)state;
	assert_int_equal(
	    load("title: x\nphones: 3\narrival:\n- steady: {rate: 6/m, for: 10s}\n"
		 "- steady: {rate: 3600/h, for: 2s}\n- poisson: {rate: 1/s, for: 1s}\n",
		&s, &error),
	    0);
	assert_int_equal((int)(arrival_starts(&s.group[0].arrival[0]) + 0.5), 1);
	assert_int_equal((int)(arrival_starts(&s.group[0].arrival[1]) + 0.5), 2);
	assert_int_equal(s.group[0].arrival[2].kind, ARRIVAL_POISSON);
	scenario_done(&s);
	assert_error("title: x\nphones: 3\narrival: [{steady: {rate: 1/d, for: 1s}}]\n",
	    "s.yaml:3:27: `rate' must be a rate such as 200/s, 30/m, not `1/d'");
	assert_error("title: x\nphones: 3\narrival: [{steady: {rate: [1], for: 1s}}]\n",
	    "`rate' must be a rate such as 200/s, not a list");
	assert_error("title: x\nphones: 3\narrival: [{steady: {rate: 1/s}}]\n",
	    "`for' is missing: a duration such as 30s");
	assert_error("title: x\nphones: 3\narrival: [{steady: 5}]\n", "`steady' must be a map");
}

/* Is this key in a file?  It stands at a line's beginning, after a blank or a brace. */
static bool
has_key(const char *file, const char *key, size_t n)
{
	for (const char *at = strchr(file, key[0]); at != NULL; at = strchr(at + 1, key[0]))
		if (strncmp(at, key, n) == 0 && at[n] == ':' && strchr(" {\n", at[-1]) != NULL)
			return true;
	return false;
}

static void
given_every_key_there_is_it_is_read(void **state)
{
	static const char name[] = "tests/golden/yaml/every_key.yaml";
	char file[8192] = "";
	struct config_error error;
	struct buf help = { 0 };
	struct scenario s;
	FILE *f = fopen(name, "r");

	(void)state;
	assert_non_null(f);
	assert_in_range(fread(file, 1, sizeof file - 1, f), 1000, sizeof file - 2);
	fclose(f);
	if (scenario_load(name, &s, &error) != 0)
		fail_msg("%s", error.text);
	/* It really has every key: the manual's lines begin with them, up to the last part. */
	scenario_help(&help);
	assert_int_equal(help.err, 0);
	*strstr((char *)(uintptr_t)buf_cstr(&help), "  what expect compares") = '\0';
	for (const char *line = buf_cstr(&help); line[0] != '\0';
	     line = strchr(line, '\n') + 1) {
		const char *key = line + strspn(line, " ");

		if (!has_key(file, key, strcspn(key, " ")))
			fail_msg("not in %s: %.30s", name, key);
	}
	assert_int_equal(s.group[0].n_arrivals, 4);
	assert_int_equal(s.n_events, 7);
	assert_int_equal(s.faults.n, SERVERS_COUNT);
	assert_int_equal(s.expect.n, 15);
	buf_done(&help);
	scenario_done(&s);
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
		cmocka_unit_test(the_manual_names_all_keys_and_all_that_can_be_expected),
		cmocka_unit_test(there_is_an_end_to_arrivals_and_overrides),
		cmocka_unit_test(rates_are_by_the_second_minute_or_hour),
		cmocka_unit_test(given_every_key_there_is_it_is_read),
		cmocka_unit_test(given_no_memory_at_the_nth_allocation_nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
