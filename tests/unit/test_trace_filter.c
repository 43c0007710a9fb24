/* test_trace_filter.c - whose lines of the trace are kept, and how the file comes about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "trace_filter.h"

enum { PHONES = 10 };

struct place {
	char dir[64], part[96], path[96];
	struct farm_phone phone[PHONES];
	struct trace_choice choice;
};

/* Phone 3 failed, 5 did not finish, 9 was not started; the others arrived. */
static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	strcpy(p->dir, "/tmp/cx700farm-test-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->part, sizeof p->part, "%s/trace.jsonl.part", p->dir);
	snprintf(p->path, sizeof p->path, "%s/trace.jsonl", p->dir);
	for (size_t i = 0; i < PHONES; i++)
		p->phone[i].outcome = FARM_FINISHED;
	p->phone[3].outcome = FARM_FAILED;
	p->phone[5].outcome = FARM_UNFINISHED;
	p->phone[9].outcome = FARM_NOT_STARTED;
	p->choice = (struct trace_choice){ .phones = PHONES, .phone = p->phone };
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	unlink(p->part);
	unlink(p->path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static void
put_part(const struct place *p, const char *text)
{
	FILE *f = fopen(p->part, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* The file is this, whole, and the part is gone. */
static void
assert_trace(const struct place *p, const char *text)
{
	size_t n = strlen(text);
	char *got = calloc(1, n + 2);
	FILE *f = fopen(p->path, "r");

	assert_non_null(f);
	assert_int_equal(fread(got, 1, n + 1, f), n);
	assert_string_equal(got, text);
	fclose(f);
	free(got);
	assert_int_equal(access(p->part, F_OK), -1);
}

static void
assert_kept(const struct place *p, const char *numbers)
{
	char kept[PHONES + 1] = "";

	for (uint32_t i = 0; i < PHONES; i++)
		if (trace_keeps(&p->choice, i))
			kept[strlen(kept)] = (char)('0' + i);
	assert_string_equal(kept, numbers);
}

/* ---- who ---- */

static void
all_are_kept_unless_something_else_is_asked_for(void **state)
{
	struct place *p = *state;

	assert_kept(p, "0123456789");
	p->choice.phone = NULL;
	assert_kept(p, "0123456789");
}

static void
of_the_failures_those_too_that_never_came_to_an_end(void **state)
{
	struct place *p = *state;

	p->choice.keep = SCENARIO_TRACE_FAILURES;
	assert_kept(p, "35");
	p->choice.sample = 4;
	assert_kept(p, "35");
}

static void
a_sample_is_spread_evenly_and_failures_come_on_top(void **state)
{
	struct place *p = *state;

	p->choice.keep = SCENARIO_TRACE_SAMPLE;
	p->choice.sample = 2;
	assert_kept(p, "035");
	p->choice.sample = 3;
	assert_kept(p, "0356");
	p->choice.sample = 5;
	assert_kept(p, "0234568");
	p->choice.sample = 0;
	assert_kept(p, "35");
}

static void
a_sample_of_more_than_there_are_is_all(void **state)
{
	struct place *p = *state;

	p->choice.keep = SCENARIO_TRACE_SAMPLE;
	p->choice.sample = PHONES;
	assert_kept(p, "0123456789");
	p->choice.sample = 4000000000;
	assert_kept(p, "0123456789");
}

/* Exactly so many, whatever the numbers. */
static void
a_sample_has_as_many_phones_as_were_asked_for(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < PHONES; i++)
		p->phone[i].outcome = FARM_FINISHED;
	p->choice.keep = SCENARIO_TRACE_SAMPLE;
	for (uint32_t phones = 1; phones <= PHONES; phones++) {
		p->choice.phones = phones;
		for (uint32_t n = 1; n <= phones; n++) {
			uint32_t kept = 0;

			p->choice.sample = n;
			for (uint32_t i = 0; i < phones; i++)
				kept += trace_keeps(&p->choice, i);
			assert_int_equal(kept, n);
		}
	}
}

/* ---- the file ---- */

static const char some[] = "{\"phone\": 3, \"step\": \"a\"}\n"
			   "{\"phone\": 4, \"step\": \"a\"}\n"
			   "{\"phone\": 5, \"step\": \"a\"}\n"
			   "{\"phone\": 3, \"step\": \"b\"}\n";

static void
the_whole_trace_is_only_renamed(void **state)
{
	struct place *p = *state;

	put_part(p, some);
	assert_int_equal(trace_filter(p->dir, &p->choice), 0);
	assert_trace(p, some);
}

static void
only_the_chosen_phones_lines_are_left_in_their_order(void **state)
{
	struct place *p = *state;

	p->choice.keep = SCENARIO_TRACE_FAILURES;
	put_part(p, some);
	assert_int_equal(trace_filter(p->dir, &p->choice), 0);
	assert_trace(p,
	    "{\"phone\": 3, \"step\": \"a\"}\n"
	    "{\"phone\": 5, \"step\": \"a\"}\n"
	    "{\"phone\": 3, \"step\": \"b\"}\n");
}

static void
nobody_failed_is_an_empty_trace(void **state)
{
	struct place *p = *state;

	p->choice.keep = SCENARIO_TRACE_FAILURES;
	put_part(p, "{\"phone\": 4}\n");
	assert_int_equal(trace_filter(p->dir, &p->choice), 0);
	assert_trace(p, "");
}

static void
a_line_that_is_nobodys_is_kept_and_one_that_breaks_off_is_not(void **state)
{
	struct place *p = *state;

	p->choice.keep = SCENARIO_TRACE_FAILURES;
	put_part(p, "note\n{\"phone\": x}\n{\"phone\": 77}\n\n{\"phone\": 3, \"st");
	assert_int_equal(trace_filter(p->dir, &p->choice), 0);
	assert_trace(p, "note\n{\"phone\": x}\n{\"phone\": 77}\n\n");
}

/* Longer than what is read and written at once, with lines across the seams. */
static void
a_long_trace_is_copied_line_by_line(void **state)
{
	enum { LINES = 20000 };
	struct place *p = *state;
	struct buf all = { 0 }, wanted = { 0 };

	p->choice.keep = SCENARIO_TRACE_FAILURES;
	for (int i = 0; i < LINES; i++) {
		struct buf *to[] = { &all, &wanted };

		for (int k = 0; k < (i % PHONES == 3 || i % PHONES == 5 ? 2 : 1); k++)
			buf_printf(to[k], "{\"phone\": %d, \"detail\": \"%0*d\"}\n", i % PHONES,
			    i % 97, i);
	}
	put_part(p, buf_cstr(&all));
	assert_int_equal(trace_filter(p->dir, &p->choice), 0);
	assert_true(wanted.n > 300000);
	assert_trace(p, buf_cstr(&wanted));
	buf_done(&all);
	buf_done(&wanted);
}

static void
without_a_part_there_is_no_trace(void **state)
{
	struct place *p = *state;

	assert_int_equal(trace_filter(p->dir, &p->choice), -ENOENT);
	p->choice.keep = SCENARIO_TRACE_FAILURES;
	assert_int_equal(trace_filter(p->dir, &p->choice), -ENOENT);
	assert_int_equal(trace_filter("/nowhere/at/all", &p->choice), -ENOENT);
	assert_int_equal(access(p->path, F_OK), -1);
}

static void
given_no_memory_the_part_stays_and_no_half_trace(void **state)
{
	struct place *p = *state;

	p->choice.keep = SCENARIO_TRACE_FAILURES;
	put_part(p, some);
	for (long n = 1; n <= 2; n++) {
		mem_fail_at(n);
		assert_int_equal(trace_filter(p->dir, &p->choice), -ENOMEM);
		mem_fail_at(0);
		assert_int_equal(access(p->path, F_OK), -1);
		assert_int_equal(access(p->part, F_OK), 0);
	}
}

static void
a_name_that_is_too_long_is_refused(void **state)
{
	struct place *p = *state;
	char endless[5000];

	memset(endless, 'a', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	assert_int_equal(trace_filter(endless, &p->choice), -ENAMETOOLONG);
}

#define TRACE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TRACE_TEST(all_are_kept_unless_something_else_is_asked_for),
		TRACE_TEST(of_the_failures_those_too_that_never_came_to_an_end),
		TRACE_TEST(a_sample_is_spread_evenly_and_failures_come_on_top),
		TRACE_TEST(a_sample_of_more_than_there_are_is_all),
		TRACE_TEST(a_sample_has_as_many_phones_as_were_asked_for),
		TRACE_TEST(the_whole_trace_is_only_renamed),
		TRACE_TEST(only_the_chosen_phones_lines_are_left_in_their_order),
		TRACE_TEST(nobody_failed_is_an_empty_trace),
		TRACE_TEST(a_line_that_is_nobodys_is_kept_and_one_that_breaks_off_is_not),
		TRACE_TEST(a_long_trace_is_copied_line_by_line),
		TRACE_TEST(without_a_part_there_is_no_trace),
		TRACE_TEST(given_no_memory_the_part_stays_and_no_half_trace),
		TRACE_TEST(a_name_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
