/* test_trace.c - a line of trace.jsonl, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "steps.h"
#include "trace.h"

static const struct identity id = {
	.index = 421,
	.mac = { 0x00, 0x04, 0xf2, 0x10, 0x01, 0xa5 },
};

static void
assert_line(const struct journey_row *row, const char *want)
{
	struct buf b = { 0 };
	json_t *parsed;

	trace_line(&b, &id, 1000000, row);
	assert_string_equal(buf_cstr(&b), want);
	parsed = json_loads(buf_cstr(&b), 0, NULL);
	assert_non_null(parsed);
	json_decref(parsed);
	buf_done(&b);
}

static void
a_row_of_the_guide_has_its_numbers_and_what_was_seen(void **state)
{
	struct seen seen = { 0 };
	const struct leg leg = { .first = 11, .last = 12, .step = &step_krb_login };
	struct journey_row row = {
		.leg = &leg,
		.final = true,
		.tries = 2,
		.verdict = STEP_FAIL,
		.why = WHY_AUTH,
		.detail = "krb:24 KDC_ERR_PREAUTH_FAILED",
		.started_us = 2532001,
		.ended_us = 4064001,
		.seen = &seen,
	};

	(void)state;
	seen_add_text(&seen, SEEN_KRB_MESSAGES, span_of("AS-REQ"));
	assert_line(&row,
	    "{\"phone\": 421, \"mac\": \"00:04:f2:10:01:a5\", \"t_ms\": 1532.001, "
	    "\"ms\": 1532.000, \"step\": \"krb_login\", \"guide\": [11, 12], \"try\": 2, "
	    "\"verdict\": \"fail\", \"why\": \"auth\", "
	    "\"detail\": \"krb:24 KDC_ERR_PREAUTH_FAILED\", "
	    "\"seen\": {\"krb_messages\": [\"AS-REQ\"]}}\n");
	seen_clear(&seen);
}

static void
a_row_without_number_or_reason_says_null(void **state)
{
	struct seen seen = { 0 };
	const struct leg leg = { .step = &step_user_enters };
	struct journey_row row = {
		.leg = &leg,
		.final = true,
		.verdict = STEP_SKIP,
		.detail = "known: \"USER\"",
		.started_us = 1000000,
		.ended_us = 1000000,
		.seen = &seen,
	};

	(void)state;
	assert_line(&row,
	    "{\"phone\": 421, \"mac\": \"00:04:f2:10:01:a5\", \"t_ms\": 0.000, "
	    "\"ms\": 0.000, \"step\": \"user_enters\", \"guide\": null, \"try\": 0, "
	    "\"verdict\": \"skip\", \"why\": null, \"detail\": \"known: \\\"USER\\\"\", "
	    "\"seen\": {}}\n");
}

static void
for_people_a_try_is_one_line(void **state)
{
	const struct leg login = { .first = 11, .last = 12, .step = &step_krb_login };
	const struct leg confirm = { .first = 28, .last = 28, .step = &step_update_confirm };
	const struct leg line = { .step = &step_sip_register };
	struct journey_row row = { .leg = &login,
		.tries = 2,
		.verdict = STEP_RETRY,
		.why = WHY_AUTH,
		.detail = "krb:24 KDC_ERR_PREAUTH_FAILED",
		.started_us = 2532001,
		.ended_us = 4064001 };
	struct buf b = { 0 };

	(void)state;
	trace_words(&b, &id, &row);
	assert_string_equal(buf_cstr(&b),
	    "phone=0421 guide=11-12 step=krb_login try=2 retry auth "
	    "krb:24 KDC_ERR_PREAUTH_FAILED 1532ms");
	buf_clear(&b);
	row = (struct journey_row){
		.leg = &confirm, .tries = 1, .verdict = STEP_DONE, .detail = ""
	};
	trace_words(&b, &id, &row);
	assert_string_equal(
	    buf_cstr(&b), "phone=0421 guide=28 step=update_confirm try=1 done 0ms");
	buf_clear(&b);
	row.leg = &line;
	trace_words(&b, &id, &row);
	assert_string_equal(buf_cstr(&b), "phone=0421 step=sip_register try=1 done 0ms");
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_of_the_guide_has_its_numbers_and_what_was_seen),
		cmocka_unit_test(a_row_without_number_or_reason_says_null),
		cmocka_unit_test(for_people_a_try_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
