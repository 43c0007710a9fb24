/* ui_farm.c - see ui_farm.h. */
#include "ui_farm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"
#include "toy_farm.h"
#include "ui.h"

enum { MS = 1000, SECOND = 1000 * MS };

#define NEVER_US (UINT64_C(3600) * SECOND)

struct host { /* in the process of the farm */
	struct toy_farm *toys;
	struct ui *ui;
	struct web *web;
	struct report_run run;
	struct loop_watch *hears;
	int told;
};

static const struct farm_group host_groups[] = { { "branch", 0 },
	{ "campus", UI_FARM_BRANCH } };
static const char *const host_reasons[] = { "none", "timeout" };

static enum toy_fate
host_fate(const struct toy_farm *toys, uint32_t index, unsigned walk)
{
	(void)toys;
	(void)walk;
	switch (index % 10) {
	case 3:
		return TOY_WRONG_PASSWORD;
	case 5:
		return TOY_FAILS;
	case 7:
		return TOY_HANGS;
	default:
		return TOY_ARRIVES;
	}
}

/* A toy that hangs tells nothing: the try it lost is told for it. */
static void
host_tell_lost(struct host *h)
{
	const struct instance_row lost = { .row = TOY_UPDATE,
		.verdict = INSTANCE_RETRY,
		.why = 1,
		.started_us = SECOND,
		.ended_us = 3 * SECOND,
		.detail = "toy:9 <b>silence</b>" };

	for (uint32_t i = 7; i < UI_FARM_PHONES; i += 10)
		board_tell(h->toys->cfg.board, i, &lost, 0);
}

static void
host_second(struct toy_farm *toys, const struct metrics *m, uint64_t since_us)
{
	struct host *h = toys->of_test;

	ui_second(h->ui, m, since_us);
	if (toys->seconds == 2)
		host_tell_lost(h);
}

static void
host_on_end(void *arg)
{
	struct toy_farm *toys = arg;
	struct host *h = toys->of_test;
	const struct farm_end *end = farm_result(toys->farm);
	const struct report_end report = { .verdict = REPORT_FAIL,
		.why = "1000 of 5000 phones failed",
		.metrics = end->metrics,
		.wall_s = end->wall_s };

	ui_end(h->ui, &report);
}

/* What the test wants; nothing more: it has gone. */
static void
host_on_word(void *arg, int possible)
{
	struct host *h = arg;
	char word;

	(void)possible;
	if (read(h->told, &word, 1) != 1)
		_exit(0);
	farm_drain(h->toys->farm);
}

static void
host_plan(struct toy_farm *toys)
{
	toys->fate = host_fate;
	toys->stay_us = NEVER_US;
	for (unsigned row = 0; row < TOY_CHORE; row++)
		toys->row_us[row] = 20 * MS;
	for (uint32_t i = 0; i < UI_FARM_PHONES; i++)
		toys->start_us[i] = (uint64_t)i * 200;
	toys->cfg.groups = host_groups;
	toys->cfg.n_groups = 2;
	toys->cfg.on_end = host_on_end;
	toys->second = host_second;
	toys->runs_on = true;
}

static void
host_serve(struct host *h, int port_fd)
{
	const struct ui_cfg cfg = { .run = &h->run, .board = h->toys->cfg.board };
	struct web_cfg web = { .loop = h->toys->loop };
	struct buf url = { 0 };

	h->run = (struct report_run){ .version = "0.1.0",
		.scenario = "toys.yaml",
		.title = "Toys </script> & more",
		.pool = "embedded",
		.seed = 7,
		.threads = 2,
		.planned = UI_FARM_PHONES,
		.groups = host_groups,
		.n_groups = 2,
		.rows = h->toys->cfg.rows,
		.n_rows = h->toys->cfg.n_rows,
		.reasons = host_reasons,
		.n_reasons = 2 };
	assert_int_equal(ui_new(&cfg, &h->ui), 0);
	web.routes = ui_routes(h->ui, &web.n_routes);
	assert_int_equal(web_addr_read("127.0.0.1:0", &web.at), 0);
	assert_int_equal(web_new(&web, &h->web), 0);
	web_url(h->web, &url);
	assert_int_equal(write(port_fd, url.p, url.n), url.n);
	close(port_fd);
	buf_done(&url);
}

static void
host_live(int told, int port_fd)
{
	struct host h = { .toys = toy_farm_new_real(UI_FARM_PHONES, 2), .told = told };
	const char *says;

	h.toys->of_test = &h;
	host_plan(h.toys);
	assert_int_equal(board_new(UI_FARM_PHONES, &h.toys->cfg.board), 0);
	assert_int_equal(loop_watch_new(h.toys->loop, told, host_on_word, &h, &h.hears), 0);
	assert_int_equal(loop_watch_set(h.hears, LOOP_READ), 0);
	assert_int_equal(farm_new(&h.toys->cfg, &h.toys->farm, &says), 0);
	assert_int_equal(farm_start(h.toys->farm), 0);
	host_serve(&h, port_fd);
	for (;;)
		loop_run(h.toys->loop);
}

/* ---- the test's side ---- */

void
ui_farm_start(struct ui_farm *f)
{
	int down[2], up[2];
	ssize_t n;

	assert_int_equal(pipe(down), 0);
	assert_int_equal(pipe(up), 0);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(down[1]);
		close(up[0]);
		host_live(down[0], up[1]);
		_exit(1);
	}
	close(down[0]);
	close(up[1]);
	f->say = down[1];
	n = read(up[0], f->url, sizeof f->url - 1);
	assert_true(n > 0);
	f->url[n] = '\0';
	close(up[0]);
}

void
ui_farm_end_run(struct ui_farm *f)
{
	assert_int_equal(write(f->say, "e", 1), 1);
}

void
ui_farm_stop(struct ui_farm *f)
{
	if (f->pid == 0)
		return;
	close(f->say);
	(void)kill(f->pid, SIGKILL);
	(void)waitpid(f->pid, NULL, 0);
	f->pid = 0;
}
