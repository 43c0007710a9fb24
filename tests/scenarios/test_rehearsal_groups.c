/*
 * test_rehearsal_groups.c - a rehearsal of two groups of phones: whom its summary and its trace
 * tell of, what another number of phones changes, and what ends it before its time.  The same
 * program as in a real run, but to the microsecond.
 */
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

enum { PHONES_MAX = 64 };

/* The campus logs in, one phone a second; the branch gets its address, all at once.  The KDC is
 * silent from the 10th second on, and nobody asks it twice. */
#define TOWN                                                               \
	"title: town\nphones: 30\nuser: {types_for: 0s}\n"                 \
	"groups:\n"                                                        \
	"  - {name: branch, phones: 10, arrival: [{at_once: 10}],\n"       \
	"     journey: {until: dhcp_lease}}\n"                             \
	"  - {name: campus, arrival: [{steady: {rate: 1/s, for: 20s}}],\n" \
	"     journey: {until: krb_login, override: {krb_login: {tries: 1, limit: 2s}}}}\n"
#define SILENT "faults:\n  - {server: kdc, from: 10s, do: {drop: 100%}}\n"

struct town {
	int status;
	json_t *summary;
	unsigned lines[PHONES_MAX]; /* of the trace, by phone */
};

static void
read_trace(struct town *t, const char *dir)
{
	char path[200], line[16384];
	FILE *f;

	snprintf(path, sizeof path, "%s/trace.jsonl", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		json_int_t phone = json_integer_value(json_object_get(row, "phone"));

		assert_non_null(row);
		assert_in_range(phone, 0, PHONES_MAX - 1);
		t->lines[phone]++;
		json_decref(row);
	}
	fclose(f);
}

/* Rehearse the town with this behind it, and these two words more, which may be NULL. */
static struct town
rehearse(const char *tail, const char *option, const char *value)
{
	struct town t = { 0 };
	char yaml[2000], path[200], dir[160];
	struct buf err = { 0 };
	int n = snprintf(yaml, sizeof yaml, TOWN "%s", tail);

	snprintf(dir, sizeof dir, "%s/out", temp_folder());
	snprintf(path, sizeof path, "%s", temp_file("town.yaml", yaml, (size_t)n));
	t.status = program_run("cx700farm",
	    (const char *[]){ "run", path, "--dry-run", "-q", "-o", dir, option, value, NULL },
	    NULL, &err);
	if (t.status > 1)
		fail_msg("exit %d: %s", t.status, buf_cstr(&err));
	buf_done(&err);
	read_trace(&t, dir);
	snprintf(path, sizeof path, "%s/summary.json", dir);
	t.summary = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(t.summary);
	return t;
}

static void
town_done(struct town *t)
{
	json_decref(t->summary);
}

static json_int_t
count(const struct town *t, const char *group, const char *key)
{
	json_t *map = json_object_get(json_object_get(t->summary, "groups"), group);

	assert_true(json_is_integer(json_object_get(map, key)));
	return json_integer_value(json_object_get(map, key));
}

static const char *
text(const struct town *t, const char *key)
{
	return json_string_value(json_object_get(t->summary, key));
}

/* How many phones have lines in the trace. */
static unsigned
traced(const struct town *t)
{
	unsigned n = 0;

	for (size_t i = 0; i < PHONES_MAX; i++)
		n += t->lines[i] > 0;
	return n;
}

/* ---- groups ---- */

static void
each_group_walks_its_own_way_and_is_told_by_itself(void **state)
{
	struct town t = rehearse("", NULL, NULL);

	(void)state;
	assert_int_equal(t.status, 0);
	assert_int_equal(count(&t, "branch", "planned"), 10);
	assert_int_equal(count(&t, "branch", "finished"), 10);
	assert_int_equal(count(&t, "campus", "planned"), 20);
	assert_int_equal(count(&t, "campus", "finished"), 20);
	/* Only its address; the campus' phones have many more. */
	assert_int_equal(t.lines[0], 1);
	assert_true(t.lines[10] > 5);
	assert_int_equal(traced(&t), 30);
	town_done(&t);
}

static void
another_number_of_phones_divides_in_the_same_shares(void **state)
{
	struct town t = rehearse("", "-n", "6");

	(void)state;
	assert_int_equal(t.status, 0);
	assert_int_equal(count(&t, "branch", "planned"), 2);
	assert_int_equal(count(&t, "campus", "planned"), 4);
	assert_int_equal(t.lines[1], 1);
	assert_true(t.lines[2] > 5);
	town_done(&t);
}

static void
failures_are_those_of_their_group(void **state)
{
	struct town t = rehearse(SILENT "expect: [group.branch.finished == 100%,\n"
					"  group.campus.failed == 50%, phones.failed == 10]\n",
	    NULL, NULL);

	(void)state;
	assert_int_equal(t.status, 0);
	assert_int_equal(count(&t, "branch", "failed"), 0);
	assert_int_equal(count(&t, "campus", "failed"), 10);
	town_done(&t);
}

/* ---- whose trace ---- */

static void
the_trace_of_failures_is_of_whoever_failed(void **state)
{
	struct town t = rehearse(SILENT "trace: failures\n", NULL, NULL);

	(void)state;
	assert_int_equal(t.status, 1);
	assert_int_equal(traced(&t), 10);
	assert_int_equal(t.lines[19], 0);
	assert_true(t.lines[20] > 0);
	assert_true(t.lines[29] > 0);
	town_done(&t);
}

static void
a_sample_is_spread_over_all_and_has_the_failures_besides(void **state)
{
	struct town t = rehearse(SILENT "trace: 3\n", NULL, NULL);

	(void)state;
	assert_int_equal(traced(&t), 12);
	assert_true(t.lines[0] > 0 && t.lines[10] > 0 && t.lines[20] > 0);
	town_done(&t);
}

static void
the_flag_wins_over_the_scenario(void **state)
{
	struct town t = rehearse(SILENT "trace: failures\n", "--trace", "all");

	(void)state;
	assert_int_equal(traced(&t), 30);
	town_done(&t);
	t = rehearse(SILENT "trace: all\n", "--trace", "failures");
	assert_int_equal(traced(&t), 10);
	town_done(&t);
}

/* ---- what ends it before its time ---- */

static void
an_expectation_that_is_broken_stops_it_at_that_very_second(void **state)
{
	struct town t =
	    rehearse(SILENT "expect: [{that: phones.failed < 3, abort: true}]\n", NULL, NULL);

	(void)state;
	assert_int_equal(t.status, 1);
	assert_string_equal(text(&t, "verdict"), "fail");
	/* Those of the 10th, 11th and 12th second wait for 2 s. */
	assert_string_equal(
	    text(&t, "why"), "stopped at 15.0 s: phones.failed < 3 is broken: 3");
	assert_string_equal(text(&t, "stopped"), text(&t, "why"));
	assert_int_equal(count(&t, "campus", "started"), 15);
	assert_int_equal(count(&t, "campus", "failed"), 3);
	assert_int_equal(count(&t, "campus", "unfinished"), 2);
	town_done(&t);
}

static void
within_its_grace_it_goes_on(void **state)
{
	struct town t = rehearse(SILENT
	    "expect: [{that: phones.failed < 3, abort: true, after: 16500ms}]\n",
	    NULL, NULL);

	(void)state;
	assert_int_equal(t.status, 1);
	assert_string_equal(
	    text(&t, "stopped"), "stopped at 17.0 s: phones.failed < 3 is broken: 5");
	town_done(&t);
}

/* By the server's own name, as at the end; a real run would count by protocol. */
static void
what_one_server_was_asked_can_stop_it(void **state)
{
	struct town t = rehearse("expect: [{that: server.kdc.requests < 6, abort: true},\n"
				 "  {that: server.exchange.requests < 1, abort: true}]\n",
	    NULL, NULL);

	(void)state;
	assert_int_equal(t.status, 1);
	assert_non_null(strstr(text(&t, "stopped"), ": server.kdc.requests < 6 is broken: "));
	assert_true(count(&t, "campus", "started") < 10);
	town_done(&t);
}

static void
one_that_holds_or_stops_nothing_lets_it_come_to_its_end(void **state)
{
	struct town t =
	    rehearse(SILENT "expect:\n  - {that: phones.failed <= 10, abort: true}\n"
			    "  - phones.failed < 3\n",
		NULL, NULL);

	(void)state;
	assert_int_equal(t.status, 1);
	assert_null(json_object_get(t.summary, "stopped"));
	assert_string_equal(text(&t, "why"), "1 of 2 expectations is broken");
	assert_int_equal(count(&t, "campus", "started"), 20);
	town_done(&t);
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
		cmocka_unit_test(each_group_walks_its_own_way_and_is_told_by_itself),
		cmocka_unit_test(another_number_of_phones_divides_in_the_same_shares),
		cmocka_unit_test(failures_are_those_of_their_group),
		cmocka_unit_test(the_trace_of_failures_is_of_whoever_failed),
		cmocka_unit_test(a_sample_is_spread_over_all_and_has_the_failures_besides),
		cmocka_unit_test(the_flag_wins_over_the_scenario),
		cmocka_unit_test(an_expectation_that_is_broken_stops_it_at_that_very_second),
		cmocka_unit_test(within_its_grace_it_goes_on),
		cmocka_unit_test(what_one_server_was_asked_can_stop_it),
		cmocka_unit_test(one_that_holds_or_stops_nothing_lets_it_come_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
