/*
 * run.c - `cx700farm run`: boot the phones of a scenario.  In order: what is to be done
 * (exit 2 if that is wrong), what it needs (exit 4), the run, the reports.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth_krb5.h"
#include "cli.h"
#include "farm.h"
#include "log.h"
#include "mem.h"
#include "plan_names.h"
#include "rehearse.h"
#include "run_ground.h"
#include "run_lost.h"
#include "run_machine.h"
#include "run_outputs.h"
#include "run_plan.h"
#include "run_report.h"
#include "run_targets.h"
#include "run_wire.h"
#include "summary.h"

struct run {
	struct run_options options;
	struct run_plan plan;
	struct run_ground ground;
	struct run_report report;
	struct config_error error;
	struct farm *farm;
	unsigned threads;
	int trace_fd;
	char keylog[RUN_PATH_MAX];
	struct run_lost lost;
	struct run_wire wire;
	bool ended;
};

static int
run_refuse(const struct run *r, int status)
{
	log_line(LOG_ERROR, "%s", r->error.text);
	return status;
}

static int
run_lacks(struct run *r, const char *what, int err)
{
	(void)config_fail(
	    &r->error, "cx700farm", (struct mark){ 0 }, "%s: %s", what, strerror(-err));
	return run_refuse(r, CLI_ENVIRONMENT);
}

/* ---- what it needs ---- */

static int
run_outputs(struct run *r)
{
	const char *dir = r->options.out_dir, *keylog = getenv("SSLKEYLOGFILE");
	int err;

	if (keylog != NULL)
		(void)snprintf(r->keylog, sizeof r->keylog, "%s", keylog);
	if (dir == NULL)
		return 0;
	if (r->options.pcap)
		(void)snprintf(r->keylog, sizeof r->keylog, "%s/keys.log", dir);
	err = run_outputs_open(dir, &r->trace_fd);
	return err != 0 ? run_lacks(r, dir, err) : 0;
}

/* A signal in the meantime is an answer too. */
static int
run_stands(struct run *r, int err)
{
	if (err == -ECANCELED)
		return CLI_SIGNAL + r->ground.signum;
	return err != 0 ? run_refuse(r, CLI_ENVIRONMENT) : 0;
}

static int
run_environment(struct run *r)
{
	int status;

	if (run_machine_descriptors(&r->plan, r->threads, &r->error) != 0)
		return run_refuse(r, CLI_ENVIRONMENT);
	status = run_outputs(r);
	if (status == 0)
		status = run_stands(r, run_ground_open(&r->ground, &r->error));
	if (status == 0 && r->options.pool == NULL)
		status = run_stands(
		    r, run_ground_pool(&r->ground, &r->options, &r->plan, &r->error));
	if (status == 0 && r->options.pool == NULL &&
	    run_plan_pool(&r->plan, embedded_pool_file(r->ground.pool), &r->error) != 0)
		status = run_refuse(r, CLI_ENVIRONMENT);
	if (status == 0)
		status = run_stands(r, run_wire_begin(&r->wire, &r->plan, &r->error));
	if (status == 0 && r->options.pcap)
		status = run_stands(r,
		    run_ground_capture(
			&r->ground, r->options.out_dir, &r->plan.pool, &r->error));
	return status;
}

/* ---- the run ---- */

static void
run_on_second(void *arg, const struct metrics *m, uint64_t since_us)
{
	struct run *r = arg;

	run_report_second(&r->report, m, since_us);
	if (run_report_stops(&r->report, m, since_us))
		farm_drain(r->farm);
}

static void
run_on_end(void *arg)
{
	struct run *r = arg;

	r->ended = true;
	loop_stop(r->ground.loop);
}

/* The first Ctrl-C drains, the second kills. */
static void
run_on_signal(void *arg)
{
	struct run *r = arg;

	if (r->ground.signals == 1) {
		log_line(LOG_NOTE, "cx700farm: leaving; once more ends at once");
		farm_drain(r->farm);
	} else {
		farm_kill(r->farm);
	}
}

static void
run_on_pool_lost(void *arg)
{
	struct run *r = arg;

	log_line(LOG_ERROR, "cx700farm: the phones get %u s to notice",
	    (unsigned)(RUN_LOST_US / 1000000));
	r->report.pool_lost = true;
	r->lost = (struct run_lost){ .loop = r->ground.loop, .farm = r->farm };
	run_lost_pool(&r->lost, RUN_LOST_US);
}

static int
run_farm_new(struct run *r)
{
	struct farm_cfg cfg = { .loop = r->ground.loop,
		.threads = r->threads,
		.world = &r->plan.world,
		.trace_fd = r->trace_fd,
		.board = run_live_board(r->report.live),
		.on_second = run_on_second,
		.on_end = run_on_end,
		.arg = r };
	const char *says = NULL;
	int err;

	r->plan.world.keylog = r->keylog[0] != '\0' ? r->keylog : NULL;
	run_plan_farm(&r->plan, &cfg);
	err = auth_krb5_init(r->ground.folder);
	if (err != 0)
		return run_lacks(r, "Kerberos", err);
	err = farm_new(&cfg, &r->farm, &says);
	if (err != 0)
		return run_lacks(r, says != NULL ? says : "the phones' world", err);
	run_wire_settle(&r->wire);
	return 0;
}

/* --metrics and --ui. */
static int
run_looked_on(struct run *r)
{
	const struct run_live_cfg cfg = {
		.loop = r->ground.loop,
		.options = &r->options,
		.plan = &r->plan,
		.run = &r->report.run,
	};

	int err;

	/* Who looks on is where we came from, not on the phones' wire. */
	run_wire_step_out(&r->wire);
	err = run_live_open(&cfg, &r->report.live, &r->error);
	run_wire_step_in(&r->wire);
	return err != 0 ? run_refuse(r, CLI_ENVIRONMENT) : 0;
}

static int
run_phones(struct run *r, int argc, char **argv)
{
	int err, status = run_looked_on(r);

	if (status == 0)
		status = run_farm_new(r);
	if (status != 0)
		return status;
	run_report_init(&r->report, &r->options, &r->plan, r->threads, argc, argv);
	if (r->ground.signals > 0)
		return CLI_SIGNAL + r->ground.signum;
	/* The embedded pool is known: it is ours, and on the loopback. */
	if (r->options.pool != NULL)
		run_targets_tell(&r->plan);
	err = farm_start(r->farm);
	if (err != 0)
		return run_lacks(r, "threads", err);
	if (r->ground.pool != NULL)
		embedded_begin(r->ground.pool);
	r->ground.on_signal = run_on_signal;
	r->ground.on_pool_lost = run_on_pool_lost;
	r->ground.arg = r;
	run_ground_wait(&r->ground, &r->ended);
	run_lost_done(&r->lost);
	return run_report_end(&r->report, farm_result(r->farm), r->ground.signum);
}

/* The phones have gone: what the embedded pool's servers counted, beside the summary. */
static int
run_servers(struct run *r)
{
	const char *dir = r->options.out_dir, *stats;
	int err;

	run_ground_end_pool(&r->ground);
	stats = r->ground.pool != NULL ? embedded_stats(r->ground.pool) : "";
	if (dir == NULL || stats[0] == '\0')
		return 0;
	err = summary_write(dir, "servers.json", span_of(stats));
	return err != 0 ? run_lacks(r, "servers.json", err) : 0;
}

/* ---- from beginning to end ---- */

static int
run_all(struct run *r, int argc, char **argv)
{
	int status;

	if (run_plan_make(&r->plan, &r->options, &r->error) != 0)
		return run_refuse(r, CLI_USAGE);
	if (r->options.dry_run)
		return rehearse(&r->plan, &r->options, argc, argv);
	if ((r->options.pool == NULL ? plan_for_embedded : plan_for_real)(
		&r->plan, &r->error) != 0)
		return run_refuse(r, CLI_USAGE);
	if (r->options.pool != NULL &&
	    (run_plan_pool(&r->plan, r->options.pool, &r->error) != 0 ||
		run_targets_check(&r->plan.pool, r->options.yes, &r->error) != 0))
		return run_refuse(r, CLI_USAGE);
	r->threads = run_machine_threads(&r->options, &r->plan);
	status = run_environment(r);
	if (status == 0)
		status = run_phones(r, argc, argv);
	if (r->farm != NULL) {
		int left = run_servers(r);

		if (r->ended && run_outputs_report(r->options.out_dir) != 0)
			left = CLI_ENVIRONMENT;
		status = status == CLI_PASS ? left : status;
	}
	run_report_done(&r->report);
	farm_free(r->farm);
	run_wire_end(&r->wire);
	run_live_free(r->report.live);
	run_ground_close(&r->ground);
	if (r->trace_fd >= 0)
		(void)close(r->trace_fd);
	return status;
}

static void
run_help(void)
{
	struct buf out = { 0 };

	run_options_help(&out);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_done(&out);
}

int
cli_run(int argc, char **argv)
{
	struct run *r = mem_new(sizeof *r);
	struct buf complaint = { 0 };
	int status = CLI_ENVIRONMENT;

	run_machine_memory();
	if (r == NULL)
		return status;
	r->trace_fd = -1;
	if (run_options_read(&r->options, argc, argv, &complaint) != 0) {
		log_line(LOG_ERROR, "cx700farm: %s", buf_cstr(&complaint));
		status = CLI_USAGE;
	} else if (r->options.help) {
		run_help();
		status = CLI_PASS;
	} else {
		log_set(r->options.quiet     ? LOG_ERROR
			: r->options.verbose ? LOG_DEBUG
					     : LOG_NOTE);
		status = run_all(r, argc, argv);
	}
	run_plan_done(&r->plan);
	buf_done(&complaint);
	mem_free(r);
	return status;
}
