/* test_run_live.c - who looks on: what is opened, what is told, and how long the end is shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "run_live.h"
#include "web_client.h"

enum { SECOND = 1000000 };

static const struct farm_row rows[] = { { "dhcp_lease", "address", 1, 2, false } };
static const char *const reasons[] = { "none", "timeout" };

struct rig {
	struct loop *loop;
	struct run_plan *plan;
	struct run_options options;
	struct report_run run;
	struct run_live *live;
	struct metrics *m;
	struct config_error error;
	struct buf body;
};

static int
setup(void **state)
{
	struct rig *r = calloc(1, sizeof *r);

	assert_non_null(r);
	r->plan = calloc(1, sizeof *r->plan);
	r->m = calloc(1, sizeof *r->m);
	assert_true(r->plan != NULL && r->m != NULL);
	assert_int_equal(loop_new(&r->loop), 0);
	r->plan->phones = 10;
	r->run = (struct report_run){ .version = "0.1.0",
		.scenario = "a.yaml",
		.pool = "embedded",
		.planned = 10,
		.rows = rows,
		.n_rows = 1,
		.reasons = reasons,
		.n_reasons = 2 };
	r->m->n_rows = 1;
	r->m->phones.started = 4;
	log_set(LOG_ERROR);
	*state = r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	run_live_free(r->live);
	buf_done(&r->body);
	loop_free(r->loop);
	free(r->m);
	free(r->plan);
	free(r);
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* A port that is free, which a test then names: it cannot ask for the one that was found. */
static void
take_port(struct web_addr *at)
{
	int fd;

	assert_int_equal(web_addr_read("127.0.0.1:0", at), 0);
	fd = web_listen(at);
	assert_true(fd >= 0);
	close(fd);
}

static void
want_ui(struct rig *r)
{
	r->options.ui = "given";
	take_port(&r->options.ui_at);
}

static void
want_metrics(struct rig *r)
{
	r->options.metrics = "given";
	take_port(&r->options.metrics_at);
}

static int
open_live(struct rig *r)
{
	const struct run_live_cfg cfg = {
		.loop = r->loop, .options = &r->options, .plan = r->plan, .run = &r->run
	};

	return run_live_open(&cfg, &r->live, &r->error);
}

static bool
body_has(struct rig *r, const struct web_addr *at, const char *path, const char *text)
{
	assert_int_equal(web_client_get(r->loop, at, path, &r->body), 200);
	return strstr(buf_cstr(&r->body), text) != NULL;
}

static void
nobody_asked_for_it_nothing_is_opened(void **state)
{
	struct rig *r = *state;
	const struct report_end end = { .metrics = r->m };

	assert_int_equal(open_live(r), 0);
	assert_null(r->live);
	assert_null(run_live_board(NULL));
	run_live_second(NULL, r->m, SECOND);
	run_live_end(NULL, &end);
	run_live_free(NULL);
}

static void
metrics_alone_need_no_board(void **state)
{
	struct rig *r = *state;
	const struct report_end end = {
		.metrics = r->m, .wall_s = 7, .cpu_user_s = 1.5, .max_rss_bytes = 4096
	};
	const struct web_addr *at = &r->options.metrics_at;

	want_metrics(r);
	assert_int_equal(open_live(r), 0);
	assert_null(run_live_board(r->live));
	assert_true(body_has(r, at, "/metrics", "cx700farm_phones{state=\"waiting\"} 10\n"));
	run_live_second(r->live, r->m, 3 * SECOND);
	assert_true(body_has(r, at, "/metrics", "cx700farm_phones{state=\"waiting\"} 6\n"));
	assert_true(body_has(r, at, "/metrics", "cx700farm_run_duration_seconds 3.000000\n"));
	assert_true(body_has(r, at, "/", "href=\"/metrics\""));
	/* Nobody is owed the end. */
	run_live_end(r->live, &end);
	assert_true(body_has(r, at, "/metrics", "cx700farm_run_ended 1\n"));
	assert_true(body_has(r, at, "/metrics", "cx700farm_run_duration_seconds 7.000000\n"));
	assert_true(
	    body_has(r, at, "/metrics", "_cpu_seconds_total{mode=\"user\"} 1.500000\n"));
}

static void
a_page_has_a_board_of_all_phones(void **state)
{
	struct rig *r = *state;

	want_ui(r);
	assert_int_equal(open_live(r), 0);
	assert_int_equal(board_phones(run_live_board(r->live)), 10);
	assert_int_equal(web_client_get(r->loop, &r->options.ui_at, "/state", &r->body), 200);
	assert_int_equal(r->body.n, 16 + 4 * 10);
	assert_int_equal(web_client_get(r->loop, &r->options.ui_at, "/metrics", &r->body), 404);
}

static void
at_one_address_there_are_both(void **state)
{
	struct rig *r = *state;

	want_ui(r);
	r->options.metrics = "given";
	r->options.metrics_at = r->options.ui_at;
	assert_int_equal(open_live(r), 0);
	assert_true(body_has(r, &r->options.ui_at, "/metrics", "cx700farm_build_info"));
	assert_true(body_has(r, &r->options.ui_at, "/run", "\"phones\":10"));
}

static void
an_address_that_is_taken_is_named(void **state)
{
	struct rig *r = *state;
	char says[100];
	int fd;

	want_ui(r);
	want_metrics(r);
	fd = web_listen(&r->options.metrics_at);
	assert_true(fd >= 0);
	assert_int_not_equal(open_live(r), 0);
	assert_null(r->live);
	snprintf(says, sizeof says, "--metrics 127.0.0.1:%u: Address already in use",
	    r->options.metrics_at.port);
	assert_non_null(strstr(r->error.text, says));
	close(fd);
	/* And nothing is left open: the page's address is free again. */
	loop_stop(r->loop);
	loop_run(r->loop);
	fd = web_listen(&r->options.ui_at);
	assert_true(fd >= 0);
	close(fd);
}

/* Somebody who looked and then does not come for the end is not waited for for ever. */
static void
the_end_waits_for_who_looks_on_but_not_for_ever(void **state)
{
	struct rig *r = *state;
	const struct report_end end = { .verdict = REPORT_FAIL, .metrics = r->m, .wall_s = 2 };

	want_ui(r);
	assert_int_equal(open_live(r), 0);
	assert_true(body_has(r, &r->options.ui_at, "/summary", "\"end\":null"));
	run_live_second(r->live, r->m, SECOND);
	run_live_end(r->live, &end);
	/* It is there all the same. */
	assert_true(body_has(r, &r->options.ui_at, "/summary", "\"verdict\":\"fail\""));
}

static void
when_memory_is_short_it_says_so_and_leaves_nothing(void **state)
{
	struct rig *r = *state;
	int err = -1;

	want_ui(r);
	for (long n = 1; err != 0 && n < 40; n++) {
		mem_fail_at(n);
		err = open_live(r);
		mem_fail_at(0);
		if (err == 0)
			break;
		assert_null(r->live);
		assert_non_null(strstr(r->error.text, "annot allocate memory"));
		loop_stop(r->loop);
		loop_run(r->loop);
	}
	assert_int_equal(err, 0);
}

#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(nobody_asked_for_it_nothing_is_opened),
		LIVE_TEST(metrics_alone_need_no_board),
		LIVE_TEST(a_page_has_a_board_of_all_phones),
		LIVE_TEST(at_one_address_there_are_both),
		LIVE_TEST(an_address_that_is_taken_is_named),
		LIVE_TEST(the_end_waits_for_who_looks_on_but_not_for_ever),
		LIVE_TEST(when_memory_is_short_it_says_so_and_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
