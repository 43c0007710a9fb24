/*
 * run_ground.h - what a run stands on: the main loop, signals, a private folder,
 * the embedded pool, the capture.
 */
#ifndef CLI_RUN_GROUND_H
#define CLI_RUN_GROUND_H
#include <stdbool.h>

#include "capture.h"
#include "embedded.h"
#include "run_options.h"
#include "run_plan.h"
#include "tree.h"

enum { RUN_FOLDER_MAX = 128, RUN_PATH_MAX = 4096 };

/* So long the pool and dumpcap get to start, and to end: dumpcap has packets to write. */
#define RUN_START_US UINT64_C(120000000)
#define RUN_END_US UINT64_C(10000000)

struct run_ground {
	struct loop *loop;
	struct loop_signal *on_int, *on_term;
	unsigned signals; /* how many came */
	int signum;       /* the first one */
	/* Called with each signal, if set; without it, waiting ends. */
	loop_fn *on_signal;
	/* Called once if the embedded pool ends while the phones run. */
	loop_fn *on_pool_lost;
	void *arg;

	char folder[RUN_FOLDER_MAX]; /* private, removed at the end */

	struct embedded *pool;
	bool pool_up, pool_gone;
	bool pool_dir_named; /* --dir: its folder is the user's */
	struct capture *capture;
	char capture_file[RUN_PATH_MAX];
	bool capture_up, capture_gone;
	bool patience_over;
};

/* Loop, signals, folder.  0 or -errno with the complaint. */
int run_ground_open(struct run_ground *, struct config_error *);

/* Start the embedded pool for the plan's phones, faults and habits, and wait until it is up.
 * 0; -ECANCELED: a signal came; or -errno with the complaint. */
int run_ground_pool(struct run_ground *, const struct run_options *, const struct run_plan *,
    struct config_error *);

/* Stop the pool, if there is one that runs; embedded_stats() then has what it counted. */
void run_ground_end_pool(struct run_ground *);

/* Capture what the pool's phones send and get on their network into DIR/run.pcapng, and wait
 * until that runs.  The pool is lent until run_ground_close().  The same. */
int run_ground_capture(
    struct run_ground *, const char *dir, const struct pool_file *pool, struct config_error *);

/* Run the loop until *done. */
void run_ground_wait(struct run_ground *, const bool *done);

/* Wait for either of two ends, so long at most, or until another signal comes. */
void run_ground_wait_for(
    struct run_ground *, const bool *good, const bool *bad, uint64_t at_most_us);

/* Stop capture and pool in order, give everything back. */
void run_ground_close(struct run_ground *);

#endif
