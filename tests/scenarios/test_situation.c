/* test_situation.c - what judges the situations of this folder, judged itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "situation.h"
#include "temp_file.h"

#define HEAD "title: A\nphones: 4\narrival: [{at_once: 4}]\njourney: {until: ntp_sync}\n"

static struct situation_end
run_of(const char *yaml)
{
	struct situation_end end;

	situation_run(temp_file("a.yaml", yaml, strlen(yaml)), NULL, &end);
	return end;
}

static void
given_all_that_is_expected_nothing_is_broken(void **state)
{
	struct situation_end end = run_of(HEAD "expect: [phones.finished == 4, wall < 1m]\n");
	struct buf broken = { 0 };

	(void)state;
	assert_int_equal(end.status, 0);
	assert_int_equal(situation_broken(end.summary, &broken), 0);
	assert_int_equal(broken.n, 0);
	situation_end_done(&end);
}

static void
what_is_broken_is_told_with_its_value(void **state)
{
	struct situation_end end =
	    run_of(HEAD "expect: [phones.finished == 4, phones.failed == 50%,\n"
			"  step.ca_fetch.p99 < 1s, server.ntp.requests == 3]\n");
	struct buf broken = { 0 };

	(void)state;
	assert_int_equal(end.status, 1);
	assert_int_equal(situation_broken(end.summary, &broken), 3);
	assert_string_equal(buf_cstr(&broken),
	    "  phones.failed == 50% was 0% (0 of 4)\n"
	    "  step.ca_fetch.p99 < 1s was no sample\n"
	    "  server.ntp.requests == 3 was 4\n");
	buf_done(&broken);
	situation_end_done(&end);
}

static void
given_a_bad_file_there_is_no_summary_but_a_word(void **state)
{
	struct situation_end end = run_of(HEAD "expekt: []\n");
	struct buf broken = { 0 };

	(void)state;
	assert_int_equal(end.status, 2);
	assert_null(end.summary);
	assert_int_equal(situation_broken(end.summary, &broken), 0);
	assert_non_null(strstr(buf_cstr(&end.err), "expekt"));
	situation_end_done(&end);
}

static void
more_arguments_are_passed_on(void **state)
{
	static const char yaml[] = HEAD "expect: [phones.finished == 7]\n";
	struct situation_end end;

	(void)state;
	situation_run(
	    temp_file("a.yaml", yaml, strlen(yaml)), (const char *[]){ "-n", "7", NULL }, &end);
	assert_int_equal(end.status, 0);
	situation_end_done(&end);
}

static void
a_block_goes_with_all_its_lines(void **state)
{
	static const char text[] =
	    "# why\nfaults_of: 1\nfaults:\n  - {a: 1}\n\n  - b\nexpect:\n"
	    "  - c\n";
	struct buf out = { 0 };

	(void)state;
	assert_true(situation_without(span_of(text), span_of("faults"), &out));
	assert_string_equal(buf_cstr(&out), "# why\nfaults_of: 1\nexpect:\n  - c\n");
	buf_clear(&out);
	assert_true(situation_without(span_of(text), span_of("expect"), &out));
	assert_string_equal(
	    buf_cstr(&out), "# why\nfaults_of: 1\nfaults:\n  - {a: 1}\n\n  - b\n");
	buf_clear(&out);
	assert_false(situation_without(span_of(text), span_of("servers"), &out));
	assert_string_equal(buf_cstr(&out), text);
	buf_done(&out);
}

static void
what_would_be_otherwise_is_found_by_number(void **state)
{
	const struct span text = span_of("# why\n# otherwise: servers: {a: 1}\n#otherwise: no\n"
					 "# otherwise: faults: []\ntitle: A\n");

	(void)state;
	assert_true(span_is(situation_otherwise(text, 0), "servers: {a: 1}"));
	assert_true(span_is(situation_otherwise(text, 1), "faults: []"));
	assert_int_equal(situation_otherwise(text, 2).n, 0);
}

static void
situations_come_sorted_with_their_texts(void **state)
{
	static struct situations all;

	(void)state;
	(void)temp_file("b.yaml", "two", 3);
	(void)temp_file("a.yaml", "one", 3);
	(void)temp_file("c.txt", "no", 2);
	situations_read(temp_folder(), &all);
	assert_int_equal(all.n, 2);
	assert_string_equal(buf_cstr(&all.one[0].text), "one");
	assert_string_equal(buf_cstr(&all.one[1].text), "two");
	situations_done(&all);
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
		cmocka_unit_test(given_all_that_is_expected_nothing_is_broken),
		cmocka_unit_test(what_is_broken_is_told_with_its_value),
		cmocka_unit_test(given_a_bad_file_there_is_no_summary_but_a_word),
		cmocka_unit_test(more_arguments_are_passed_on),
		cmocka_unit_test(a_block_goes_with_all_its_lines),
		cmocka_unit_test(what_would_be_otherwise_is_found_by_number),
		cmocka_unit_test_setup(situations_come_sorted_with_their_texts, clean),
	};

	return cmocka_run_group_tests_name("situation", tests, NULL, clean);
}
