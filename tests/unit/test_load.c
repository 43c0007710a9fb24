/* test_load.c - the table and the file of a rehearsal's load, and who is first to be full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "load.h"

/* Ten seconds: 1, 2, ... 10 requests each, in one-second spans. */
static struct load_span rising[10];

static struct load_server
server(const char *name, double busiest, uint64_t full_at_us)
{
	for (unsigned i = 0; i < 10; i++)
		rising[i] = (struct load_span){
			.requests = i + 1,
			.replies = i,
			.bytes_in = 100 * (i + 1),
			.bytes_out = 1000,
			.offered = 0.1 * (i + 1),
			.wait_us = 500 * i,
		};
	return (struct load_server){
		.name = name,
		.workers = 4,
		.takes_us = 2000,
		.requests = 55,
		.replies = 45,
		.bytes_in = 5500,
		.bytes_out = 10000,
		.peak_requests = 10,
		.peak_requests_at_s = 9,
		.peak_bytes = 2000000,
		.busiest = busiest,
		.full_at_us = full_at_us,
		.wait_us = 4500,
		.span = rising,
		.n_spans = 10,
		.span_s = 1,
	};
}

static void
table_of(const struct load_server *servers, size_t n, struct buf *out)
{
	const struct load_report report = { servers, n, 10 };

	load_table(&report, out);
	assert_int_equal(out->err, 0);
}

static void
whoever_is_full_earlier_is_first(void **state)
{
	const struct load_server servers[] = { server("dhcp", 3.0, 5000000),
		server("kdc", 1.2, 2000000), server("sip", 0.9, LOAD_NEVER) };
	const struct load_report report = { servers, 3, 10 };

	(void)state;
	assert_ptr_equal(load_first(&report).server, &servers[1]);
}

static void
of_those_that_never_are_the_busiest_is_first(void **state)
{
	const struct load_server servers[] = { server("dhcp", 0.3, LOAD_NEVER),
		server("kdc", 0.7, LOAD_NEVER), server("sip", 0.1, LOAD_NEVER) };
	const struct load_report report = { servers, 3, 10 };

	(void)state;
	assert_ptr_equal(load_first(&report).server, &servers[1]);
}

static void
a_server_that_nobody_asked_is_never_first(void **state)
{
	struct load_server servers[] = { server("dhcp", 0, LOAD_NEVER) };
	const struct load_report report = { servers, 1, 10 };
	struct buf out = { 0 };

	(void)state;
	servers[0].requests = 0;
	assert_null(load_first(&report).server);
	table_of(servers, 1, &out);
	assert_non_null(strstr(buf_cstr(&out), "no server was asked anything"));
	buf_done(&out);
}

/* `until: pool_tls` asks the front end for nothing but handshakes. */
static void
a_server_that_only_shakes_hands_can_be_first(void **state)
{
	struct load_server servers[] = { server("dhcp", 0.3, LOAD_NEVER),
		server("sip", 1.4, 3000000) };
	const struct load_report report = { servers, 2, 10 };

	(void)state;
	servers[1].requests = 0;
	assert_ptr_equal(load_first(&report).server, &servers[1]);
	assert_int_equal(load_first(&report).at_us, 3000000);
}

static void
a_row_shows_mean_peak_megabytes_and_waits(void **state)
{
	const struct load_server servers[] = { server("kdc", 1.25, 2500000) };
	struct buf out = { 0 };

	(void)state;
	table_of(servers, 1, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "kdc              55     5.5      10       0.0      2.00    125%    0%      4.5    "
	    " "
	    "2.5 s\n"));
	assert_non_null(strstr(buf_cstr(&out),
	    "first to saturate: kdc, 2.5 s after the beginning: 4 workers at 2.00 ms a request "
	    "were offered 1.2 times what they can do"));
	buf_done(&out);
}

static void
a_server_that_keeps_up_says_how_much_more_it_could_take(void **state)
{
	const struct load_server servers[] = { server("kdc", 0.25, LOAD_NEVER) };
	struct buf out = { 0 };

	(void)state;
	table_of(servers, 1, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "no server saturates; kdc comes closest: its workers were 25 % busy in the worst "
	    "second, so about 4.0 times this load would fill it"));
	buf_done(&out);
}

static void
the_course_rises_from_blank_to_the_peak(void **state)
{
	const struct load_server servers[] = { server("kdc", 0.25, LOAD_NEVER) };
	struct buf out = { 0 };

	(void)state;
	table_of(servers, 1, &out);
	assert_non_null(strstr(buf_cstr(&out), "kdc       |.:-==+*%##|\n"));
	assert_non_null(strstr(
	    buf_cstr(&out), "requests/s over 10 s, a column is 1 s, # the server's own peak"));
	buf_done(&out);
}

static void
a_long_course_is_folded_into_sixty_columns(void **state)
{
	static struct load_span hour[3600];
	struct load_server servers[] = { server("kdc", 0.25, LOAD_NEVER) };
	struct buf out = { 0 };
	const char *bar;

	(void)state;
	for (size_t i = 0; i < 3600; i++)
		hour[i] = (struct load_span){ .requests = i == 1800 ? 50 : 0 };
	servers[0].span = hour;
	servers[0].n_spans = 3600;
	table_of(servers, 1, &out);
	bar = strstr(buf_cstr(&out), "kdc       |");
	assert_non_null(bar);
	bar = strchr(bar, '|') + 1;
	assert_int_equal(strcspn(bar, "|"), 60);
	/* The one busy second is not averaged away. */
	assert_int_equal(strcspn(bar, "#"), 30);
	assert_int_equal(strspn(bar, " "), 30);
	buf_done(&out);
}

static void
a_line_that_is_always_sending_is_full_even_if_the_workers_are_idle(void **state)
{
	struct load_server servers[] = { server("update", 0.05, LOAD_NEVER),
		server("kdc", 0.9, LOAD_NEVER) };
	struct buf out = { 0 };

	(void)state;
	servers[0].bytes_per_s = 125000000;
	rising[3].wire = 0.4;
	rising[4].wire = 1;
	rising[5].wire = 1;
	table_of(servers, 2, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "first to saturate: update, 4.0 s after the beginning: its line carries 125.0 MB/s "
	    "and "
	    "had no room left"));
	buf_done(&out);
}

static void
a_line_with_room_left_is_only_close(void **state)
{
	struct load_server servers[] = { server("update", 0.05, LOAD_NEVER),
		server("kdc", 0.6, LOAD_NEVER) };
	const struct load_report report = { servers, 2, 10 };
	struct load_first first;

	(void)state;
	servers[0].bytes_per_s = 125000000;
	rising[3].wire = 0.8;
	first = load_first(&report);
	assert_ptr_equal(first.server, &servers[0]);
	assert_int_equal(first.limit, LOAD_WIRE);
	assert_true(first.at_us == LOAD_NEVER);
	assert_true(first.share == 0.8);
}

static void
what_faults_took_is_said(void **state)
{
	struct load_server servers[] = { server("kdc", 0.25, LOAD_NEVER) };
	struct buf out = { 0 };

	(void)state;
	servers[0].lost = 17;
	table_of(servers, 1, &out);
	assert_non_null(strstr(buf_cstr(&out), "  17 lost\n"));
	buf_done(&out);
}

static void
the_file_has_every_figure_and_the_course_in_columns(void **state)
{
	const struct load_server servers[] = { server("kdc", 1.25, 2500000),
		server("sip", 0.5, LOAD_NEVER) };
	const struct load_report report = { servers, 2, 10 };
	struct buf out = { 0 };
	json_t *all, *kdc, *course;

	(void)state;
	assert_int_equal(load_json(&report, &out), 0);
	all = json_loadb((const char *)out.p, out.n, 0, NULL);
	assert_non_null(all);
	assert_string_equal(
	    json_string_value(json_object_get(all, "format")), "cx700farm-load/1");
	assert_string_equal(json_string_value(json_object_get(all, "first")), "kdc");
	assert_true(json_is_true(json_object_get(all, "saturates")));

	kdc = json_object_get(json_object_get(all, "servers"), "kdc");
	assert_int_equal(json_integer_value(json_object_get(kdc, "workers")), 4);
	assert_int_equal(json_integer_value(json_object_get(kdc, "requests")), 55);
	assert_int_equal(json_integer_value(json_object_get(kdc, "bytes_out")), 10000);
	assert_true(json_real_value(json_object_get(kdc, "full_at_s")) == 2.5);
	assert_true(json_real_value(json_object_get(kdc, "wait_max_ms")) == 4.5);
	course = json_object_get(kdc, "course");
	assert_int_equal(json_integer_value(json_object_get(course, "seconds")), 1);
	assert_int_equal(json_array_size(json_object_get(course, "requests")), 10);
	assert_int_equal(
	    json_integer_value(json_array_get(json_object_get(course, "requests"), 6)), 7);
	assert_true(
	    json_real_value(json_array_get(json_object_get(course, "offered"), 4)) == 0.5);
	assert_true(json_is_null(json_object_get(
	    json_object_get(json_object_get(all, "servers"), "sip"), "full_at_s")));
	json_decref(all);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_is_full_earlier_is_first),
		cmocka_unit_test(of_those_that_never_are_the_busiest_is_first),
		cmocka_unit_test(a_server_that_nobody_asked_is_never_first),
		cmocka_unit_test(a_server_that_only_shakes_hands_can_be_first),
		cmocka_unit_test(a_row_shows_mean_peak_megabytes_and_waits),
		cmocka_unit_test(a_server_that_keeps_up_says_how_much_more_it_could_take),
		cmocka_unit_test(the_course_rises_from_blank_to_the_peak),
		cmocka_unit_test(a_long_course_is_folded_into_sixty_columns),
		cmocka_unit_test(
		    a_line_that_is_always_sending_is_full_even_if_the_workers_are_idle),
		cmocka_unit_test(a_line_with_room_left_is_only_close),
		cmocka_unit_test(what_faults_took_is_said),
		cmocka_unit_test(the_file_has_every_figure_and_the_course_in_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
