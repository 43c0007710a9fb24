/* test_ui.c - what the live page is told: the run, the figures, all phones, one phone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "mem.h"
#include "ui.h"
#include "ui_json.h"
#include "web_client.h"

enum { SECOND = 1000000, PHONES = 70 };

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "krb_login", "identity", 11, 12, false },
	{ "ews_poll", "mailbox", 0, 0, true },
};
static const char *const reasons[] = { "none", "timeout", "refused" };
static const struct farm_group groups[] = { { "branch", 0 }, { "campus", 20 } };

static const struct report_run run = {
	.version = "0.1.0",
	.scenario = "a.yaml",
	.title = "Power restored",
	.pool = "embedded",
	.seed = 7,
	.threads = 2,
	.planned = PHONES,
	.rows = rows,
	.n_rows = 3,
	.reasons = reasons,
	.n_reasons = 3,
	.groups = groups,
	.n_groups = 2,
};

struct rig {
	struct loop *loop;
	struct board *board;
	struct ui *ui;
	struct web *web;
	struct metrics *m;
	struct buf body;
};

static void
rig_who(void *arg, uint32_t phone, struct buf *out)
{
	(void)arg;
	buf_printf(out, "phone%05u@contoso.com", phone);
}

static int
setup(void **state)
{
	struct rig *r = calloc(1, sizeof *r);
	struct ui_cfg cfg = { .run = &run, .who = rig_who };
	struct web_cfg web = { .n_routes = 0 };

	assert_non_null(r);
	r->m = calloc(1, sizeof *r->m);
	assert_non_null(r->m);
	assert_int_equal(loop_new(&r->loop), 0);
	assert_int_equal(board_new(PHONES, &r->board), 0);
	cfg.board = r->board;
	assert_int_equal(ui_new(&cfg, &r->ui), 0);
	web.routes = ui_routes(r->ui, &web.n_routes);
	web.loop = r->loop;
	assert_int_equal(web_addr_read("127.0.0.1:0", &web.at), 0);
	assert_int_equal(web_new(&web, &r->web), 0);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	buf_done(&r->body);
	web_free(r->web);
	ui_free(r->ui);
	board_free(r->board);
	loop_free(r->loop);
	free(r->m);
	free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static int
get(struct rig *r, const char *path)
{
	return web_client_get(r->loop, web_at(r->web), path, &r->body);
}

static json_t *
get_json(struct rig *r, const char *path)
{
	json_t *tree;
	long left;

	assert_int_equal(get(r, path), 200);
	/* Reading it is the test's own affair. */
	left = mem_fail_at(0);
	tree = json_loadb((const char *)r->body.p, r->body.n, JSON_REJECT_DUPLICATES, NULL);
	mem_fail_at(left);
	assert_non_null(tree);
	return tree;
}

/* "counted.phones.failed", "rows.1.name" */
static json_t *
at(json_t *tree, const char *path)
{
	char part[40];
	int n;

	for (; tree != NULL && sscanf(path, "%39[^.]%n", part, &n) == 1;
	     path += n + (path[n] == '.'))
		tree = json_is_array(tree) ? json_array_get(tree, strtoul(part, NULL, 10))
					   : json_object_get(tree, part);
	return tree;
}

static void
is_number(json_t *tree, const char *path, double value)
{
	if (!json_is_number(at(tree, path)) || json_number_value(at(tree, path)) != value)
		fail_msg("%s is not %g", path, value);
}

static void
is_text(json_t *tree, const char *path, const char *value)
{
	assert_true(json_is_string(at(tree, path)));
	assert_string_equal(json_string_value(at(tree, path)), value);
}

static void
is_null(json_t *tree, const char *path)
{
	if (!json_is_null(at(tree, path)))
		fail_msg("%s is not null", path);
}

/* ---- the page ---- */

static void
the_page_and_its_parts_are_served(void **state)
{
	struct rig *r = *state;

	assert_int_equal(get(r, "/"), 200);
	assert_non_null(strstr(buf_cstr(&r->body), "<!doctype html>"));
	assert_int_equal(get(r, "/page/ui.css"), 200);
	assert_int_equal(get(r, "/page/ui.js"), 200);
}

static void
the_reports_files_are_not_the_live_pages(void **state)
{
	static const char *const paths[] = { "/page/report.html", "/page/d3.min.js", "/page/",
		"/page", "/ui.js", "/page/ui", "/page/../run", "/page/ui.js/" };
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_int_equal(get(r, paths[i]), 404);
}

/* ---- the run ---- */

static void
what_does_not_change_is_told_once(void **state)
{
	json_t *tree = get_json(*state, "/run");

	is_text(tree, "title", "Power restored");
	is_text(tree, "scenario", "a.yaml");
	is_text(tree, "pool", "embedded");
	is_number(tree, "seed", 7);
	is_number(tree, "phones", PHONES);
	is_text(tree, "rows.1.name", "krb_login");
	is_text(tree, "rows.1.stage", "identity");
	is_number(tree, "rows.1.guide.0", 11);
	is_number(tree, "rows.1.guide.1", 12);
	is_null(tree, "rows.2.guide");
	assert_true(json_is_true(at(tree, "rows.2.chore")));
	is_text(tree, "reasons.2", "refused");
	is_text(tree, "groups.1.name", "campus");
	is_number(tree, "groups.1.first", 20);
	is_number(tree, "groups.0.phones", 20);
	is_number(tree, "groups.1.phones", 50);
	assert_true(json_is_false(at(tree, "rehearsal")));
	json_decref(tree);
}

/* ---- the figures ---- */

static void
before_the_first_second_nothing_is_counted(void **state)
{
	json_t *tree = get_json(*state, "/summary");

	is_number(tree, "since_ms", 0);
	is_null(tree, "counted");
	is_null(tree, "end");
	json_decref(tree);
}

static void
fill(struct metrics *m)
{
	m->n_rows = 3;
	m->phones = (struct phone_counts){ .started = 40,
		.arrived = 20,
		.finished = 10,
		.failed = 4,
		.off = 2,
		.signed_out = 1,
		.at = { 6, 7, 0 } };
	m->row[1] =
	    (struct row_metrics){ .attempts = 30, .done = 22, .failed = 4, .skipped = 1 };
	m->row[1].reasons[1] = 3;
	m->row[0].reasons[1] = 2;
	for (int i = 0; i < 22; i++)
		hist_add(&m->row[1].latency, 800000);
	hist_add(&m->from_intended, 9 * SECOND);
	m->firmware_bytes = 15000000;
	m->loop_lag_p99_ms = 1.25;
	m->service[3].bytes_out = 4000000;
	m->service[5].bytes_out = 1000000;
}

static void
the_figures_are_those_of_the_farm(void **state)
{
	struct rig *r = *state;
	json_t *tree;

	fill(r->m);
	ui_second(r->ui, r->m, 2 * SECOND);
	tree = get_json(r, "/summary");
	is_number(tree, "since_ms", 2000);
	is_null(tree, "end");
	is_number(tree, "counted.phones.planned", PHONES);
	is_number(tree, "counted.phones.started", 40);
	is_number(tree, "counted.phones.arrived", 20);
	is_number(tree, "counted.phones.finished", 10);
	is_number(tree, "counted.phones.failed", 4);
	is_number(tree, "counted.phones.off", 2);
	is_number(tree, "counted.phones.signed_out", 1);
	is_number(tree, "counted.boot_ms.p50", 9000);
	is_null(tree, "counted.start_lag_ms");
	is_number(tree, "counted.loop_lag_p99_ms", 1.25);
	is_number(tree, "counted.firmware_bytes", 15000000);
	is_number(tree, "counted.lost_tries.timeout", 5);
	assert_null(at(tree, "counted.lost_tries.refused"));
	is_text(tree, "counted.steps.1.name", "krb_login");
	is_number(tree, "counted.steps.1.at", 7);
	is_number(tree, "counted.steps.1.done", 22);
	is_number(tree, "counted.steps.1.failed", 4);
	is_number(tree, "counted.steps.1.skipped", 1);
	is_number(tree, "counted.steps.1.retries", 4);
	is_number(tree, "counted.steps.1.ms.max", 800);
	is_null(tree, "counted.steps.0.ms");
	json_decref(tree);
}

static void
rates_are_of_the_last_second(void **state)
{
	struct rig *r = *state;
	json_t *tree;

	fill(r->m);
	ui_second(r->ui, r->m, 2 * SECOND);
	tree = get_json(r, "/summary");
	is_number(tree, "per_second.started", 20);
	is_number(tree, "per_second.ended", 12);
	is_number(tree, "per_second.megabytes", 2.5);
	json_decref(tree);

	r->m->phones.started += 6;
	r->m->phones.arrived -= 3; /* their power has gone */
	r->m->service[0].bytes_out += 500000;
	ui_second(r->ui, r->m, 4 * SECOND);
	tree = get_json(r, "/summary");
	is_number(tree, "per_second.started", 3);
	is_number(tree, "per_second.ended", 0);
	is_number(tree, "per_second.megabytes", 0.25);
	json_decref(tree);

	/* The same moment again is no division by nothing. */
	ui_second(r->ui, r->m, 4 * SECOND);
	tree = get_json(r, "/summary");
	is_number(tree, "per_second.started", 0);
	json_decref(tree);
}

/* ---- all phones ---- */

static uint32_t
u32_at(const struct buf *b, size_t i)
{
	return b->p[i] | (uint32_t)b->p[i + 1] << 8 | (uint32_t)b->p[i + 2] << 16 |
	    (uint32_t)b->p[i + 3] << 24;
}

static void
all_phones_are_four_bytes_each(void **state)
{
	const struct instance_row lost = { .row = 1, .verdict = INSTANCE_RETRY, .why = 2 };
	struct rig *r = *state;

	board_enter(r->board, 0, BOARD_STAYING, 2);
	board_enter(r->board, 69, BOARD_WALKING, 1);
	board_tell(r->board, 69, &lost, 0);
	ui_second(r->ui, r->m, 3 * SECOND);
	assert_int_equal(get(r, "/state"), 200);
	assert_int_equal(r->body.n, 16 + 4 * PHONES);
	assert_int_equal(u32_at(&r->body, 0), 1);
	assert_int_equal(u32_at(&r->body, 4), PHONES);
	assert_int_equal(u32_at(&r->body, 8), 3000);
	assert_int_equal(u32_at(&r->body, 12), 0);
	assert_int_equal(r->body.p[16], BOARD_STAYING);
	assert_int_equal(r->body.p[17], 2);
	assert_int_equal(u32_at(&r->body, 20), 0);
	assert_int_equal(r->body.p[16 + 4 * 69], BOARD_WALKING);
	assert_int_equal(r->body.p[16 + 4 * 69 + 1], 1);
	assert_int_equal(r->body.p[16 + 4 * 69 + 2], 2);
	assert_int_equal(r->body.p[16 + 4 * 69 + 3], 1);
}

/* ---- one phone ---- */

static void
one_phone_tells_its_tries(void **state)
{
	const struct instance_row lost = { .row = 1,
		.verdict = INSTANCE_RETRY,
		.why = 1,
		.started_us = 2 * SECOND,
		.ended_us = 2 * SECOND + 1500,
		.detail = "krb:24 \"x\"" };
	const struct instance_row skipped = {
		.row = 2, .verdict = INSTANCE_SKIPPED, .chore = true
	};
	const struct instance_row odd = {
		.row = 1, .verdict = INSTANCE_NOT_DONE, .why = 9, .detail = "\xff"
	};
	struct rig *r = *state;
	json_t *tree;

	board_enter(r->board, 7, BOARD_WALKING, 1);
	board_tell(r->board, 7, &lost, SECOND);
	board_tell(r->board, 7, &skipped, SECOND);
	board_tell(r->board, 7, &odd, SECOND);
	tree = get_json(r, "/phone/7");
	is_number(tree, "phone", 7);
	is_text(tree, "who", "phone00007@contoso.com");
	is_number(tree, "state", BOARD_WALKING);
	is_number(tree, "row", 1);
	is_number(tree, "told", 3);
	is_text(tree, "tries.0.verdict", "retry");
	is_text(tree, "tries.0.why", "timeout");
	is_number(tree, "tries.0.t_ms", 1000);
	is_number(tree, "tries.0.ms", 1.5);
	is_text(tree, "tries.0.detail", "krb:24 \"x\"");
	is_text(tree, "tries.1.verdict", "skipped");
	is_null(tree, "tries.1.why");
	assert_true(json_is_true(at(tree, "tries.1.chore")));
	/* What has no name and what is no text keeps its place. */
	is_text(tree, "tries.2.verdict", "not done");
	is_null(tree, "tries.2.why");
	is_text(tree, "tries.2.detail", "?");
	json_decref(tree);
}

static void
a_phone_that_has_nothing_to_tell_is_there_all_the_same(void **state)
{
	json_t *tree = get_json(*state, "/phone/69");

	is_number(tree, "state", BOARD_WAITING);
	assert_int_equal(json_array_size(at(tree, "tries")), 0);
	json_decref(tree);
}

static void
who_is_no_phone_is_not_found(void **state)
{
	static const char *const paths[] = { "/phone/70", "/phone/", "/phone/x", "/phone/-1",
		"/phone/7/", "/phone/4294967296", "/phone/18446744073709551617", "/phone" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_int_equal(get(*state, paths[i]), 404);
}

/* ---- the end ---- */

static void
who_looks_on_is_owed_the_end_until_it_has_been_seen(void **state)
{
	struct rig *r = *state;
	struct report_end end = { .verdict = REPORT_FAIL, .metrics = r->m, .wall_s = 6.5 };
	char why[] = "2 of 3 expectations are broken";
	json_t *tree;

	fill(r->m);
	end.why = why;
	json_decref(get_json(r, "/summary"));
	ui_second(r->ui, r->m, 6 * SECOND);
	assert_false(ui_owes_the_end(r->ui));
	/* The end comes between the two questions of a page. */
	ui_end(r->ui, &end);
	memset(why, 'x', sizeof why - 1);
	assert_true(ui_owes_the_end(r->ui));
	assert_int_equal(get(r, "/state"), 200);
	assert_int_equal(u32_at(&r->body, 12), 1);
	assert_true(ui_owes_the_end(r->ui));

	tree = get_json(r, "/summary");
	is_text(tree, "end.verdict", "fail");
	is_text(tree, "end.why", "2 of 3 expectations are broken");
	is_number(tree, "end.wall_s", 6.5);
	is_number(tree, "since_ms", 6500);
	is_number(tree, "per_second.started", 0);
	is_number(tree, "counted.phones.failed", 4);
	json_decref(tree);
	assert_true(ui_owes_the_end(r->ui));
	assert_int_equal(get(r, "/state"), 200);
	assert_false(ui_owes_the_end(r->ui));
}

static void
to_nobody_the_end_is_owed(void **state)
{
	struct rig *r = *state;
	const struct report_end end = { .metrics = r->m };

	ui_second(r->ui, r->m, SECOND);
	ui_end(r->ui, &end);
	assert_false(ui_owes_the_end(r->ui));
}

static void
who_has_gone_is_owed_nothing(void **state)
{
	struct rig *r = *state;
	const struct report_end end = { .metrics = r->m };

	json_decref(get_json(r, "/summary"));
	for (unsigned s = 1; s <= 6; s++)
		ui_second(r->ui, r->m, s * SECOND);
	ui_end(r->ui, &end);
	assert_false(ui_owes_the_end(r->ui));
}

/* ---- memory ---- */

static void
want_of_memory_is_the_buffers_error(void **state)
{
	struct rig *r = *state;
	const struct ui_cfg cfg = { .run = &run, .board = r->board };
	const struct ui_now now = { .metrics = r->m };
	struct board_phone *phone = calloc(1, sizeof *phone);
	uint8_t small[20];
	struct buf out;

	buf_over(&out, small, sizeof small);
	ui_json_run(&cfg, &out);
	assert_int_not_equal(out.err, 0);
	buf_clear(&out);
	ui_json_summary(&cfg, &now, &out);
	assert_int_not_equal(out.err, 0);
	buf_clear(&out);
	ui_json_phone(&cfg, 0, phone, &out);
	assert_int_not_equal(out.err, 0);
	free(phone);
}

#define UI_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UI_TEST(the_page_and_its_parts_are_served),
		UI_TEST(the_reports_files_are_not_the_live_pages),
		UI_TEST(what_does_not_change_is_told_once),
		UI_TEST(before_the_first_second_nothing_is_counted),
		UI_TEST(the_figures_are_those_of_the_farm),
		UI_TEST(rates_are_of_the_last_second),
		UI_TEST(all_phones_are_four_bytes_each),
		UI_TEST(one_phone_tells_its_tries),
		UI_TEST(a_phone_that_has_nothing_to_tell_is_there_all_the_same),
		UI_TEST(who_is_no_phone_is_not_found),
		UI_TEST(who_looks_on_is_owed_the_end_until_it_has_been_seen),
		UI_TEST(to_nobody_the_end_is_owed),
		UI_TEST(who_has_gone_is_owed_nothing),
		UI_TEST(want_of_memory_is_the_buffers_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
