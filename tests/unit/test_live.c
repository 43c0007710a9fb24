/* test_live.c - the live view and the table at the end, rendered into memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"

enum { SECOND = 1000000 };

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "dhcp_voice_vlan", "address", 3, 3, false },
	{ "ntp_sync", "clock", 5, 5, false },
	{ "sip_register", "sign-in", 0, 0, false },
	{ "ews_poll", "mailbox", 0, 0, true },
};
static const char *const reasons[] = { "none", "timeout", "refused" };

static const struct report_run run = {
	.scenario = "a.yaml",
	.title = "Power restored",
	.planned = 100,
	.last_start_us = 20 * SECOND,
	.stay_us = 5 * SECOND,
	.rows = rows,
	.n_rows = 5,
	.reasons = reasons,
	.n_reasons = 3,
};

static struct metrics *
some_metrics(void)
{
	struct metrics *m = calloc(1, sizeof *m);

	assert_non_null(m);
	m->n_rows = 5;
	m->phones = (struct phone_counts){ .started = 50,
		.arrived = 20,
		.finished = 12,
		.failed = 2,
		.at = { 10, 6, 12, 0 } };
	m->row[0].reasons[1] = 3;
	m->row[2].reasons[1] = 1;
	m->row[2].reasons[2] = 5;
	m->service[5].bytes_out = 30000000;
	for (int i = 0; i < 20; i++)
		hist_add(&m->from_intended, 4 * SECOND);
	return m;
}

static void
elsewhere_it_is_one_plain_line_a_second(void **state)
{
	const struct live_look look = { .width = 80 };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct buf out = { 0 };

	(void)state;
	live_render(&run, &look, m, 10 * SECOND, &mem, &out);
	assert_string_equal(buf_cstr(&out),
	    "0:10 started 50/100, arrived 20, failed 2, 2.2/s, 3.0 MB/s, 0:19 left; lost "
	    "tries: "
	    "timeout 4, refused 5\n");
	buf_clear(&out);

	m->phones.arrived = 30;
	m->service[5].bytes_out += 1500000;
	live_render(&run, &look, m, 11 * SECOND, &mem, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "0:11 started 50/100, arrived 30, failed 2, "
	    "10.0/s, 1.5 MB/s, 0:18 left"));
	buf_done(&out);
	free(m);
}

static void
on_a_terminal_it_shows_phones_by_stage(void **state)
{
	const struct live_look look = { .width = 80, .terminal = true };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct buf out = { 0 };
	const char *text;

	(void)state;
	live_render(&run, &look, m, 10 * SECOND, &mem, &out);
	text = buf_cstr(&out);
	assert_non_null(strstr(text, "Power restored: 0:10, 0:19 left\033[K\n"));
	assert_non_null(
	    strstr(text, "50 of 100 phones started, 5.0/s; 2.2/s through; 3.0 MB/s"));
	assert_non_null(strstr(text, "  address           16 ########\033[K\n"));
	assert_non_null(strstr(text, "  clock             12 ######\033[K\n"));
	assert_non_null(strstr(text, "  sign-in            0 \033[K\n"));
	assert_non_null(strstr(text, "  staying            8 ####\033[K\n"));
	assert_non_null(strstr(text, "  finished          12 ######\033[K\n"));
	assert_non_null(strstr(text, "  failed             2 #\033[K\n"));
	assert_non_null(strstr(text, "lost tries: timeout 4, refused 5\033[K\n"));
	assert_null(strstr(text, "mailbox")); /* only a chore's stage */
	assert_null(strstr(text, "\033[31m"));
	buf_done(&out);
	free(m);
}

static void
the_second_view_is_drawn_over_the_first(void **state)
{
	const struct live_look look = { .width = 80, .terminal = true };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct buf out = { 0 };
	char up[16];
	unsigned lines = 0;

	(void)state;
	live_render(&run, &look, m, SECOND, &mem, &out);
	for (size_t i = 0; i < out.n; i++)
		lines += out.p[i] == '\n';
	assert_int_equal(mem.lines, lines);
	buf_clear(&out);
	live_render(&run, &look, m, 2 * SECOND, &mem, &out);
	snprintf(up, sizeof up, "\033[%uA\r", lines);
	assert_memory_equal(out.p, up, strlen(up));
	buf_done(&out);
	free(m);
}

static void
no_line_is_wider_than_the_terminal(void **state)
{
	const struct live_look look = { .width = 20, .terminal = true, .colour = true };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct buf out = { 0 };
	size_t wide = 0;
	bool escape = false;

	(void)state;
	live_render(&run, &look, m, SECOND, &mem, &out);
	for (size_t i = 0; i < out.n; i++) {
		if (out.p[i] == '\033')
			escape = true;
		else if (out.p[i] == '\n')
			wide = 0;
		else if (!escape)
			assert_true(++wide <= 20);
		else if (out.p[i] >= 'A' && out.p[i] != '[')
			escape = false;
	}
	buf_done(&out);
	free(m);
}

/* The first line of a view this wide of a run with this title. */
static void
assert_first_line(const char *title, unsigned width, const char *want)
{
	const struct live_look look = { .width = width, .terminal = true };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct report_run titled = run;
	struct buf out = { 0 };

	titled.title = title;
	live_render(&titled, &look, m, 10 * SECOND, &mem, &out);
	assert_in_range(out.n, strlen(want), SIZE_MAX);
	assert_memory_equal(out.p, want, strlen(want));
	buf_done(&out);
	free(m);
}

static void
a_title_moves_no_cursor_and_is_not_cut_inside_a_character(void **state)
{
	(void)state;
	assert_first_line("a\nb\033[2Jc", 80, "a?b?[2Jc: 0:10, 0:19 left\033[K\n");
	assert_first_line("B\xc3\xbcro \xc3\xa4", 7, "B\xc3\xbcro \xc3\xa4\033[K\n");
	assert_first_line("B\xc3\xbcro \xc3\xa4", 6, "B\xc3\xbcro \033[K\n");
}

static void
failures_are_red_only_where_colour_is_wanted(void **state)
{
	const struct live_look look = { .width = 80, .terminal = true, .colour = true };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct buf out = { 0 };

	(void)state;
	live_render(&run, &look, m, SECOND, &mem, &out);
	assert_non_null(strstr(buf_cstr(&out), "\033[31m  failed"));
	buf_clear(&out);
	m->phones.failed = 0;
	live_render(&run, &look, m, 2 * SECOND, &mem, &out);
	assert_null(strstr(buf_cstr(&out), "\033[31m"));
	buf_done(&out);
	free(m);
}

static void
nothing_is_said_of_the_time_left_before_anybody_is_through(void **state)
{
	const struct live_look look = { .width = 80 };
	struct live_memory mem = { 0 };
	struct metrics *m = calloc(1, sizeof *m);
	struct buf out = { 0 };

	(void)state;
	m->n_rows = 5;
	live_render(&run, &look, m, SECOND, &mem, &out);
	assert_null(strstr(buf_cstr(&out), "left"));
	buf_done(&out);
	free(m);
}

static void
the_table_says_how_each_step_went_and_the_verdict(void **state)
{
	const struct live_look look = { .width = 80 };
	struct metrics *m = some_metrics();
	const struct report_end end = {
		.verdict = REPORT_FAIL, .why = "2 phones failed", .metrics = m, .wall_s = 31
	};
	struct buf out = { 0 };
	const char *text;

	(void)state;
	m->row[0].attempts = 53;
	m->row[0].done = 50;
	hist_add(&m->row[0].latency, 12000);
	live_table(&run, &look, &end, &out);
	text = buf_cstr(&out);
	assert_non_null(strstr(text,
	    "  1-2 dhcp_lease                  50       0       0       3 "
	    "     12.0      12.0      12.0  timeout 3\n"));
	assert_non_null(strstr(text, "    - sip_register "));
	assert_null(strstr(text, "ews_poll"));
	assert_non_null(strstr(text,
	    "100 phones planned, 50 started: 12 finished, 2 failed, 36 unfinished, in 31.0 s"));
	assert_non_null(strstr(text, "\nfail: 2 phones failed\n"));
	buf_done(&out);
	free(m);
}

static void
the_table_says_of_each_expectation_what_was_measured(void **state)
{
	static const struct report_expect expect[] = {
		{ "phones.finished == 100%", "100% (100 of 100)", true },
		{ "step.dhcp_lease.p99 < 8ms", "12.5 ms", false },
	};
	struct live_look look = { .width = 80 };
	struct metrics *m = some_metrics();
	const struct report_end end = { .metrics = m, .expect = expect, .n_expect = 2 };
	struct buf out = { 0 };

	(void)state;
	live_table(&run, &look, &end, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "\nholds   phones.finished == 100%                  is 100% (100 of 100)\n"
	    "broken  step.dhcp_lease.p99 < 8ms                is 12.5 ms\n100 phones planned"));
	buf_clear(&out);
	look.colour = true;
	live_table(&run, &look, &end, &out);
	assert_non_null(strstr(buf_cstr(&out), "\033[32mholds \033[0m  phones"));
	assert_non_null(strstr(buf_cstr(&out), "\033[31mbroken\033[0m  step"));
	buf_done(&out);
	free(m);
}

static void
the_table_says_how_each_group_came_off(void **state)
{
	static const struct farm_group groups[] = { { "branch", 0 }, { "campus", 30 } };
	const struct live_look look = { .width = 80 };
	struct metrics *m = some_metrics();
	const struct report_end end = { .metrics = m };
	struct report_run of = run;
	struct buf out = { 0 };

	(void)state;
	live_table(&of, &look, &end, &out);
	assert_null(strstr(buf_cstr(&out), "group"));
	buf_clear(&out);
	of.groups = groups;
	of.n_groups = 2;
	m->group[0] = (struct group_metrics){ .started = 30, .finished = 10, .failed = 1 };
	m->group[1] = (struct group_metrics){ .started = 20, .finished = 2, .failed = 1 };
	hist_add(&m->group[1].boot, 4 * SECOND);
	live_table(&of, &look, &end, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "\ngroup branch          30 planned, 30 started: 10 finished, 1 failed\n"
	    "group campus          70 planned, 20 started: 2 finished, 1 failed; "
	    "boot p50 4.00 s, p99 4.00 s\n"));
	buf_done(&out);
	free(m);
}

/* Phones that lose their power have arrived no more; that is no rate. */
static void
those_without_power_are_told_and_take_no_rate_below_0(void **state)
{
	struct live_look look = { .width = 80 };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct buf out = { 0 };

	(void)state;
	live_render(&run, &look, m, 10 * SECOND, &mem, &out);
	assert_null(strstr(buf_cstr(&out), " off"));
	buf_clear(&out);

	m->phones.arrived = 11;
	m->phones.off = 9;
	live_render(&run, &look, m, 11 * SECOND, &mem, &out);
	assert_non_null(strstr(buf_cstr(&out),
	    "0:11 started 50/100, arrived 11, failed 2, 9 off, 0.0/s, 0.0 MB/s"));
	buf_clear(&out);

	look.terminal = true;
	live_render(&run, &look, m, 12 * SECOND, &mem, &out);
	assert_non_null(strstr(buf_cstr(&out), "; 0.0 MB/s, 9 off\033[K\n"));
	/* More have finished than stay: some of them are among those nine. */
	assert_true(m->phones.finished > m->phones.arrived);
	assert_non_null(strstr(buf_cstr(&out), "  staying            0 \033[K\n"));
	buf_done(&out);
	free(m);
}

static void
those_who_are_signed_out_are_told(void **state)
{
	struct live_look look = { .width = 80 };
	struct live_memory mem = { 0 };
	struct metrics *m = some_metrics();
	struct buf out = { 0 };

	(void)state;
	live_render(&run, &look, m, 10 * SECOND, &mem, &out);
	assert_null(strstr(buf_cstr(&out), "signed out"));
	buf_clear(&out);
	m->phones.signed_out = 3;
	live_render(&run, &look, m, 11 * SECOND, &mem, &out);
	assert_non_null(strstr(buf_cstr(&out), ", failed 2, 3 signed out, "));
	buf_clear(&out);
	m->phones.off = 9;
	live_render(&run, &look, m, 12 * SECOND, &mem, &out);
	assert_non_null(strstr(buf_cstr(&out), ", 9 off, 3 signed out, "));
	buf_done(&out);
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elsewhere_it_is_one_plain_line_a_second),
		cmocka_unit_test(on_a_terminal_it_shows_phones_by_stage),
		cmocka_unit_test(the_second_view_is_drawn_over_the_first),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(a_title_moves_no_cursor_and_is_not_cut_inside_a_character),
		cmocka_unit_test(failures_are_red_only_where_colour_is_wanted),
		cmocka_unit_test(nothing_is_said_of_the_time_left_before_anybody_is_through),
		cmocka_unit_test(those_without_power_are_told_and_take_no_rate_below_0),
		cmocka_unit_test(those_who_are_signed_out_are_told),
		cmocka_unit_test(the_table_says_how_each_step_went_and_the_verdict),
		cmocka_unit_test(the_table_says_how_each_group_came_off),
		cmocka_unit_test(the_table_says_of_each_expectation_what_was_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
