/* test_expectation_abort.c - expectations that stop a run, those of groups and of the farm
 * itself, and the pattern by which an editor knows a comparison. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <regex.h>
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
one(const char *item)
{
	struct expectations all;
	struct config_error error;
	char yaml[300];

	snprintf(yaml, sizeof yaml, "- %s\n", item);
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

/* ---- what is new to measure ------------------------------------------------- */

struct named {
	const char *text;
	enum expectation_subject subject;
	int figure;
	double share;
	const char *name;
};

static void
groups_and_the_farm_itself_are_measured(void **state)
{
	static const struct named names[] = {
		{ "group.branch.started == 3", EXPECT_GROUP, EXPECT_STARTED, 0, "branch" },
		{ "group.branch.finished == 100%", EXPECT_GROUP, EXPECT_FINISHED, 0, "branch" },
		{ "group.floor-2.failed == 0", EXPECT_GROUP, EXPECT_FAILED, 0, "floor-2" },
		{ "group.b_1.unfinished < 5%", EXPECT_GROUP, EXPECT_UNFINISHED, 0, "b_1" },
		{ "group.branch.p50 < 9s", EXPECT_GROUP_BOOT, 0, 0.5, "branch" },
		{ "group.branch.p99.9 < 9s", EXPECT_GROUP_BOOT, 0, 0.999, "branch" },
		{ "group.branch.max < 9s", EXPECT_GROUP_BOOT, 0, 1, "branch" },
		{ "farm.rss < 2GB", EXPECT_RSS, 0, 0, "" },
		{ "farm.loop_lag.p99 < 100ms", EXPECT_LOOP_LAG, 0, 0.99, "" },
		{ "farm.start_lag.p50 < 10ms", EXPECT_START_LAG, 0, 0.5, "" },
		{ "farm.start_lag.p99.9 < 10ms", EXPECT_START_LAG, 0, 0.999, "" },
		{ "farm.start_lag.max < 1s", EXPECT_START_LAG, 0, 1, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct expectation e = one(names[i].text);

		assert_int_equal(e.subject, names[i].subject);
		assert_int_equal(e.figure, names[i].figure);
		assert_float_equal(e.share, names[i].share, 1e-12);
		assert_string_equal(e.name, names[i].name);
		assert_false(e.abort);
	}
}

static void
their_units_and_words_are_checked(void **state)
{
	(void)state;
	assert_error("- group.branch == 1",
	    "e.yaml:1:3: `group.branch' should be like `group.branch.finished'");
	assert_error("- group..p99 < 1s",
	    "e.yaml:1:3: `group..p99' should be like `group.branch.finished'");
	assert_error("- group.branch.finishd == 1",
	    "e.yaml:1:16: unknown `finishd'; did you mean `finished'?");
	assert_error("- group.branch.planned == 1", "e.yaml:1:16: unknown `planned'");
	assert_error("- group.branch.p99 < 5%",
	    "e.yaml:1:22: this is measured as a duration (ms, s, m, h)");
	assert_error("- group.branch.failed < 5s",
	    "e.yaml:1:25: this is measured as a number, or a share (%) of the group's phones");
	assert_error("- farm.rss < 1s", "e.yaml:1:14: this is measured as bytes (kB, MB, GB)");
	assert_error(
	    "- farm.rss < 1MB/s", "e.yaml:1:14: this is measured as bytes (kB, MB, GB)");
	assert_error("- farm.loop_lag.max < 1s",
	    "e.yaml:1:8: unknown `loop_lag.max'; did you mean `loop_lag.p99'?");
	assert_error("- farm.start_lag < 1s",
	    "e.yaml:1:8: unknown `start_lag'; did you mean `start_lag.p50'?");
}

/* ---- a map ----------------------------------------------------------------- */

static void
a_map_says_when_a_run_is_stopped(void **state)
{
	struct expectation e =
	    one("{that: step.krb_login.p99 < 800ms, after: 30s, abort: true}");

	(void)state;
	assert_string_equal(e.text, "step.krb_login.p99 < 800ms");
	assert_true(e.abort);
	assert_int_equal(e.after_us, 30000000);
	assert_int_equal(e.at.col, 10);
	e = one("{that: phones.failed == 0, abort: true}");
	assert_true(e.abort);
	assert_int_equal(e.after_us, 0);
	/* As good as the text alone. */
	e = one("{that: phones.finished == 100%}");
	assert_false(e.abort);
	assert_int_equal(e.unit, EXPECT_SHARE);
	assert_float_equal(e.value, 1, 1e-12);
}

static void
a_map_with_a_mistake_is_refused_at_its_place(void **state)
{
	(void)state;
	assert_error("- {abort: true}", "e.yaml:1:3: `that' is missing: the comparison");
	assert_error("- {that: wall < 5s, abrt: true}",
	    "e.yaml:1:21: unknown key `abrt'; did you mean `abort'?");
	assert_error("- {that: wall < 5s, abort: yes}",
	    "e.yaml:1:28: `abort' must be true or false, not `yes'");
	assert_error("- {that: [wall < 5s]}",
	    "e.yaml:1:10: an expectation is a comparison such "
	    "as step.krb_login.p99 < 800ms");
	assert_error("- {that: wal < 5s, abort: true}",
	    "e.yaml:1:10: unknown `wal'; did you mean `wall'?");
	assert_error("- {that: wall < 5s, after: 3, abort: true}",
	    "e.yaml:1:28: `after' must be a duration such as 250ms, 20s, 5m, 24h, not `3'");
	assert_error("- {that: wall < 5s, after: 3s}",
	    "e.yaml:1:28: `after' goes with `abort: true': without, it is judged at the end");
	assert_error("- {that: wall < 5s, after: 3s, abort: false}",
	    "e.yaml:1:28: `after' goes with `abort: true': without, it is judged at the end");
}

static void
nothing_that_is_broken_until_the_end_stops_a_run(void **state)
{
	static const char *const never[] = { "phones.finished == 100%", "phones.finished >= 3",
		"phones.started > 0", "phones.failed == 1", "phones.failed != 0",
		"phones.unfinished < 3", "phones.unfinished == 0", "group.a.finished >= 50%",
		"group.a.unfinished == 0", "group.a.max > 1s", "step.x.done > 3",
		"step.x.done == 3", "reason.timeout > 3", "detail.krb:24 == 2",
		"guide.28 >= 99%", "server.kdc.requests > 5", "server.kdc.bytes_in > 5MB",
		"wall > 5s", "farm.cpu > 1s", "bytes.firmware > 1MB", "boot.max > 1s",
		"step.x.max >= 1s", "farm.start_lag.max > 1s" };

	(void)state;
	for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
		char yaml[200], wanted[200];

		snprintf(yaml, sizeof yaml, "- {abort: true, that: '%s'}", never[i]);
		snprintf(wanted, sizeof wanted,
		    "e.yaml:1:11: `%s' is broken until the end: no run can be stopped for it",
		    never[i]);
		assert_error(yaml, wanted);
	}
}

static void
what_can_break_before_the_end_stops_it(void **state)
{
	static const char *const can[] = { "phones.failed == 0", "phones.failed < 3",
		"phones.failed <= 1%", "group.a.failed == 0%", "step.x.failed < 3",
		"step.x.failed < 5%", "step.x.done > 90%", "step.x.done > 3/s",
		"reason.timeout < 1%", "reason.timeout == 0", "detail.krb:24 == 0",
		"guide.28 < 3", "server.kdc.requests < 100/s", "server.kdc.requests > 1/s",
		"wall < 5m", "farm.cpu < 1h", "farm.rss < 2GB", "farm.rss > 1MB",
		"boot.p99 < 5s", "boot.p50 > 5s", "group.a.p99 < 5s",
		"farm.loop_lag.p99 < 100ms", "farm.start_lag.p99 < 100ms",
		"bytes.firmware > 1MB/s", "step.x.max < 5s" };

	(void)state;
	for (size_t i = 0; i < sizeof can / sizeof *can; i++) {
		char item[200];

		snprintf(item, sizeof item, "{that: '%s', abort: true}", can[i]);
		assert_true(one(item).abort);
	}
}

/* ---- the pattern ------------------------------------------------------------ */

static bool
matches(const regex_t *pattern, const char *text)
{
	return regexec(pattern, text, 0, NULL, 0) == 0;
}

/* Every name of the manual with every unit: the pattern and the reader agree on each. */
static void
the_pattern_takes_what_the_reader_takes(void **state)
{
	static const char *const names[] = { "phones.planned", "phones.started",
		"phones.finished", "phones.failed", "phones.unfinished", "phones.finishd",
		"phones", "step.krb_login.attempts", "step.krb_login.done",
		"step.krb_login.failed", "step.krb_login.skipped", "step.krb_login.retries",
		"step.krb_login.p50", "step.krb_login.p99", "step.krb_login.p99.9",
		"step.krb_login.max", "step.krb_login.p98", "step.krb_login", "step..p99",
		"boot.p50", "boot.p90", "boot.p95", "boot.max", "boot", "boot.mean",
		"group.branch.started", "group.branch.finished", "group.branch.planned",
		"group.branch.p99", "group.branch", "reason.timeout", "reason", "detail.krb:24",
		"detail.a b.c", "guide.1", "guide.9", "guide.10", "guide.19", "guide.20",
		"guide.28", "guide.0", "guide.29", "guide.30", "guide.x", "guide",
		"server.kdc.requests", "server.kdc.replies", "server.kdc.bytes_in",
		"server.kdc.bytes_out", "server.kdc.request", "wall", "wall.clock", "farm.cpu",
		"farm.rss", "farm.loop_lag.p99", "farm.loop_lag.p50", "farm.start_lag.p50",
		"farm.start_lag.p99.9", "farm.start_lag", "bytes.firmware", "bytes.software",
		"tea.p99" };
	static const char *const values[] = { "5", "5%", " 5 %", "5ms", "5s", "0.5m", "5h",
		"5 /s", "5B", "5kB", "5 MB", ".5GB", "5.B/s", "5kB/s", "5MB/s", "5GB/s", "5sec",
		"s", "", "-5", "5,5", "5KB", "=5", "1.2.3" };
	regex_t pattern;
	size_t taken = 0;

	(void)state;
	assert_int_equal(
	    regcomp(&pattern, expectation_fields[0].pattern, REG_EXTENDED | REG_NOSUB), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
			struct expectations all;
			struct config_error error;
			char text[100], yaml[120];
			bool read;

			snprintf(text, sizeof text, "%s <%s", names[i], values[k]);
			snprintf(yaml, sizeof yaml, "- '%s'", text);
			read = read_list(yaml, &all, &error) == 0;
			taken += read;
			if (read != matches(&pattern, text))
				fail_msg("`%s' is %s", text, read ? "read" : "not read");
		}
	/* It did not agree on nothing. */
	assert_in_range(taken, 100, 1000);
	regfree(&pattern);
}

static void
the_pattern_takes_all_comparisons_and_no_other(void **state)
{
	static const char *const signs[] = { "==", "!=", "<", "<=", ">", ">=", "=", "=<", "!",
		"===", "<>", "" };
	regex_t pattern;

	(void)state;
	assert_int_equal(
	    regcomp(&pattern, expectation_fields[0].pattern, REG_EXTENDED | REG_NOSUB), 0);
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		char text[40];

		snprintf(text, sizeof text, "wall%s5s", signs[i]);
		assert_int_equal(matches(&pattern, text), i < 6);
		snprintf(text, sizeof text, "  wall  %s  5 s  ", signs[i]);
		assert_int_equal(matches(&pattern, text), i < 6);
	}
	regfree(&pattern);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_and_the_farm_itself_are_measured),
		cmocka_unit_test(their_units_and_words_are_checked),
		cmocka_unit_test(a_map_says_when_a_run_is_stopped),
		cmocka_unit_test(a_map_with_a_mistake_is_refused_at_its_place),
		cmocka_unit_test(nothing_that_is_broken_until_the_end_stops_a_run),
		cmocka_unit_test(what_can_break_before_the_end_stops_it),
		cmocka_unit_test(the_pattern_takes_what_the_reader_takes),
		cmocka_unit_test(the_pattern_takes_all_comparisons_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
