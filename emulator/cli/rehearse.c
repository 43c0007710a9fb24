/* rehearse.c - see rehearse.h.  In order: the simulated world, the farm in it, the report. */
#include "rehearse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "farm.h"
#include "log.h"
#include "mem.h"
#include "plan_names.h"
#include "rehearse_load.h"
#include "run_ground.h"
#include "run_outputs.h"
#include "run_report.h"
#include "sim_clock.h"
#include "sim_loop.h"
#include "sim_pool.h"
#include "sim_world.h"

/* When virtual time begins: 2009-09-09 12:00 UTC.  The servers' certificates hold then. */
#define REHEARSE_WALL_US (INT64_C(1252497600) * 1000000)

/* Nobody else logs in with it. */
#define REHEARSE_PASSWORD "rehearsal"

enum {
	/* The live view is for people: not more often than they can look. */
	REHEARSE_VIEW_US = 500000,
	/* Ctrl-C is looked for so often in virtual time, but not more often in real time. */
	REHEARSE_HEED_US = 100000,
	REHEARSE_PATIENCE_US = 50000
};

struct rehearsal {
	struct run_plan *plan;
	const struct run_options *options;
	struct run_ground ground; /* the host's loop: Ctrl-C, and what time it is for people */
	struct run_report report;
	struct sim_clock *clock;
	struct loop *loop;       /* on that clock */
	struct loop_timer *heed; /* on that loop */
	struct sim *sim;
	struct sim_pool *pool;
	struct sim_world world;
	struct farm *farm;
	struct metrics counted; /* the farm's, with what the servers have counted */
	int trace_fd;
	unsigned signals_seen;
	uint64_t viewed_us, heeded_us;
	bool ended;
};

static int
rehearse_lacks(const char *what, int err)
{
	log_line(LOG_ERROR, "cx700farm: %s: %s", what, strerror(-err));
	return CLI_ENVIRONMENT;
}

/* ---- Ctrl-C ---------------------------------------------------------------------- */

/* The first Ctrl-C drains, the second kills, as in a run; also while phones leave. */
static void
rehearse_on_heed(void *arg)
{
	struct rehearsal *r = arg;
	uint64_t now_us = loop_now_us(r->ground.loop);

	if (now_us - r->heeded_us < REHEARSE_PATIENCE_US)
		return;
	r->heeded_us = now_us;
	/* One turn of the host's loop, without waiting. */
	loop_stop(r->ground.loop);
	loop_run(r->ground.loop);
	if (r->ground.signals == r->signals_seen)
		return;
	r->signals_seen = r->ground.signals;
	if (r->signals_seen == 1)
		farm_drain(r->farm);
	else
		farm_kill(r->farm);
}

/* ---- the world ------------------------------------------------------------------- */

/* Servers as the scenario wants them, and as many accounts as there are phones. */
static int
rehearse_pool(struct rehearsal *r)
{
	const struct sim_pool_cfg cfg = {
		.clock = r->clock,
		.servers = &r->plan->scenario.servers,
		.faults = &r->plan->scenario.faults,
		.users = r->plan->phones,
		.password = REHEARSE_PASSWORD,
		.seed = r->plan->seed,
	};
	int err = sim_pool_new(r->sim, &cfg, &r->pool);

	return err != 0 ? err : sim_pool_file(REHEARSE_PASSWORD, &r->plan->pool);
}

static int
rehearse_stage(struct rehearsal *r)
{
	const char *dir = r->options->out_dir;
	struct config_error error;
	int err;

	if (plan_for_rehearsal(r->plan, &error) != 0) {
		log_line(LOG_ERROR, "%s", error.text);
		return CLI_USAGE;
	}
	err = run_ground_open(&r->ground, &error);
	if (err != 0)
		return rehearse_lacks("the host's loop", err);
	if (dir != NULL && (err = run_outputs_open(dir, &r->trace_fd)) != 0)
		return rehearse_lacks(dir, err);
	err = sim_clock_new(&r->clock);
	if (err == 0)
		err = sim_loop_new(r->clock, &r->loop);
	if (err == 0)
		err = loop_timer_new(r->loop, rehearse_on_heed, r, &r->heed);
	if (err == 0)
		err = sim_new_cfg(
		    &(struct sim_cfg){ .clock = r->clock, .wall_us = REHEARSE_WALL_US },
		    &r->sim);
	if (err == 0)
		err = rehearse_pool(r);
	if (err != 0)
		return rehearse_lacks("the simulated world", err);
	sim_world_init(&r->world, r->sim, r->plan->tls, r->plan->n_profiles);
	r->plan->phone.world = &r->world.base;
	return 0;
}

/* ---- the run --------------------------------------------------------------------- */

static void
rehearse_counted(struct rehearsal *r, const struct metrics *m)
{
	r->counted = *m;
	rehearse_count(r->pool, &r->counted);
}

/* Virtual seconds may pass faster than anybody reads. */
static void
rehearse_on_second(void *arg, const struct metrics *m, uint64_t since_us)
{
	struct rehearsal *r = arg;
	uint64_t now_us = loop_now_us(r->ground.loop);
	bool due = run_report_due(&r->report, since_us);

	if (now_us - r->viewed_us < REHEARSE_VIEW_US && !due)
		return;
	rehearse_counted(r, m);
	run_report_count(&r->report, &r->counted, since_us);
	if (rehearse_stops(r->pool, &r->report, &r->counted, since_us))
		farm_drain(r->farm);
	if (now_us - r->viewed_us < REHEARSE_VIEW_US)
		return;
	r->viewed_us = now_us;
	run_report_second(&r->report, &r->counted, since_us);
}

static void
rehearse_on_end(void *arg)
{
	struct rehearsal *r = arg;

	r->ended = true;
	loop_stop(r->loop);
}

static int
rehearse_farm(struct rehearsal *r)
{
	struct farm_cfg cfg = { .loop = r->loop,
		.trace_fd = r->trace_fd,
		.board = run_live_board(r->report.live),
		.on_second = rehearse_on_second,
		.on_end = rehearse_on_end,
		.arg = r };
	const char *says = NULL;
	int err;

	run_plan_farm(r->plan, &cfg);
	err = farm_new(&cfg, &r->farm, &says);
	if (err != 0)
		return rehearse_lacks(says != NULL ? says : "the farm", err);
	err = farm_start(r->farm);
	return err != 0 ? rehearse_lacks("the farm", err) : 0;
}

/* --metrics and --ui: on the host's loop, whose turns come as often as Ctrl-C is looked for. */
static int
rehearse_looked_on(struct rehearsal *r)
{
	const struct run_live_cfg cfg = {
		.loop = r->ground.loop,
		.options = r->options,
		.plan = r->plan,
		.run = &r->report.run,
	};
	struct config_error error;

	if (run_live_open(&cfg, &r->report.live, &error) == 0)
		return 0;
	log_line(LOG_ERROR, "%s", error.text);
	return CLI_ENVIRONMENT;
}

static int
rehearse_play(struct rehearsal *r, int argc, char **argv)
{
	struct farm_end end;
	int status = rehearse_looked_on(r);

	if (status != 0)
		return status;
	run_report_init(&r->report, r->options, r->plan, 1, argc, argv);
	r->viewed_us = loop_now_us(r->ground.loop);
	status = rehearse_farm(r);
	if (status != 0)
		return status;
	loop_timer_set(r->heed, 0, REHEARSE_HEED_US);
	log_line(
	    LOG_NOTE, "cx700farm: a rehearsal: no packet is sent, the servers are simulated");
	while (!r->ended)
		loop_run(r->loop);
	if (sim_short_of_memory(r->sim))
		return rehearse_lacks("the simulated world", -ENOMEM);
	end = *farm_result(r->farm);
	rehearse_counted(r, end.metrics);
	end.metrics = &r->counted;
	return rehearse_tell(
	    r->pool, &r->report, &end, r->ground.signum, r->plan->scenario.servers.cost);
}

/* ---- from beginning to end -------------------------------------------------------- */

/* Phones go with the farm; the network before the servers that listen on it. */
static void
rehearse_clear(struct rehearsal *r)
{
	run_report_done(&r->report);
	farm_free(r->farm);
	run_live_free(r->report.live);
	sim_free(r->sim);
	sim_pool_free(r->pool);
	if (r->heed != NULL)
		loop_timer_close(r->heed);
	loop_free(r->loop);
	sim_clock_free(r->clock);
	run_ground_close(&r->ground);
	if (r->trace_fd >= 0)
		(void)close(r->trace_fd);
}

int
rehearse(struct run_plan *plan, const struct run_options *options, int argc, char **argv)
{
	struct rehearsal *r = mem_new(sizeof *r);
	int status;

	if (r == NULL)
		return rehearse_lacks("the rehearsal", -ENOMEM);
	r->plan = plan;
	r->options = options;
	r->trace_fd = -1;
	status = rehearse_stage(r);
	if (status == 0)
		status = rehearse_play(r, argc, argv);
	if (r->ended && run_outputs_report(options->out_dir) != 0 && status == CLI_PASS)
		status = CLI_ENVIRONMENT;
	rehearse_clear(r);
	mem_free(r);
	return status;
}
