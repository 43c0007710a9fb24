/* test_run_expect.c - runs against the embedded pool that are judged by what was expected. */
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
#define EMBEDDED "--pool-arg=--listen", "--pool-arg=127.0.9.1"
#define HEAD                                                                      \
	"title: A\nphones: 10\narrival: [{at_once: 10}]\nuser: {types_for: 0s}\n" \
	"journey: {until: krb_login}\n"

/* The exit status of this scenario, with accounts for so many; its summary, what it prints. */
static int
run_of(unsigned users, const char *tail, json_t **summary_out, struct buf *out)
{
	char yaml[1000], path[200], dir[160];
	struct buf err = { 0 };
	char accounts[40];
	int n = snprintf(yaml, sizeof yaml, HEAD "%s", tail), status;

	snprintf(accounts, sizeof accounts, "--pool-arg=--users=%u", users);
	snprintf(dir, sizeof dir, "%s/out", temp_folder());
	snprintf(path, sizeof path, "%s", temp_file("e.yaml", yaml, (size_t)n));
	status = program_run_farm(
	    (const char *[]){ "run", path, EMBEDDED, accounts, "-o", dir, NULL }, out, &err);
	if (status > 1)
		fail_msg("exit %d: %s", status, buf_cstr(&err));
	buf_done(&err);
	snprintf(path, sizeof path, "%s/summary.json", dir);
	*summary_out = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(*summary_out);
	return status;
}

static const char *
text(json_t *map, const char *key)
{
	return json_string_value(json_object_get(map, key));
}

static void
given_that_all_hold_it_is_a_pass_and_says_what_was_measured(void **state)
{
	json_t *summary, *list;
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(run_of(10,
			     "expect:\n  - phones.finished == 100%\n  - guide.12 == 10\n"
			     "  - step.krb_login.max < 10m\n  - server.kdc.requests >= 20\n"
			     "  - detail.krb:24 == 0\n  - reason.auth == 0%\n",
			     &summary, &out),
	    0);
	assert_string_equal(text(summary, "verdict"), "pass");
	list = json_object_get(summary, "expect");
	assert_int_equal(json_array_size(list), 6);
	for (size_t i = 0; i < 6; i++)
		assert_true(json_is_true(json_object_get(json_array_get(list, i), "pass")));
	assert_string_equal(text(json_array_get(list, 0), "value"), "100% (10 of 10)");
	assert_string_equal(text(json_array_get(list, 1), "value"), "10");
	assert_non_null(strstr(buf_cstr(&out),
	    "holds   phones.finished == 100%                  is 100% (10 of 10)\n"));
	/* As the server's log has it: an answer is the question and more. */
	list = json_object_get(json_object_get(summary, "servers"), "dns");
	assert_true(json_integer_value(json_object_get(list, "bytes_out")) >
	    json_integer_value(json_object_get(list, "bytes_in")));
	json_decref(summary);
	buf_done(&out);
}

static void
given_one_that_is_broken_it_is_a_fail_although_all_finished(void **state)
{
	json_t *summary, *list;
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(
	    run_of(10, "expect:\n  - phones.finished == 100%\n  - step.pool_tls.p99 < 1h\n",
		&summary, &out),
	    1);
	assert_string_equal(text(summary, "verdict"), "fail");
	assert_string_equal(text(summary, "why"), "1 of 2 expectations is broken");
	list = json_object_get(summary, "expect");
	assert_true(json_is_true(json_object_get(json_array_get(list, 0), "pass")));
	assert_true(json_is_false(json_object_get(json_array_get(list, 1), "pass")));
	assert_string_equal(text(json_array_get(list, 1), "value"), "no sample");
	assert_non_null(strstr(buf_cstr(&out), "broken  step.pool_tls.p99 < 1h"));
	json_decref(summary);
	buf_done(&out);
}

static void
given_failures_that_were_expected_it_is_a_pass(void **state)
{
	json_t *summary;
	struct buf out = { 0 };

	(void)state;
	/* The pool has accounts for six: phones 6 to 9 are unknown to the KDC. */
	assert_int_equal(run_of(6,
			     "expect:\n  - phones.finished == 6\n  - phones.failed == 40%\n"
			     "  - detail.krb:6 == 4\n  - detail.krb:24 == 0\n"
			     "  - reason.auth == 4\n  - step.krb_login.failed == 40%\n",
			     &summary, &out),
	    0);
	assert_string_equal(text(summary, "verdict"), "pass");
	json_decref(summary);
	buf_clear(&out);
	assert_int_equal(run_of(6, "", &summary, &out), 1);
	assert_string_equal(text(summary, "why"), "4 of 10 phones failed, 0 did not finish");
	assert_int_equal(json_array_size(json_object_get(summary, "expect")), 0);
	json_decref(summary);
	buf_done(&out);
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
		cmocka_unit_test(given_that_all_hold_it_is_a_pass_and_says_what_was_measured),
		cmocka_unit_test(given_one_that_is_broken_it_is_a_fail_although_all_finished),
		cmocka_unit_test(given_failures_that_were_expected_it_is_a_pass),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
