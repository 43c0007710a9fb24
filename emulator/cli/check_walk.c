/* check_walk.c - see check_walk.h. */
#include "check_walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "auth_krb5.h"
#include "cli.h"
#include "farm.h"
#include "log.h"
#include "plan_names.h"
#include "run_machine.h"
#include "run_targets.h"
#include "summary.h"

/* The same chances for everybody who has the same complaint. */
enum { WALK_SEED = 1, WALK_PAUSE_US = 500000 };

static const char walk_scenario[] = "title: check\n"
				    "phones: 1\n"
				    "arrival: [{at_once: 1}]\n"
				    "journey: {until: update_confirm}\n";

static int
walk_refuse(const struct check_walk *w, int status)
{
	log_line(LOG_ERROR, "%s", w->error.text);
	return status;
}

static int
walk_lacks(const char *what, int err)
{
	log_line(LOG_ERROR, "cx700farm: %s: %s", what, strerror(-err));
	return CLI_ENVIRONMENT;
}

/* ---- what it will do ----------------------------------------------------------------------
 */

/*
 * One walk to the end of the table, by somebody who types at once.  All tries are made, since a
 * later one may meet another server; only DHCP's are five minutes apart, and a chain that was
 * not believed will not be better when it is fetched again.
 */
static void
walk_hurry(struct run_plan *p)
{
	struct plan_group *group = &p->group[0];

	for (size_t i = 0; i < journey_rows; i++) {
		group->override[i].has_pause = true;
		group->override[i].pause = (struct spread){ .a_us = WALK_PAUSE_US };
		if (strcmp(journey_table[i].step->name, "dhcp_lease") == 0)
			group->override[i].tries = 1;
	}
	group->journey.until = NULL;
	group->journey.stay_us = 0;
	group->journey.stage_loops = 0;
	group->journey.restart_after_update = false;
	p->scenario.group[0].types_for = (struct spread){ 0 };
	p->n_events = 0;
}

/* A scenario of our own, unless the user has one for the embedded pool. */
static int
walk_plan(struct check_walk *w, const struct check_cfg *cfg)
{
	struct run_options *o = &w->options;
	char path[RUN_PATH_MAX];
	int err;

	(void)snprintf(path, sizeof path, "%s/check.yaml", w->ground.folder);
	err = summary_write(w->ground.folder, "check.yaml", span_of(walk_scenario));
	if (err != 0)
		return walk_lacks(path, err);
	*o = cfg->options;
	o->scenario = cfg->scenario != NULL ? cfg->scenario : path;
	o->pool = cfg->pool;
	o->phones = o->threads = 1;
	o->seed = WALK_SEED;
	o->has_seed = true;
	err = run_plan_make(&w->plan, o, &w->error);
	if (err == 0)
		err = (cfg->pool == NULL ? plan_for_embedded : plan_for_real)(
		    &w->plan, &w->error);
	if (err == 0 && cfg->pool != NULL)
		err = run_plan_pool(&w->plan, cfg->pool, &w->error);
	if (err == 0 && cfg->pool != NULL)
		err = run_targets_check(&w->plan.pool, o->yes, &w->error);
	if (err != 0)
		return walk_refuse(w, CLI_USAGE);
	walk_hurry(&w->plan);
	return 0;
}

/* ---- what it stands on ---------------------------------------------------------------------
 */

static int
walk_pool(struct check_walk *w)
{
	struct run_ground *g = &w->ground;
	int err = run_ground_pool(g, &w->options, &w->plan, &w->error);

	if (err == -ECANCELED)
		return CLI_SIGNAL + g->signum;
	if (err == 0)
		err = run_plan_pool(&w->plan, embedded_pool_file(g->pool), &w->error);
	return err != 0 ? walk_refuse(w, CLI_ENVIRONMENT) : 0;
}

static void
walk_on_second(void *arg, const struct metrics *m, uint64_t since_us)
{
	(void)arg;
	(void)m;
	(void)since_us;
}

static void
walk_on_end(void *arg)
{
	struct check_walk *w = arg;

	w->ended = true;
	loop_stop(w->ground.loop);
}

/* The first Ctrl-C lets the phone sign out, the second cuts its power. */
static void
walk_on_signal(void *arg)
{
	struct check_walk *w = arg;

	if (w->ground.signals == 1)
		farm_drain(w->farm);
	else
		farm_kill(w->farm);
}

static int
walk_farm(struct check_walk *w)
{
	struct farm_cfg cfg = { .loop = w->ground.loop,
		.threads = 1,
		.world = &w->plan.world,
		.on_second = walk_on_second,
		.on_end = walk_on_end,
		.arg = w };
	const char *says = NULL;
	int err;

	run_plan_farm(&w->plan, &cfg);
	/* It goes as it came: signed out, the lease given back. */
	w->plan.group[0].journey.leave = true;
	cfg.trace_fd = -1;
	w->watch.phone = &w->plan.phone;
	cfg.make = check_watch_make;
	cfg.make_arg = &w->watch;
	err = auth_krb5_init(w->ground.folder);
	if (err != 0)
		return walk_lacks("Kerberos", err);
	err = farm_new(&cfg, &w->farm, &says);
	if (err == 0) {
		run_wire_settle(&w->wire);
		if (w->options.pool != NULL)
			run_targets_tell(&w->plan);
		err = farm_start(w->farm);
	}
	return err != 0 ? walk_lacks(says != NULL ? says : "the phone's world", err) : 0;
}

static int
walk_phone(struct check_walk *w)
{
	int status = walk_farm(w);

	if (status != 0)
		return status;
	if (w->ground.pool != NULL)
		embedded_begin(w->ground.pool);
	w->ground.on_signal = walk_on_signal;
	w->ground.arg = w;
	run_ground_wait(&w->ground, &w->ended);
	if (w->ground.signals > 0)
		return CLI_SIGNAL + w->ground.signum;
	if (w->watch.failed == NULL)
		return CLI_PASS;
	log_line(LOG_ERROR, "cx700farm: the phone: %s", w->watch.failed);
	return CLI_ENVIRONMENT;
}

int
check_walk(struct check_walk *w, const struct check_cfg *cfg)
{
	int status;

	w->watch.ssl2 = cfg->ssl2;
	if (run_ground_open(&w->ground, &w->error) != 0)
		return walk_refuse(w, CLI_ENVIRONMENT);
	status = walk_plan(w, cfg);
	if (status == 0 && run_machine_descriptors(&w->plan, 1, &w->error) != 0)
		status = walk_refuse(w, CLI_ENVIRONMENT);
	if (status == 0 && cfg->pool == NULL)
		status = walk_pool(w);
	if (status == 0 && run_wire_begin(&w->wire, &w->plan, &w->error) != 0)
		status = walk_refuse(w, CLI_ENVIRONMENT);
	return status != 0 ? status : walk_phone(w);
}

void
check_walk_done(struct check_walk *w)
{
	farm_free(w->farm);
	run_wire_end(&w->wire);
	check_watch_done(&w->watch);
	run_ground_close(&w->ground);
	run_plan_done(&w->plan);
}
