/* test_run_validity.c - what the farm itself cannot do makes a run invalid, and it says which
 * limit was hit; what it can do is judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "temp_file.h"

/* An address of our own, so that another run on this machine does not matter. */
#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.46.1"

enum { STORM_FIRST = 150, STORM_LAST = 1200 };

/* The summary of that run. */
static json_t *
summary_of(const char *dir)
{
	char path[200];
	json_t *summary;

	snprintf(path, sizeof path, "%s/summary.json", dir);
	summary = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(summary);
	return summary;
}

static const char *
text(const json_t *map, const char *key)
{
	return json_string_value(json_object_get(map, key));
}

static double
number(const json_t *map, const char *key)
{
	assert_true(json_is_number(json_object_get(map, key)));
	return json_number_value(json_object_get(map, key));
}

/* Whole boots with their 15 MB, all at once, on one thread: its exit status. */
static int
storm(unsigned phones, const char *dir)
{
	char yaml[300], path[200];
	int n = snprintf(yaml, sizeof yaml,
	    "title: more than one thread can do\nphones: %u\narrival: [{at_once: %u}]\n"
	    "user: {types_for: 0s}\njourney: {restart_after_update: false}\n",
	    phones, phones);

	snprintf(path, sizeof path, "%s", temp_file("storm.yaml", yaml, (size_t)n));
	return program_run("cx700farm",
	    (const char *[]){ "run", path, "-t", "1", "-q", EMBEDDED, "-o", dir, NULL }, NULL,
	    NULL);
}

/* How many that are is found by asking for ever more. */
static void
given_an_arrival_that_this_machine_cannot_sustain_the_run_is_invalid(void **state)
{
	char dir[160];
	int status = 0;
	json_t *summary, *farm;

	(void)state;
	snprintf(dir, sizeof dir, "%s/storm", temp_folder());
	for (unsigned n = STORM_FIRST; n <= STORM_LAST && status != 5; n *= 2)
		status = storm(n, dir);
	assert_int_equal(status, 5);
	summary = summary_of(dir);
	farm = json_object_get(summary, "farm");
	assert_string_equal(text(summary, "verdict"), "invalid");
	assert_memory_equal(text(summary, "why"), "the farm fell behind: ", 22);
	assert_non_null(strstr(text(summary, "why"), text(farm, "limit")));
	assert_non_null(strstr(text(summary, "why"), "; on 1 thread it used "));
	/* One of the two lags, with its figures. */
	assert_true(
	    number(farm, "loop_lag_p99_ms") > 100 || number(farm, "start_lag_p99_ms") > 250);
	assert_non_null(strstr(text(farm, "limit"), " lag p99 "));
	json_decref(summary);
}

static void
given_an_arrival_that_it_can_the_run_is_judged_and_has_hit_no_limit(void **state)
{
	static const char yaml[] = "title: less than that\nphones: 20\n"
				   "arrival: [{steady: {rate: 20/s, for: 1s}}]\n"
				   "journey: {until: dhcp_lease}\n"
				   "expect:\n  - phones.finished == 100%\n"
				   "  - farm.start_lag.p99 < 250ms\n"
				   "  - farm.loop_lag.p99 < 100ms\n"
				   "  - farm.rss > 1MB\n  - farm.cpu < 1m\n";
	char dir[160], path[200];
	json_t *summary, *farm;

	(void)state;
	snprintf(dir, sizeof dir, "%s/calm", temp_folder());
	snprintf(path, sizeof path, "%s", temp_file("calm.yaml", yaml, strlen(yaml)));
	assert_int_equal(
	    program_run_farm(
		(const char *[]){ "run", path, EMBEDDED, "-o", dir, NULL }, NULL, NULL),
	    0);
	summary = summary_of(dir);
	farm = json_object_get(summary, "farm");
	assert_string_equal(text(summary, "verdict"), "pass");
	assert_true(json_is_null(json_object_get(farm, "limit")));
	/* The last of 20 starts 0.95 s after the first. */
	assert_float_equal(number(farm, "offered_per_s"), 21.053, 1e-3);
	assert_true(number(json_object_get(farm, "start_lag_ms"), "p99") < 250);
	json_decref(summary);
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
		cmocka_unit_test(
		    given_an_arrival_that_this_machine_cannot_sustain_the_run_is_invalid),
		cmocka_unit_test(
		    given_an_arrival_that_it_can_the_run_is_judged_and_has_hit_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
