/* run_ground_pool.c - see run_ground.h: the embedded pool of a run. */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "pool_place.h"
#include "run_ground.h"

/* So many places are tried when others start a pool at the same moment. */
enum { RUN_PLACES = 6 };

static void
ground_on_pool_up(void *arg)
{
	struct run_ground *g = arg;

	g->pool_up = true;
	loop_stop(g->loop);
}

/* Before it is up that ends the waiting; afterwards it is the run's to decide. */
static void
ground_on_pool_lost(void *arg)
{
	struct run_ground *g = arg;

	g->pool_gone = true;
	if (!g->pool_up) {
		loop_stop(g->loop);
		return;
	}
	log_line(LOG_ERROR, "cx700farm: the embedded pool has ended (status %d)",
	    embedded_status(g->pool));
	if (g->on_pool_lost != NULL)
		g->on_pool_lost(g->arg);
}

static void
ground_on_pool_stopped(void *arg)
{
	struct run_ground *g = arg;

	g->pool_gone = true;
	loop_stop(g->loop);
}

/* One cx700pool, until it is up or has ended.  0, or embedded_start()'s error. */
static int
ground_try_pool(struct run_ground *g, const struct embedded_cfg *cfg)
{
	int err;

	g->pool_gone = false;
	err = embedded_start(cfg, &g->pool);
	if (err == 0)
		run_ground_wait_for(g, &g->pool_up, &g->pool_gone, RUN_START_US);
	return err;
}

/* Did it end because somebody else was faster to that place? */
static bool
ground_was_beaten(const struct run_ground *g)
{
	return !g->pool_up && g->pool_gone && g->signals == 0 &&
	    embedded_status(g->pool) == CLI_ENVIRONMENT;
}

/* Where nobody else has a pool; if another run takes the place meanwhile, the next one. */
static int
ground_place_pool(struct run_ground *g, struct embedded_cfg *cfg, const struct run_options *o)
{
	const char *args[RUN_POOL_ARGS_MAX + 4];
	struct pool_place place;
	unsigned next = 0;

	if (pool_place_is_given(o->pool_args, o->n_pool_args))
		return ground_try_pool(g, cfg);
	while (pool_place_find(&next, &place)) {
		size_t n = 0;
		int err;

		args[n++] = "--listen";
		args[n++] = place.listen;
		args[n++] = "--addresses";
		args[n++] = place.addresses;
		for (size_t i = 0; i < o->n_pool_args; i++)
			args[n++] = o->pool_args[i];
		cfg->args = args;
		cfg->n_args = n;
		err = ground_try_pool(g, cfg);
		if (err != 0 || !ground_was_beaten(g) || next >= RUN_PLACES)
			return err;
		log_line(LOG_NOTE,
		    "cx700farm: %s is another run's by now; the next address is tried",
		    place.listen);
		embedded_free(g->pool);
		g->pool = NULL;
	}
	return -EADDRINUSE;
}

/* It plays the scenario's own file, which it reads anew. */
static const char *
ground_faults(const struct run_plan *plan)
{
	const struct scenario *s = &plan->scenario;

	return s->faults_at.line != 0 || s->servers_at.line != 0 ? s->file : NULL;
}

int
run_ground_pool(struct run_ground *g, const struct run_options *o, const struct run_plan *plan,
    struct config_error *error)
{
	struct embedded_cfg cfg = {
		.loop = g->loop,
		.users = plan->phones,
		.seed = plan->seed,
		.faults = ground_faults(plan),
		.args = o->pool_args,
		.n_args = o->n_pool_args,
		.talks = o->verbose,
		.on_up = ground_on_pool_up,
		.on_lost = ground_on_pool_lost,
		.on_stopped = ground_on_pool_stopped,
		.arg = g,
	};
	int err;

	for (size_t i = 0; i < o->n_pool_args; i++)
		g->pool_dir_named |= strncmp(o->pool_args[i], "--dir", 5) == 0;
	err = ground_place_pool(g, &cfg, o);

	if (err != 0) {
		(void)config_fail(error, "cx700farm", (struct mark){ 0 },
		    "the embedded pool, cx700pool, cannot be started: %s", strerror(-err));
		return err;
	}
	if (g->pool_up)
		return 0;
	if (g->signals > 0)
		return -ECANCELED;
	(void)config_fail(error, "cx700farm", (struct mark){ 0 },
	    g->pool_gone ? "the embedded pool, cx700pool, did not start (status %d)"
			 : "the embedded pool, cx700pool, did not start in time",
	    embedded_status(g->pool));
	return -EIO;
}

void
run_ground_end_pool(struct run_ground *g)
{
	g->on_pool_lost = NULL;
	if (g->pool == NULL || g->pool_gone)
		return;
	embedded_stop(g->pool);
	run_ground_wait_for(g, &g->pool_gone, &g->pool_gone, RUN_END_US);
}
