/* test_report_text.c - how report.html writes numbers, times and sizes: always with their unit,
 * three figures at most, never rounded to what they are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "report_page.h"
#include "run_page.h"
#include "summary.h"
#include "temp_file.h"

struct written {
	const char *call, *words;
};

static const struct written times[] = {
	{ "ms(null)", "–" },
	{ "ms(0)", "0 ms" },
	{ "ms(0.0004)", "0 ms" },
	{ "ms(0.042)", "0.042 ms" },
	{ "ms(0.4234)", "0.42 ms" },
	{ "ms(5)", "5 ms" },
	{ "ms(9.996)", "10 ms" },
	{ "ms(99.96)", "100 ms" },
	{ "ms(812.4)", "812 ms" },
	{ "ms(999.4)", "999 ms" },
	{ "ms(999.6)", "1 s" },
	{ "ms(1530)", "1.53 s" },
	{ "ms(59949)", "59.9 s" },
	{ "ms(59960)", "1 min 00 s" },
	{ "ms(142606.3)", "2 min 23 s" },
	{ "ms(3599400)", "59 min 59 s" },
	{ "ms(3599600)", "1 h 00 min" },
	{ "ms(90180000)", "25 h 03 min" },
	{ "s(1.5)", "1.5 s" },
	{ "s(null)", "–" },
};

static const struct written ticks[] = {
	{ "tick(0, 60)", "0" },
	{ "tick(0.2, 1)", "200 ms" },
	{ "tick(30, 60)", "30 s" },
	{ "tick(90, 110)", "90 s" },
	{ "tick(30, 300)", "0.5 min" },
	{ "tick(90, 300)", "1.5 min" },
	{ "tick(3600, 7100)", "60 min" },
	{ "tick(1800, 90000)", "0.5 h" },
	{ "tick(21600, 90000)", "6 h" },
};

static const struct written numbers[] = {
	{ "count(null)", "–" },
	{ "count(0)", "0" },
	{ "count(5000)", "5,000" },
	{ "count(1234567)", "1,234,567" },
	{ "figures(0.05)", "0.05" },
	{ "figures(12345.6)", "12,346" },
	{ "bytes(null)", "–" },
	{ "bytes(0)", "0 B" },
	{ "bytes(999)", "999 B" },
	{ "bytes(1500)", "1.5 kB" },
	{ "bytes(999499)", "999 kB" },
	{ "bytes(999500)", "1 MB" },
	{ "bytes(8310000000)", "8.31 GB" },
	{ "bytes(2e15)", "2,000 TB" },
};

static const struct written shares[] = {
	{ "share(0, 10)", "0 %" },
	{ "share(10, 10)", "100 %" },
	{ "share(1, 3)", "33.3 %" },
	{ "share(99999, 100000)", ">99.9 %" },
	{ "share(1, 100000)", "<0.1 %" },
	{ "share(0, 0)", "–" },
};

static const struct written words[] = {
	{ "many(1, 'phone')", "1 phone" },
	{ "many(0, 'phone')", "0 phones" },
	{ "many(5000, 'try', 'tries')", "5,000 tries" },
	{ "list([])", "" },
	{ "list(['a'])", "a" },
	{ "list(['a', 'b'])", "a and b" },
	{ "list(['a', 'b', 'c'])", "a, b and c" },
	{ "shell('run')", "run" },
	{ "shell('')", "''" },
	{ "shell('a b')", "'a b'" },
	{ "shell('--pool-arg=127.0.0.1')", "--pool-arg=127.0.0.1" },
	{ "shell(\"it's\")", "'it'\\''s'" },
	{ "shell('$(x)')", "'$(x)'" },
};

static int
make_page(void **state)
{
	struct run_folder *f = run_folder_new("text");
	struct buf page = run_page(f);

	(void)state;
	assert_int_equal(0, summary_write(f->path, "report.html", buf_bytes(&page)));
	buf_done(&page);
	run_folder_free(f);
	return 0;
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

static void
writes(void **state, const struct written *w, size_t n)
{
	struct browser *b = report_page_open(state, "text")->browser;

	for (size_t i = 0; i < n; i++) {
		char script[160], said[64];

		(void)snprintf(
		    script, sizeof script, "text.%s.replaceAll(text.gap, ' ')", w[i].call);
		browser_text(b, script, said, sizeof said);
		if (strcmp(said, w[i].words) != 0)
			fail_msg("text.%s: \"%s\", not \"%s\"", w[i].call, said, w[i].words);
	}
}

#define WRITES(all) writes(state, all, sizeof all / sizeof *all)

static void
times_have_the_unit_that_fits(void **state)
{
	WRITES(times);
}

static void
an_axis_has_one_unit(void **state)
{
	WRITES(ticks);
}

static void
numbers_have_three_figures_or_commas(void **state)
{
	WRITES(numbers);
}

static void
a_share_is_not_rounded_to_all_or_none(void **state)
{
	WRITES(shares);
}

static void
words_are_joined_as_people_do(void **state)
{
	WRITES(words);
}

/* A number and its unit stay on one line. */
static void
the_gap_before_a_unit_does_not_break(void **state)
{
	struct browser *b = report_page_open(state, "text")->browser;

	assert_true(browser_true(b, "text.ms(142606) === '2\\u00a0min\\u00a023\\u00a0s'"));
	assert_true(browser_true(b, "text.bytes(1500) === '1.5\\u00a0kB'"));
	assert_true(browser_true(b, "text.share(1, 2) === '50\\u00a0%'"));
}

int
main(void)
{
#define WRITTEN(test) \
	cmocka_unit_test_setup_teardown(test, report_page_setup, report_page_teardown)
	const struct CMUnitTest tests[] = {
		WRITTEN(times_have_the_unit_that_fits),
		WRITTEN(an_axis_has_one_unit),
		WRITTEN(numbers_have_three_figures_or_commas),
		WRITTEN(a_share_is_not_rounded_to_all_or_none),
		WRITTEN(words_are_joined_as_people_do),
		WRITTEN(the_gap_before_a_unit_does_not_break),
	};

	return cmocka_run_group_tests(tests, make_page, clean);
}
