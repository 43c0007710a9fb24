/* run_plan.h - what a run will do: scenario, profiles and flags, read, checked and put
 * together. */
#ifndef CLI_RUN_PLAN_H
#define CLI_RUN_PLAN_H
#include "farm.h"
#include "io_uv.h"
#include "journey.h"
#include "metrics.h"
#include "phone.h"
#include "pool_file.h"
#include "run_options.h"
#include "scenario.h"

enum { PLAN_PROFILES = 16, PLAN_OVERRIDES = 64 };

struct run_plan {
	struct scenario scenario;
	struct profile
	    *profiles[PLAN_PROFILES]; /* [0] is the one the phones are delivered with */
	size_t n_profiles;
	uint32_t phones;
	uint64_t seed;
	uint64_t *start_us;
	struct journey_override override[PLAN_OVERRIDES];
	struct journey_plan journey;
	struct farm_row rows[METRICS_ROWS];
	size_t n_rows;
	const char *reasons[WHY_COUNT];
	const char *watch[EXPECTATION_DETAILS_MAX + 1]; /* details that expectations ask for */
	size_t n_watch;
	struct farm_event events[FARM_EVENTS_MAX];
	size_t n_events;
	struct phone_group group;
	struct phone_cfg phone;

	struct pool_file pool; /* after run_plan_pool() */
	struct io_tls_habit tls[PLAN_PROFILES];
	struct io_port ports[POOL_PORTS_MAX];
	struct io_net allow[POOL_NETS_MAX];
	struct io_relay relays[POOL_VLANS_MAX];
	struct io_world_cfg world;
};

/* 0, or -errno with one line of complaint: the command's fault or a file's.  Zeroed memory
 * becomes a plan, which points into itself: it must not move. */
int run_plan_make(struct run_plan *, const struct run_options *, struct config_error *);

/* Add the pool. */
int run_plan_pool(struct run_plan *, const char *pool_file, struct config_error *);

/* The farm's part of the plan: phones, when they start, rows, guards.  The pool must have been
 * added; loop, threads, world, trace and callbacks are the caller's. */
void run_plan_farm(struct run_plan *, struct farm_cfg *);

/* Does each phone keep its line to the pool until the end? */
bool run_plan_keeps_line(const struct run_plan *);

/* The number of this step's row. */
unsigned run_plan_row(const struct run_plan *, const char *step);

/* Give back what it holds; also of a plan that is half made. */
void run_plan_done(struct run_plan *);

#endif
