/* test_html.c - report.html as a file: what is in it, and that nothing in the run's words can
 * become markup.  How it looks and works is looked at in a browser: tests/pool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bottleneck.h"
#include "data_file.h"
#include "html.h"
#include "mem.h"
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

static size_t
times(const char *text, const char *what)
{
	size_t n = 0;

	for (text = strstr(text, what); text != NULL; text = strstr(text + 1, what))
		n++;
	return n;
}

/* ---- the page ---- */

static void
it_is_one_whole_page(void **state)
{
	struct run_folder *f = run_folder_new("whole");
	struct buf page = run_page(f);
	const char *text = buf_cstr(&page);

	(void)state;
	assert_int_equal(strncmp(text, "<!DOCTYPE html>", 15), 0);
	assert_string_equal(text + page.n - 8, "</html>\n");
	assert_non_null(strstr(text, "<title>Power restored - pass</title>"));
	/* Each part is there, and no place is left over. */
	assert_null(strstr(text, "{{report"));
	assert_non_null(strstr(text, "d3={version:"));
	assert_non_null(strstr(text, "report_main.js"));
	assert_non_null(strstr(text, "report.css"));
	buf_done(&page);
	run_folder_free(f);
}

static void
it_asks_nobody_for_anything(void **state)
{
	struct run_folder *f = run_folder_new("alone");
	struct buf page = run_page(f);
	const char *text = buf_cstr(&page);

	(void)state;
	assert_non_null(strstr(text, "content=\"default-src 'none'; "));
	assert_null(strstr(text, "src=\"http"));
	assert_null(strstr(text, "href=\"http"));
	assert_null(strstr(text, "@import"));
	assert_null(strstr(text, "<link rel=\"stylesheet\""));
	buf_done(&page);
	run_folder_free(f);
}

static void
every_part_of_the_page_is_used_by_its_template(void **state)
{
	const char *template = NULL;

	(void)state;
	for (size_t i = 0; i < page_files_count; i++)
		if (strcmp(page_files[i].name, "report.html") == 0)
			template = (const char *)page_files[i].bytes;
	assert_non_null(template);
	for (size_t i = 0; i < page_files_count; i++) {
		const char *name = page_files[i].name;
		char place[64];

		if (strncmp(name, "report", 6) != 0 || strcmp(name, "report.html") == 0)
			continue;
		(void)snprintf(place, sizeof place, "{{%.50s}}", name);
		if (strstr(template, place) == NULL)
			fail_msg("%s is not in the template", name);
	}
}

static void
the_same_folder_gives_the_same_page(void **state)
{
	struct run_folder *f = run_folder_new("twice");
	struct buf one, two;

	(void)state;
	went(f, 3, 1, 2, "krb_login");
	run_folder_phone(f, 3, RF_LOGIN, RF_TIMEOUT, 9000);
	one = run_page(f);
	two = run_page(f);
	assert_int_equal(one.n, two.n);
	assert_memory_equal(one.p, two.p, one.n);
	buf_done(&one);
	buf_done(&two);
	run_folder_free(f);
}

/* ---- words that want to be markup ---- */

static void
a_title_cannot_end_the_data(void **state)
{
	static const char title[] = "</script><script>alert(1)</script><!-- & \"x\"";
	struct run_folder *plain = run_folder_new("plain"), *bad = run_folder_new("bad");
	struct buf a = run_page(plain), b;
	json_t *data;

	(void)state;
	bad->run.title = title;
	b = run_page(bad);
	assert_int_equal(times(buf_cstr(&a), "<script"), times(buf_cstr(&b), "<script"));
	assert_int_equal(times(buf_cstr(&a), "</script"), times(buf_cstr(&b), "</script"));
	assert_int_equal(times(buf_cstr(&a), "<!--"), times(buf_cstr(&b), "<!--"));
	assert_non_null(strstr(buf_cstr(&b), "<title>&lt;/script&gt;"));
	data = run_page_data(&b);
	assert_string_equal(title,
	    json_string_value(json_object_get(json_object_get(data, "summary"), "title")));
	json_decref(data);
	buf_done(&a);
	buf_done(&b);
	run_folder_free(plain);
	run_folder_free(bad);
}

static void
a_word_of_a_server_cannot_end_the_data(void **state)
{
	struct run_folder *f = run_folder_new("detail");
	struct buf page;
	json_t *data, *row;

	(void)state;
	run_folder_row(f, 3,
	    &(struct run_folder_row){ 0, 9, "krb_login", .verdict = "fail", .why = "auth",
		.detail = "sip:403 </script><img src=x onerror=alert(1)>" });
	run_folder_phone(f, 3, RF_LOGIN, RF_AUTH, 9);
	page = run_page(f);
	assert_null(strstr(buf_cstr(&page), "<img"));
	data = run_page_data(&page);
	assert_int_equal(0, json_unpack(data, "{s:{s:{s:[o]}}}", "ways", "3", "rows", &row));
	assert_string_equal("sip:403 </script><img src=x onerror=alert(1)>",
	    json_string_value(json_array_get(row, 6)));
	json_decref(data);
	buf_done(&page);
	run_folder_free(f);
}

static void
the_data_are_ascii_with_line_separators_escaped(void **state)
{
	struct run_folder *f = run_folder_new("separators");
	struct buf page;
	const char *data, *end;

	(void)state;
	f->run.title = "Z\xc3\xbcrich\xe2\x80\xa8 \xe2\x80\xa9 2";
	page = run_page(f);
	data = strstr(buf_cstr(&page), PAGE_DATA);
	assert_non_null(data);
	end = strstr(data, "</script>");
	assert_non_null(end);
	for (const char *p = data; p < end; p++)
		assert_in_range((unsigned char)*p, 1, 0x7e);
	assert_non_null(strstr(data, "Z\\u00FCrich\\u2028 \\u2029 2"));
	buf_done(&page);
	run_folder_free(f);
}

/* ---- the data ---- */

static void
its_data_are_the_files(void **state)
{
	struct run_folder *f = run_folder_new("data");
	json_t *data;
	struct run_dir *d;
	double loop = 0, start = 0;

	(void)state;
	run_folder_done(f, RF_LOGIN, 5000, 100);
	run_folder_expect(f, "phones.failed == 0", "0", true);
	run_folder_write(f);
	d = run_folder_open(f);
	data = run_page_data_of(f);
	assert_true(json_equal(d->summary, json_object_get(data, "summary")));
	assert_true(json_equal(d->course, json_object_get(data, "course")));
	assert_true(json_is_null(json_object_get(data, "servers")));
	assert_true(json_is_null(json_object_get(data, "load")));
	assert_true(json_is_false(json_object_get(data, "captured")));
	assert_int_equal(0, json_object_size(json_object_get(data, "ways")));
	/* Beside its figures stands what the farm may not exceed. */
	assert_int_equal(0,
	    json_unpack(data, "{s:{s:F, s:F}}", "limits", "loop_lag_ms", &loop, "start_lag_ms",
		&start));
	assert_true(loop == FARM_LOOP_LAG_MAX_MS && start == FARM_START_LAG_MAX_MS);
	json_decref(data);
	run_dir_free(d);
	run_folder_free(f);
}

static void
what_only_some_runs_leave_is_in_it_when_it_is_there(void **state)
{
	struct run_folder *f = run_folder_new("more");
	json_t *data, *course;
	int requests = 0;

	(void)state;
	run_folder_put(f, "servers.json", "{\"kdc\": {\"requests\": 3}}");
	run_folder_put(f, "load.json",
	    "{\"format\": \"cx700farm-load/1\", \"first\": \"kdc\", \"servers\": {\"kdc\": "
	    "{\"workers\": 4, \"course\": {\"seconds\": 1, \"offered\": [0.5], \"replies\": "
	    "[9], "
	    "\"wait_ms\": [1]}}}}");
	run_folder_put(f, "run.pcapng", "");
	data = run_page_data_of(f);
	assert_int_equal(
	    0, json_unpack(data, "{s:{s:{s:i}}}", "servers", "kdc", "requests", &requests));
	assert_int_equal(3, requests);
	assert_true(json_is_true(json_object_get(data, "captured")));
	assert_true(json_is_false(json_object_get(data, "keys")));
	/* Of the rehearsed servers' lists the page draws one. */
	assert_int_equal(0,
	    json_unpack(
		data, "{s:{s:{s:{s:o}}}}", "load", "servers", "kdc", "course", &course));
	assert_int_equal(2, json_object_size(course));
	assert_int_equal(1, json_array_size(json_object_get(course, "offered")));
	json_decref(data);
	run_folder_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(it_is_one_whole_page, clean),
		cmocka_unit_test_teardown(it_asks_nobody_for_anything, clean),
		cmocka_unit_test_teardown(
		    every_part_of_the_page_is_used_by_its_template, clean),
		cmocka_unit_test_teardown(the_same_folder_gives_the_same_page, clean),
		cmocka_unit_test_teardown(a_title_cannot_end_the_data, clean),
		cmocka_unit_test_teardown(a_word_of_a_server_cannot_end_the_data, clean),
		cmocka_unit_test_teardown(
		    the_data_are_ascii_with_line_separators_escaped, clean),
		cmocka_unit_test_teardown(its_data_are_the_files, clean),
		cmocka_unit_test_teardown(
		    what_only_some_runs_leave_is_in_it_when_it_is_there, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
