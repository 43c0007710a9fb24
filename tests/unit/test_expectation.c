/* test_expectation.c - comparisons as they are written: every subject, comparison and unit; and
 * each mistake with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "expectation.h"
#include "mem.h"

static int
read_list(const char *yaml, struct expectations *all, struct config_error *error)
{
	struct field_place at = { .file = "e.yaml", .error = error };
	struct tree t;
	int err;

	*error = (struct config_error){ "" };
	*all = (struct expectations){ .n = 0 };
	assert_int_equal(tree_parse(span_of(yaml), "e.yaml", &t, error), 0);
	err = expectations_read(&at, t.root, all);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
	return err;
}

static struct expectation
one(const char *text)
{
	struct expectations all;
	struct config_error error;
	char yaml[300];

	snprintf(yaml, sizeof yaml, "- %s\n", text);
	if (read_list(yaml, &all, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(all.n, 1);
	return all.item[0];
}

static void
assert_error(const char *yaml, const char *wanted)
{
	struct expectations all;
	struct config_error error;

	assert_int_equal(read_list(yaml, &all, &error), -EINVAL);
	assert_string_equal(error.text, wanted);
}

struct named {
	const char *name;
	enum expectation_subject subject;
	int figure;
	double share;
	const char *value; /* one that fits */
};

static void
every_subject_is_read_to_its_figure(void **state)
{
	static const struct named names[] = {
		{ "phones.planned", EXPECT_PHONES, EXPECT_PLANNED, 0, "1" },
		{ "phones.started", EXPECT_PHONES, EXPECT_STARTED, 0, "1" },
		{ "phones.finished", EXPECT_PHONES, EXPECT_FINISHED, 0, "1" },
		{ "phones.failed", EXPECT_PHONES, EXPECT_FAILED, 0, "1" },
		{ "phones.unfinished", EXPECT_PHONES, EXPECT_UNFINISHED, 0, "1" },
		{ "step.krb_login.attempts", EXPECT_STEP, EXPECT_ATTEMPTS, 0, "1" },
		{ "step.krb_login.done", EXPECT_STEP, EXPECT_STEP_DONE, 0, "1" },
		{ "step.krb_login.failed", EXPECT_STEP, EXPECT_STEP_FAILED, 0, "1" },
		{ "step.krb_login.skipped", EXPECT_STEP, EXPECT_SKIPPED, 0, "1" },
		{ "step.krb_login.retries", EXPECT_STEP, EXPECT_RETRIES, 0, "1" },
		{ "step.krb_login.p50", EXPECT_LATENCY, 0, 0.5, "1s" },
		{ "step.krb_login.p90", EXPECT_LATENCY, 0, 0.9, "1s" },
		{ "step.krb_login.p95", EXPECT_LATENCY, 0, 0.95, "1s" },
		{ "step.krb_login.p99", EXPECT_LATENCY, 0, 0.99, "1s" },
		{ "step.krb_login.p99.9", EXPECT_LATENCY, 0, 0.999, "1s" },
		{ "step.krb_login.max", EXPECT_LATENCY, 0, 1, "1s" },
		{ "boot.p50", EXPECT_BOOT, 0, 0.5, "1s" },
		{ "boot.p99.9", EXPECT_BOOT, 0, 0.999, "1s" },
		{ "boot.max", EXPECT_BOOT, 0, 1, "1s" },
		{ "server.kdc.requests", EXPECT_SERVER, EXPECT_REQUESTS, 0, "1" },
		{ "server.kdc.replies", EXPECT_SERVER, EXPECT_REPLIES, 0, "1" },
		{ "server.kdc.bytes_in", EXPECT_SERVER, EXPECT_BYTES_IN, 0, "1" },
		{ "server.kdc.bytes_out", EXPECT_SERVER, EXPECT_BYTES_OUT, 0, "1" },
		{ "wall", EXPECT_WALL, 0, 0, "1s" },
		{ "farm.cpu", EXPECT_CPU, 0, 0, "1s" },
		{ "bytes.firmware", EXPECT_FIRMWARE, 0, 0, "1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct named *n = &names[i];
		struct expectation e;
		char text[100];

		snprintf(text, sizeof text, "%s < %s", n->name, n->value);
		e = one(text);
		assert_string_equal(e.text, text);
		assert_int_equal(e.subject, n->subject);
		assert_int_equal(e.figure, n->figure);
		assert_float_equal(e.share, n->share, 1e-12);
	}
}

static void
names_of_others_are_kept_for_those_who_know_them(void **state)
{
	(void)state;
	assert_string_equal(one("step.no_such.done == 1").name, "no_such");
	assert_string_equal(one("server.oracle.requests == 1").name, "oracle");
	assert_string_equal(one("reason.tiredness == 1").name, "tiredness");
	assert_int_equal(one("reason.tiredness == 1").subject, EXPECT_REASON);
	assert_int_equal(one("guide.28 == 1").subject, EXPECT_GUIDE);
	assert_int_equal(one("guide.28 == 1").number, 28);
}

static void
a_detail_is_all_up_to_the_comparison(void **state)
{
	(void)state;
	assert_string_equal(one("detail.krb:24 == 0").name, "krb:24");
	assert_int_equal(one("detail.krb:24 == 0").subject, EXPECT_DETAIL);
	assert_string_equal(one("detail.sip:403/4004 == 0").name, "sip:403/4004");
	assert_string_equal(one("'detail.krb:24 KDC_ERR_PREAUTH_FAILED == 0'").name,
	    "krb:24 KDC_ERR_PREAUTH_FAILED");
	assert_string_equal(one("detail.a.b.c==0").name, "a.b.c");
}

static void
all_six_comparisons_are_there_with_blanks_or_without(void **state)
{
	static const char *const signs[] = { "==", "!=", "<", "<=", ">", ">=" };
	static const enum expectation_op ops[] = { EXPECT_EQ, EXPECT_NE, EXPECT_LT, EXPECT_LE,
		EXPECT_GT, EXPECT_GE };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		char text[80];

		snprintf(text, sizeof text, "wall %s 5s", signs[i]);
		assert_int_equal(one(text).op, ops[i]);
		snprintf(text, sizeof text, "wall%s5s", signs[i]);
		assert_int_equal(one(text).op, ops[i]);
		snprintf(text, sizeof text, "'  wall  %s  5s  '", signs[i]);
		assert_int_equal(one(text).op, ops[i]);
		assert_float_equal(one(text).value, 5, 1e-12);
	}
}

struct valued {
	const char *text;
	enum expectation_unit unit;
	double value;
};

static void
every_unit_is_read_to_its_base(void **state)
{
	static const struct valued values[] = {
		{ "phones.failed < 3", EXPECT_COUNT, 3 },
		{ "phones.failed < 0.5%", EXPECT_SHARE, 0.005 },
		{ "phones.failed < 5 %", EXPECT_SHARE, 0.05 },
		{ "wall < 250ms", EXPECT_SECONDS, 0.25 },
		{ "wall < 250 ms", EXPECT_SECONDS, 0.25 },
		{ "wall < 1.5s", EXPECT_SECONDS, 1.5 },
		{ "wall < 2m", EXPECT_SECONDS, 120 },
		{ "wall < 2h", EXPECT_SECONDS, 7200 },
		{ "step.x.done > 20/s", EXPECT_PER_SECOND, 20 },
		{ "server.kdc.requests > 20 /s", EXPECT_PER_SECOND, 20 },
		{ "bytes.firmware > 9", EXPECT_COUNT, 9 },
		{ "bytes.firmware > 9B", EXPECT_BYTES, 9 },
		{ "bytes.firmware > 9kB", EXPECT_BYTES, 9e3 },
		{ "bytes.firmware > 9MB", EXPECT_BYTES, 9e6 },
		{ "bytes.firmware > 9GB", EXPECT_BYTES, 9e9 },
		{ "bytes.firmware > 9B/s", EXPECT_BYTES_PER_SECOND, 9 },
		{ "bytes.firmware > 9kB/s", EXPECT_BYTES_PER_SECOND, 9e3 },
		{ "server.kdc.bytes_in > 9MB/s", EXPECT_BYTES_PER_SECOND, 9e6 },
		{ "server.kdc.bytes_out > 9GB/s", EXPECT_BYTES_PER_SECOND, 9e9 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct expectation e = one(values[i].text);

		if (e.unit != values[i].unit)
			fail_msg("%s: unit %d", values[i].text, (int)e.unit);
		assert_float_equal(e.value, values[i].value, 1e-9);
	}
}

static void
a_unit_must_fit_what_is_measured(void **state)
{
	static const char duration[] = "a duration (ms, s, m, h)";
	static const char rows[] = "a number, a share (%) of the rows, or a rate (/s)";
	static const char tries[] = "a number, or a share (%) of the tries";
	static const char phones[] = "a number, or a share (%) of the phones";
	static const char bytes[] = "bytes (kB, MB, GB) or bytes a second (MB/s)";
	const struct {
		const char *text, *measure;
		unsigned col;
	} bad[] = {
		{ "phones.failed < 3s", phones, 19 },
		{ "phones.failed < 3/s", phones, 19 },
		{ "guide.28 == 1MB", phones, 15 },
		{ "step.x.p99 < 800", duration, 16 },
		{ "step.x.p99 < 8%", duration, 16 },
		{ "step.x.done < 8ms", rows, 17 },
		{ "step.x.done < 8MB", rows, 17 },
		{ "boot.max < 8", duration, 14 },
		{ "reason.timeout < 8/s", tries, 20 },
		{ "detail.krb:24 < 8s", tries, 19 },
		{ "server.kdc.requests < 8%", "a number, or a rate (/s)", 25 },
		{ "server.kdc.requests < 8kB", "a number, or a rate (/s)", 25 },
		{ "server.kdc.bytes_in < 8/s", bytes, 25 },
		{ "bytes.firmware < 8%", bytes, 20 },
		{ "wall < 8", duration, 10 },
		{ "farm.cpu < 80%", duration, 14 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char yaml[100], wanted[200];

		snprintf(yaml, sizeof yaml, "- %s\n", bad[i].text);
		snprintf(wanted, sizeof wanted, "e.yaml:1:%u: this is measured as %s",
		    bad[i].col, bad[i].measure);
		assert_error(yaml, wanted);
	}
}

static void
a_wrong_word_is_named_at_its_place_with_what_is_near(void **state)
{
	(void)state;
	assert_error(
	    "- phnes.failed == 0", "e.yaml:1:3: unknown `phnes'; did you mean `phones'?");
	assert_error("- phones.finishd == 0",
	    "e.yaml:1:10: unknown `finishd'; did you mean `finished'?");
	assert_error("- step.krb_login.p98 < 1s", "e.yaml:1:18: unknown `p98'");
	assert_error("- step.krb_login.p99.99 < 1s",
	    "e.yaml:1:18: unknown `p99.99'; did you mean `p99.9'?");
	assert_error("- step.krb_login.retry == 0",
	    "e.yaml:1:18: unknown `retry'; did you mean `retries'?");
	assert_error("- server.kdc.request == 0",
	    "e.yaml:1:14: unknown `request'; did you mean `requests'?");
	assert_error("- farm.memory == 0", "e.yaml:1:8: unknown `memory'");
	assert_error(
	    "- bytes.software > 1", "e.yaml:1:9: unknown `software'; did you mean `firmware'?");
	assert_error("- boot.mean < 1s", "e.yaml:1:8: unknown `mean'");
	/* In quotes the text begins one column later. */
	assert_error("- 'phones.finishd == 0'",
	    "e.yaml:1:11: unknown `finishd'; did you mean `finished'?");
}

static void
a_name_with_too_little_or_too_much_is_shown_how(void **state)
{
	(void)state;
	assert_error("- phones == 1", "e.yaml:1:3: `phones' should be like `phones.finished'");
	assert_error("- step == 1", "e.yaml:1:3: `step' should be like `step.krb_login.p99'");
	assert_error("- step.krb_login == 1",
	    "e.yaml:1:3: `step.krb_login' should be like `step.krb_login.p99'");
	assert_error(
	    "- step..p99 < 1s", "e.yaml:1:3: `step..p99' should be like `step.krb_login.p99'");
	assert_error("- server.kdc == 1",
	    "e.yaml:1:3: `server.kdc' should be like `server.kdc.requests'");
	assert_error("- reason == 1", "e.yaml:1:3: `reason' should be like `reason.timeout'");
	assert_error("- detail == 1", "e.yaml:1:3: `detail' should be like `detail.krb:24'");
	assert_error("- wall.clock < 1s", "e.yaml:1:3: `wall.clock' should be like `wall'");
	assert_error("- boot < 1s", "e.yaml:1:3: `boot' should be like `boot.p99'");
	assert_error("- guide == 1", "e.yaml:1:3: `guide' should be like `guide.28'");
	assert_error("- guide.0 == 1", "e.yaml:1:9: the guide has the numbers 1 to 28");
	assert_error("- guide.29 == 1", "e.yaml:1:9: the guide has the numbers 1 to 28");
	assert_error("- guide.x == 1", "e.yaml:1:9: the guide has the numbers 1 to 28");
}

static void
without_a_comparison_or_a_number_it_says_which(void **state)
{
	(void)state;
	assert_error("- phones.failed",
	    "e.yaml:1:3: no comparison (==, !=, <, <=, > or >=) in `phones.failed'");
	assert_error(
	    "- phones.failed = 0", "e.yaml:1:17: `=' is no comparison: ==, !=, <, <=, > or >=");
	assert_error("- phones.failed =< 0",
	    "e.yaml:1:17: `=' is no comparison: ==, !=, <, <=, > or >=");
	assert_error(
	    "- phones.failed ! 0", "e.yaml:1:17: `!' is no comparison: ==, !=, <, <=, > or >=");
	assert_error("- '== 0'", "e.yaml:1:3: what is compared in `== 0'?");
	assert_error("- phones.failed ==", "e.yaml:1:19: a number is missing here");
	assert_error("- phones.failed == none", "e.yaml:1:20: a number is missing here");
	assert_error("- phones.failed === 0", "e.yaml:1:19: a number is missing here");
	assert_error("- phones.failed == -1", "e.yaml:1:20: a number is missing here");
	assert_error("- wall < 5 sec",
	    "e.yaml:1:12: unknown unit `sec': ms, s, m, h, %, /s, B, kB, MB, GB, MB/s");
	assert_error("- wall < 5s 6",
	    "e.yaml:1:11: unknown unit `s 6': ms, s, m, h, %, /s, B, kB, MB, GB, MB/s");
}

static void
what_is_no_text_is_no_expectation(void **state)
{
	static const char item[] =
	    "an expectation is a comparison such as step.krb_login.p99 < 800ms";
	char wanted[200], yaml[300];

	(void)state;
	snprintf(wanted, sizeof wanted, "e.yaml:1:3: %s", item);
	assert_error("- {a: b}", "e.yaml:1:4: unknown key `a'");
	assert_error("- [a]", wanted);
	assert_error("- ''", wanted);
	assert_error("- \"wall <\\n5s\"", wanted);
	assert_error("wall < 5s",
	    "e.yaml:1:1: `expect' must be a list, as in `- phones.finished == 100%'");
	assert_error("{wall: 5s}",
	    "e.yaml:1:1: `expect' must be a list, as in `- phones.finished == 100%'");
	snprintf(yaml, sizeof yaml, "- detail.%0120d == 0", 0);
	assert_error(yaml, "e.yaml:1:3: longer than 119 bytes");
	snprintf(yaml, sizeof yaml, "- detail.%064d == 0", 0);
	assert_error(yaml, "e.yaml:1:10: this name is too long");
}

static void
each_knows_its_line(void **state)
{
	struct expectations all;
	struct config_error error;

	(void)state;
	assert_int_equal(read_list("- wall < 5s\n-   phones.failed == 0\n", &all, &error), 0);
	assert_int_equal(all.n, 2);
	assert_int_equal(all.item[1].at.line, 2);
	assert_int_equal(all.item[1].at.col, 5);
	assert_int_equal(read_list("[]", &all, &error), 0);
	assert_int_equal(all.n, 0);
}

static void
different_details_are_watched_once_each_and_not_too_many(void **state)
{
	struct expectations all;
	const char *details[EXPECTATION_DETAILS_MAX + 1];
	struct config_error error;
	char yaml[2000] = "";
	size_t n = 0;

	(void)state;
	assert_int_equal(read_list("- detail.krb:24 == 0\n- wall < 5s\n- detail.tls:48 == 0\n"
				   "- detail.krb:24 < 1%\n",
			     &all, &error),
	    0);
	assert_int_equal(expectations_details(&all, details), 2);
	assert_string_equal(details[0], "krb:24");
	assert_string_equal(details[1], "tls:48");
	for (int i = 0; i < 16; i++)
		n += (size_t)snprintf(yaml + n, sizeof yaml - n, "- detail.sip:%d == 0\n", i);
	assert_int_equal(read_list(yaml, &all, &error), 0);
	assert_int_equal(expectations_details(&all, details), 16);
	snprintf(yaml + n, sizeof yaml - n, "- detail.krb:24 == 0\n");
	assert_error(yaml, "e.yaml:17:3: more than 16 different details");
}

static void
there_is_an_end_to_them(void **state)
{
	struct expectations all;
	char yaml[2000] = "";
	struct config_error error;

	(void)state;
	for (int i = 0; i < EXPECTATIONS_MAX; i++)
		strcat(yaml, "- wall < 5s\n");
	assert_int_equal(read_list(yaml, &all, &error), 0);
	strcat(yaml, "- wall < 5s\n");
	assert_error(yaml, "e.yaml:65:3: more than 64 expectations");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_subject_is_read_to_its_figure),
		cmocka_unit_test(names_of_others_are_kept_for_those_who_know_them),
		cmocka_unit_test(a_detail_is_all_up_to_the_comparison),
		cmocka_unit_test(all_six_comparisons_are_there_with_blanks_or_without),
		cmocka_unit_test(every_unit_is_read_to_its_base),
		cmocka_unit_test(a_unit_must_fit_what_is_measured),
		cmocka_unit_test(a_wrong_word_is_named_at_its_place_with_what_is_near),
		cmocka_unit_test(a_name_with_too_little_or_too_much_is_shown_how),
		cmocka_unit_test(without_a_comparison_or_a_number_it_says_which),
		cmocka_unit_test(what_is_no_text_is_no_expectation),
		cmocka_unit_test(each_knows_its_line),
		cmocka_unit_test(different_details_are_watched_once_each_and_not_too_many),
		cmocka_unit_test(there_is_an_end_to_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
