/* run_ground.c - see run_ground.h. */
#include "run_ground.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "log.h"
#include "pool_place.h"

/* So many places are tried when others start a pool at the same moment. */
enum { RUN_PLACES = 6 };

/* So long the pool and dumpcap get to start, and to end: dumpcap has packets to write. */
#define RUN_START_US UINT64_C(120000000)
#define RUN_END_US UINT64_C(10000000)
/* The kernel hands packets to dumpcap in blocks, the last one after a quarter of a second. */
#define RUN_LINGER_US UINT64_C(1000000)

/* ---- loop, signals, folder ---- */

static void
ground_on_signal(struct run_ground *g, int signum)
{
	if (g->signals++ == 0)
		g->signum = signum;
	if (g->on_signal != NULL)
		g->on_signal(g->arg);
	else
		loop_stop(g->loop);
}

static void
ground_on_int(void *arg)
{
	ground_on_signal(arg, SIGINT);
}

static void
ground_on_term(void *arg)
{
	ground_on_signal(arg, SIGTERM);
}

static int
ground_folder(struct run_ground *g)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	int n;

	if (base == NULL || base[0] != '/' || access(base, W_OK) != 0)
		base = "/tmp";
	n = snprintf(g->folder, sizeof g->folder, "%s/cx700farm-XXXXXX", base);
	if (n < 0 || (size_t)n >= sizeof g->folder) {
		g->folder[0] = '\0';
		return -ENAMETOOLONG;
	}
	if (mkdtemp(g->folder) != NULL)
		return 0;
	g->folder[0] = '\0';
	return -errno;
}

int
run_ground_open(struct run_ground *g, struct config_error *error)
{
	int err = loop_new(&g->loop);

	if (err == 0)
		err = loop_signal_new(g->loop, SIGINT, ground_on_int, g, &g->on_int);
	if (err == 0)
		err = loop_signal_new(g->loop, SIGTERM, ground_on_term, g, &g->on_term);
	if (err == 0)
		err = ground_folder(g);
	if (err != 0)
		(void)config_fail(
		    error, "cx700farm", (struct mark){ 0 }, "cannot begin: %s", strerror(-err));
	return err;
}

void
run_ground_wait(struct run_ground *g, const bool *done)
{
	while (!*done && (g->on_signal != NULL || g->signals == 0))
		loop_run(g->loop);
}

static void
ground_on_late(void *arg)
{
	struct run_ground *g = arg;

	g->patience_over = true;
	loop_stop(g->loop);
}

/* Wait for either of two ends, so long at most, or until another signal comes. */
static void
ground_wait_for(struct run_ground *g, const bool *good, const bool *bad, uint64_t at_most_us)
{
	unsigned signals = g->signals;
	struct loop_timer *timer;

	if (loop_timer_new(g->loop, ground_on_late, g, &timer) != 0)
		return;
	g->patience_over = false;
	loop_timer_set(timer, at_most_us, 0);
	while (!*good && !*bad && !g->patience_over && g->signals == signals)
		loop_run(g->loop);
	loop_timer_close(timer);
}

/* ---- the pool ---- */

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
		ground_wait_for(g, &g->pool_up, &g->pool_gone, RUN_START_US);
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
		embedded_free(g->pool);
		g->pool = NULL;
	}
	return -EADDRINUSE;
}

int
run_ground_pool(struct run_ground *g, const struct run_options *o, uint32_t phones,
    uint64_t seed, struct config_error *error)
{
	struct embedded_cfg cfg = {
		.loop = g->loop,
		.users = phones,
		.seed = seed,
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

/* ---- the capture ---- */

static void
ground_on_capture_up(void *arg)
{
	struct run_ground *g = arg;

	g->capture_up = true;
	loop_stop(g->loop);
}

static void
ground_on_capture_gone(void *arg)
{
	struct run_ground *g = arg;

	if (g->capture_up)
		log_line(LOG_ERROR, "cx700farm: the capture has ended: %s",
		    capture_says(g->capture));
	g->capture_gone = true;
	loop_stop(g->loop);
}

static void
ground_on_capture_stopped(void *arg)
{
	struct run_ground *g = arg;

	g->capture_gone = true;
	loop_stop(g->loop);
}

int
run_ground_capture(struct run_ground *g, const char *dir, const struct pool_file *pool,
    struct config_error *error)
{
	const struct capture_cfg cfg = {
		.loop = g->loop,
		.interface = "lo",
		.file = g->capture_file,
		.pool = pool,
		.on_up = ground_on_capture_up,
		.on_lost = ground_on_capture_gone,
		.on_stopped = ground_on_capture_stopped,
		.arg = g,
	};
	int err;

	(void)snprintf(g->capture_file, sizeof g->capture_file, "%s/run.pcapng", dir);
	err = capture_start(&cfg, &g->capture);
	if (err != 0) {
		(void)config_fail(error, "cx700farm", (struct mark){ 0 },
		    "--pcap: dumpcap cannot be started: %s (Debian: apt-get install "
		    "wireshark-common)",
		    strerror(-err));
		return err;
	}
	ground_wait_for(g, &g->capture_up, &g->capture_gone, RUN_START_US);
	if (g->capture_up)
		return 0;
	if (g->signals > 0)
		return -ECANCELED;
	(void)config_fail(error, "cx700farm", (struct mark){ 0 },
	    "--pcap: dumpcap says: %s (may it capture? setcap cap_net_raw,cap_net_admin=ep "
	    "\"$(command -v dumpcap)\")",
	    capture_says(g->capture));
	return -EPERM;
}

/* ---- the end ---- */

static int
ground_unlink(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	(void)remove(path);
	return 0;
}

/* What is on its way is captured too; what was lost is said. */
static void
ground_end_capture(struct run_ground *g)
{
	if (g->capture_up)
		ground_wait_for(g, &g->capture_gone, &g->capture_gone, RUN_LINGER_US);
	if (!g->capture_gone) {
		capture_stop(g->capture);
		ground_wait_for(g, &g->capture_gone, &g->capture_gone, RUN_END_US);
	}
	if (capture_lost(g->capture) > 0)
		log_line(LOG_ERROR, "cx700farm: the capture lost %lu packets",
		    capture_lost(g->capture));
}

/* A pool that was killed could not remove its private folder, in which its pool file lies. */
static void
ground_tidy_pool(const struct run_ground *g)
{
	const char *file = embedded_pool_file(g->pool), *slash = strrchr(file, '/');
	char dir[RUN_PATH_MAX];

	if (g->pool_dir_named || slash == NULL || embedded_status(g->pool) <= CLI_SIGNAL)
		return;
	if (snprintf(dir, sizeof dir, "%.*s", (int)(slash - file), file) < (int)sizeof dir)
		(void)nftw(dir, ground_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

void
run_ground_close(struct run_ground *g)
{
	g->on_signal = NULL;
	g->on_pool_lost = NULL;
	if (g->capture != NULL && !g->capture_gone)
		ground_end_capture(g);
	capture_free(g->capture);
	if (g->pool != NULL && !g->pool_gone) {
		embedded_stop(g->pool);
		ground_wait_for(g, &g->pool_gone, &g->pool_gone, RUN_END_US);
	}
	if (g->pool != NULL)
		ground_tidy_pool(g);
	embedded_free(g->pool);
	if (g->on_int != NULL)
		loop_signal_close(g->on_int);
	if (g->on_term != NULL)
		loop_signal_close(g->on_term);
	loop_free(g->loop);
	if (g->folder[0] != '\0')
		(void)nftw(g->folder, ground_unlink, 8, FTW_DEPTH | FTW_PHYS);
}
