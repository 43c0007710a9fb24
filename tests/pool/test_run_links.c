/* test_run_links.c - phones with thin lines of their own, on real sockets against the embedded
 * pool and rehearsed: each row costs as much of the line in both. */
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
#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.48.1"

enum { PHONES = 10 };

/* The same phones, without a line of their own or with this one. */
#define OFFICE                                                                  \
	"title: office\nphones: 10\nprofile: cx700-1.0.522.101\nseed: 3\n"      \
	"arrival: [{steady: {rate: 5/s, for: 2s}}]\nuser: {types_for: 100ms}\n" \
	"journey: {until: cas_tls}\n"

static json_t *
summary_of(const char *yaml, const char *name, bool rehearsed)
{
	char path[200], dir[180];
	struct buf err = { 0 };
	int status;

	snprintf(dir, sizeof dir, "%s/%s", temp_folder(), name);
	snprintf(path, sizeof path, "%s", temp_file("office.yaml", yaml, strlen(yaml)));
	if (rehearsed)
		status = program_run("cx700farm",
		    (const char *[]){ "run", path, "--dry-run", "-q", "-o", dir, NULL }, NULL,
		    &err);
	else
		status = program_run_farm(
		    (const char *[]){ "run", path, EMBEDDED, "-o", dir, NULL }, NULL, &err);
	if (status != 0)
		fail_msg("%s: exit %d: %s", name, status, buf_cstr(&err));
	buf_done(&err);
	snprintf(path, sizeof path, "%s/summary.json", dir);
	return json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
}

static double
p50(const json_t *step)
{
	return json_number_value(json_object_get(json_object_get(step, "latency_ms"), "p50"));
}

/* What the line costs is the same in both; what the servers cost is not. */
static void
each_row_takes_what_the_line_costs_in_the_rehearsal(void **state)
{
	static const char far[] = OFFICE "link: {delay: 30ms, down: 4Mbit/s, up: 1Mbit/s}\n";
	json_t *near_sim = summary_of(OFFICE, "near", true);
	json_t *far_sim = summary_of(far, "far", true);
	json_t *far_real = summary_of(far, "real", false), *real;
	unsigned slower = 0;
	size_t i;

	(void)state;
	assert_non_null(near_sim);
	assert_non_null(far_sim);
	assert_non_null(far_real);
	json_array_foreach(json_object_get(far_real, "steps"), i, real)
	{
		const json_t *sim = json_array_get(json_object_get(far_sim, "steps"), i);
		const json_t *near = json_array_get(json_object_get(near_sim, "steps"), i);
		const char *name = json_string_value(json_object_get(real, "name"));
		double line_ms = p50(sim) - p50(near);

		assert_string_equal(name, json_string_value(json_object_get(sim, "name")));
		assert_int_equal(json_integer_value(json_object_get(real, "done")),
		    json_integer_value(json_object_get(sim, "done")));
		/* All but the person's typing. */
		if (line_ms < 1)
			continue;
		slower++;
		/* Whole round trips of 60 ms; percentiles are known to a few percent. */
		if (line_ms < 55 || p50(real) < 0.9 * line_ms)
			fail_msg("%s: %.1f ms of the line, %.1f ms in the real world", name,
			    line_ms, p50(real));
	}
	assert_in_range(slower, 18, 20);
	json_decref(near_sim);
	json_decref(far_sim);
	json_decref(far_real);
}

static json_int_t
counted(const json_t *summary, const char *group, const char *key)
{
	const json_t *map = json_object_get(json_object_get(summary, "groups"), group);

	assert_true(json_is_integer(json_object_get(map, key)));
	return json_integer_value(json_object_get(map, key));
}

/* Beside them the others are as fast as ever. */
static void
a_group_behind_a_dead_line_fails_and_the_others_do_not_notice(void **state)
{
	static const char yaml[] =
	    "title: street\nphones: 10\nuser: {types_for: 0s}\n"
	    "arrival: [{at_once: 5}]\n"
	    "journey: {until: ntp_sync, override: {dhcp_lease: {tries: 1, limit: 1s}}}\n"
	    "groups:\n"
	    "  - {name: fine, phones: 5}\n"
	    "  - {name: cut_off, phones: 5, link: {loss: 100%}}\n"
	    "expect: [group.fine.finished == 5, group.cut_off.failed == 5]\n";

	(void)state;
	for (int rehearsed = 0; rehearsed <= 1; rehearsed++) {
		json_t *s =
		    summary_of(yaml, rehearsed == 1 ? "dead" : "dead-real", rehearsed == 1);

		assert_non_null(s);
		assert_int_equal(counted(s, "fine", "finished"), PHONES / 2);
		assert_int_equal(counted(s, "cut_off", "failed"), PHONES / 2);
		json_decref(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_takes_what_the_line_costs_in_the_rehearsal),
		cmocka_unit_test(a_group_behind_a_dead_line_fails_and_the_others_do_not_notice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
