/* test_html_ways.c - the phones whose ways report.html tells of, and how much of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "html.h"
#include "run_page.h"
#include "temp_file.h"

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* It went well. */
static void
went(struct run_folder *f, uint32_t phone, double t_ms, double ms, const char *step)
{
	run_folder_row(
	    f, phone, &(struct run_folder_row){ .t_ms = t_ms, .ms = ms, .step = step });
}

static json_t *
rows_of(json_t *data, const char *phone)
{
	return json_object_get(json_object_get(json_object_get(data, "ways"), phone), "rows");
}

static void
the_first_to_fail_have_their_ways_in_it_and_others_not(void **state)
{
	struct run_folder *f = run_folder_new("failed");
	json_t *data, *rows, *row;

	(void)state;
	went(f, 3, 0.04, 12.34, "dhcp_lease");
	went(f, 4, 0.5, 9, "dhcp_lease");
	run_folder_row(f, 3,
	    &(struct run_folder_row){ 20, 9000, "krb_login", .tries = 3, .verdict = "fail",
		.why = "timeout", .detail = "errno:ETIMEDOUT",
		.seen = "{\"spn\": \"krbtgt\"}" });
	run_folder_phone(f, 3, RF_LOGIN, RF_TIMEOUT, 9020);
	data = run_page_data_of(f);
	assert_null(rows_of(data, "4"));
	rows = rows_of(data, "3");
	assert_int_equal(2, json_array_size(rows));
	/* A row that went well has no `seen`. */
	row = json_array_get(rows, 0);
	assert_int_equal(7, json_array_size(row));
	assert_true(json_real_value(json_array_get(row, 0)) == 0);
	assert_true(json_real_value(json_array_get(row, 1)) == 12.3);
	assert_string_equal("dhcp_lease", json_string_value(json_array_get(row, 2)));
	assert_true(json_is_null(json_array_get(row, 5)));
	row = json_array_get(rows, 1);
	assert_int_equal(8, json_array_size(row));
	assert_int_equal(3, json_integer_value(json_array_get(row, 3)));
	assert_string_equal("fail", json_string_value(json_array_get(row, 4)));
	assert_string_equal("timeout", json_string_value(json_array_get(row, 5)));
	assert_string_equal(
	    "krbtgt", json_string_value(json_object_get(json_array_get(row, 7), "spn")));
	json_decref(data);
	run_folder_free(f);
}

static void
the_slowest_have_their_ways_in_it(void **state)
{
	struct run_folder *f = run_folder_new("slow");
	json_t *data;

	(void)state;
	f->phone[5] = (struct farm_phone){ .outcome = FARM_FINISHED, .boot_ms = 7000 };
	f->phone[6] = (struct farm_phone){ .outcome = FARM_FINISHED, .boot_ms = 9000 };
	run_folder_row(
	    f, 6, &(struct run_folder_row){ .ms = 9000, .step = "krb_login", .tries = 2 });
	went(f, 5, 0, 7000, "krb_login");
	data = run_page_data_of(f);
	assert_int_equal(1, json_array_size(rows_of(data, "5")));
	/* It took a second try: what was seen may tell why. */
	assert_int_equal(8, json_array_size(json_array_get(rows_of(data, "6"), 0)));
	json_decref(data);
	run_folder_free(f);
}

static void
of_a_long_way_the_beginning_and_the_end_are_told(void **state)
{
	enum { LONG = 500 };
	struct run_folder *f = run_folder_new("long");
	json_t *data, *rows;
	int left_out = 0;

	(void)state;
	for (unsigned i = 0; i < LONG; i++)
		went(f, 2, i, 0.5, "dhcp_renew");
	run_folder_phone(f, 2, RF_LOGIN, RF_AUTH, LONG);
	data = run_page_data_of(f);
	rows = rows_of(data, "2");
	assert_int_equal(HTML_ROWS, json_array_size(rows));
	assert_int_equal(
	    0, json_unpack(data, "{s:{s:{s:i}}}", "ways", "2", "left_out", &left_out));
	assert_int_equal(LONG - HTML_ROWS, left_out);
	assert_true(json_real_value(json_array_get(
			json_array_get(rows, HTML_ROWS / 3 - 1), 0)) == HTML_ROWS / 3 - 1);
	assert_true(json_real_value(json_array_get(json_array_get(rows, HTML_ROWS - 1), 0)) ==
	    LONG - 1);
	json_decref(data);
	run_folder_free(f);
}

static void
a_phone_that_was_not_traced_has_no_way(void **state)
{
	struct run_folder *f = run_folder_new("untraced");
	struct buf page = { 0 }, error = { 0 };
	struct run_dir *d;
	json_t *data;

	(void)state;
	run_folder_phone(f, 3, RF_LOGIN, RF_TIMEOUT, 9020);
	run_folder_write(f);
	run_folder_drop(f, "trace.jsonl");
	d = run_folder_open(f);
	assert_int_equal(0, html_make(d, &page, &error));
	data = run_page_data(&page);
	assert_int_equal(0, json_object_size(json_object_get(data, "ways")));
	json_decref(data);
	run_dir_free(d);
	buf_done(&page);
	buf_done(&error);
	run_folder_free(f);
}

static void
a_damaged_trace_is_told_in_a_line(void **state)
{
	struct run_folder *f = run_folder_new("damaged");
	struct buf page = { 0 }, error = { 0 };
	struct run_dir *d;

	(void)state;
	run_folder_phone(f, 3, RF_LOGIN, RF_TIMEOUT, 9020);
	run_folder_write(f);
	run_folder_put(f, "trace.jsonl", "{\"phone\": 3, \"mac\n");
	d = run_folder_open(f);
	assert_int_equal(-EBADMSG, html_make(d, &page, &error));
	assert_non_null(strstr(buf_cstr(&error), "trace.jsonl:1: damaged"));
	assert_null(strchr(buf_cstr(&error), '\n'));
	run_dir_free(d);
	buf_done(&page);
	buf_done(&error);
	run_folder_free(f);
}

/* A course of another hand: what is no number of a phone is passed over. */
static void
odd_outcomes_are_passed_over(void **state)
{
	struct run_folder *f = run_folder_new("odd");
	struct buf page = { 0 }, error = { 0 };
	struct run_dir *d;
	json_t *data;

	(void)state;
	went(f, 9, 0, 1, "dhcp_lease");
	run_folder_write(f);
	d = run_folder_open(f);
	json_object_set_new(d->course, "outcomes",
	    json_pack("{s:[{s:i}, {s:s}, i], s:[{s:[i, i, s, n]}, {}, s]}", "slowest", "phone",
		-1, "phone", "9", 3, "first_failed_by_reason", "phones", 9, 9, "9", "x"));
	assert_int_equal(0, html_make(d, &page, &error));
	data = run_page_data(&page);
	assert_int_equal(1, json_array_size(rows_of(data, "9")));
	json_decref(data);
	run_dir_free(d);
	buf_done(&page);
	buf_done(&error);
	run_folder_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    the_first_to_fail_have_their_ways_in_it_and_others_not, clean),
		cmocka_unit_test_teardown(the_slowest_have_their_ways_in_it, clean),
		cmocka_unit_test_teardown(
		    of_a_long_way_the_beginning_and_the_end_are_told, clean),
		cmocka_unit_test_teardown(a_phone_that_was_not_traced_has_no_way, clean),
		cmocka_unit_test_teardown(a_damaged_trace_is_told_in_a_line, clean),
		cmocka_unit_test_teardown(odd_outcomes_are_passed_over, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
