/* test_run_groups.c - two groups of phones against the embedded pool: what is left of each, and
 * a run that ends before its time because there is nothing more to learn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "temp_file.h"

/* An address of our own, so that another run on this machine does not matter. */
#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.47.1"

enum { BRANCH = 4, ALL = 12 };

struct left {
	json_t *summary;
	char trace[200], part[200];
};

/* Run it with so many accounts; its exit status, and what it left. */
static int
run_of(const char *yaml, const char *accounts, struct left *out)
{
	char path[200], dir[160];
	struct buf err = { 0 };
	int status;

	snprintf(dir, sizeof dir, "%s/out", temp_folder());
	snprintf(path, sizeof path, "%s", temp_file("g.yaml", yaml, strlen(yaml)));
	status = program_run_farm(
	    (const char *[]){ "run", path, EMBEDDED, accounts, "-o", dir, NULL }, NULL, &err);
	if (status > 1)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
	snprintf(path, sizeof path, "%s/summary.json", dir);
	out->summary = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(out->summary);
	snprintf(out->trace, sizeof out->trace, "%s/trace.jsonl", dir);
	snprintf(out->part, sizeof out->part, "%s/trace.jsonl.part", dir);
	return status;
}

static json_int_t
count(const struct left *l, const char *group, const char *key)
{
	json_t *map = json_object_get(json_object_get(l->summary, "groups"), group);

	assert_true(json_is_integer(json_object_get(map, key)));
	return json_integer_value(json_object_get(map, key));
}

/* Of how many phones there are lines, a bit each. */
static unsigned
traced(const struct left *l)
{
	unsigned phones = 0;
	char line[16384];
	FILE *f = fopen(l->trace, "r");

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		json_int_t phone = json_integer_value(json_object_get(row, "phone"));

		assert_non_null(row);
		assert_in_range(phone, 0, ALL - 1);
		phones |= 1u << phone;
		json_decref(row);
	}
	fclose(f);
	return phones;
}

static json_int_t
done(const struct left *l, const char *step)
{
	json_t *steps = json_object_get(l->summary, "steps"), *one;
	size_t i;

	json_array_foreach(
	    steps, i, one) if (strcmp(json_string_value(json_object_get(one, "name")), step) ==
	    0) return json_integer_value(json_object_get(one, "done"));
	fail_msg("no step %s", step);
	return 0;
}

static void
each_group_has_its_firmware_and_its_way(void **state)
{
	static const char yaml[] =
	    "title: town\nphones: 12\nuser: {types_for: 0s}\n"
	    "groups:\n"
	    "  - {name: branch, phones: 4, profile: cx700-1.0.522.101,\n"
	    "     arrival: [{rolling: {waves: 2, every: 1s, over: 100ms}}],\n"
	    "     journey: {until: krb_login}}\n"
	    "  - {name: campus, arrival: [{at_once: 8}], journey: {until: sip_provision}}\n"
	    "trace: 3\n"
	    "expect: [group.branch.finished == 4, group.campus.finished == 100%,\n"
	    "  group.campus.max < 1h]\n";
	struct left l;

	(void)state;
	assert_int_equal(run_of(yaml, "--pool-arg=--users=12", &l), 0);
	assert_int_equal(count(&l, "branch", "planned"), BRANCH);
	assert_int_equal(count(&l, "branch", "finished"), BRANCH);
	assert_int_equal(count(&l, "campus", "finished"), ALL - BRANCH);
	assert_int_equal(done(&l, "update_at_power_on"), BRANCH);
	assert_int_equal(done(&l, "krb_login"), ALL);
	assert_int_equal(done(&l, "sip_provision"), ALL - BRANCH);
	/* Phones 0, 4 and 8; nobody failed. */
	assert_int_equal(traced(&l), 1u << 0 | 1u << 4 | 1u << 8);
	assert_int_equal(access(l.part, F_OK), -1);
	json_decref(l.summary);
}

/* Four have no account.  The others would stay for a day. */
static void
an_expectation_that_is_broken_lets_the_phones_leave_at_once(void **state)
{
	static const char yaml[] =
	    "title: town\nphones: 12\nuser: {types_for: 0s}\n"
	    "arrival: [{at_once: 12}]\n"
	    "journey: {until: sip_provision, stay: 24h}\ntrace: failures\n"
	    "expect:\n  - {that: detail.krb:6 < 4, abort: true}\n";
	struct left l;
	const char *stopped;

	(void)state;
	assert_int_equal(run_of(yaml, "--pool-arg=--users=8", &l), 1);
	assert_string_equal(json_string_value(json_object_get(l.summary, "verdict")), "fail");
	stopped = json_string_value(json_object_get(l.summary, "stopped"));
	assert_non_null(stopped);
	assert_memory_equal(stopped, "stopped at ", 11);
	assert_non_null(strstr(stopped, " s: detail.krb:6 < 4 is broken: "));
	assert_string_equal(json_string_value(json_object_get(l.summary, "why")), stopped);
	assert_int_not_equal(traced(&l), 0);
	assert_null(json_object_get(l.summary, "groups"));
	json_decref(l.summary);
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
		cmocka_unit_test(each_group_has_its_firmware_and_its_way),
		cmocka_unit_test(an_expectation_that_is_broken_lets_the_phones_leave_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
