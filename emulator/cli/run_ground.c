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

void
run_ground_wait_for(
    struct run_ground *g, const bool *good, const bool *bad, uint64_t at_most_us)
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

/* This machine's address may be on any of its interfaces. */
static const char *
ground_interface(const struct pool_file *pool)
{
	switch (pool->network.mode) {
	case POOL_INTERFACE:
		return pool->network.interface;
	case POOL_HOST:
		return pool->network.addresses[0].ip >> 24 == 127 ? "lo" : "any";
	case POOL_LOOPBACK:
		break;
	}
	return "lo";
}

int
run_ground_capture(struct run_ground *g, const char *dir, const struct pool_file *pool,
    struct config_error *error)
{
	const struct capture_cfg cfg = {
		.loop = g->loop,
		.interface = ground_interface(pool),
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
	run_ground_wait_for(g, &g->capture_up, &g->capture_gone, RUN_START_US);
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
		run_ground_wait_for(g, &g->capture_gone, &g->capture_gone, RUN_LINGER_US);
	if (!g->capture_gone) {
		capture_stop(g->capture);
		run_ground_wait_for(g, &g->capture_gone, &g->capture_gone, RUN_END_US);
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
	run_ground_end_pool(g);
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
