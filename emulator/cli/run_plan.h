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

enum { PLAN_PROFILES = 32, PLAN_OVERRIDES = 64 };

/* A group of the scenario, as its phones live it. */
struct plan_group {
	unsigned profile; /* of the plan's, that they are delivered with */
	struct journey_override override[PLAN_OVERRIDES];
	struct journey_plan journey;
	struct io_link link;
};

struct run_plan {
	struct scenario scenario;
	struct profile *profiles[PLAN_PROFILES];
	size_t n_profiles;
	uint32_t phones;
	uint64_t seed;
	uint32_t first[SCENARIO_GROUPS_MAX + 1]; /* scenario_split()'s */
	struct plan_group group[SCENARIO_GROUPS_MAX];
	struct phone_group phone_groups[SCENARIO_GROUPS_MAX];
	struct farm_group farm_groups[SCENARIO_GROUPS_MAX];
	size_t n_named; /* groups with a name: all, or 0 */
	uint64_t *start_us;
	uint32_t *order;
	enum scenario_trace trace;
	uint32_t trace_sample;
	struct farm_row rows[METRICS_ROWS];
	size_t n_rows;
	const char *reasons[WHY_COUNT];
	const char *watch[EXPECTATION_DETAILS_MAX + 1]; /* details that expectations ask for */
	size_t n_watch;
	struct farm_event events[FARM_EVENTS_MAX];
	size_t n_events;
	struct phone_cfg phone;

	struct pool_file pool; /* after run_plan_pool() */
	struct io_tls_habit tls[PLAN_PROFILES];
	struct io_port ports[POOL_PORTS_MAX];
	struct io_net allow[POOL_NETS_MAX], addresses[POOL_NETS_MAX];
	struct io_vlan vlans[POOL_VLANS_MAX];
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

/* How many phones keep their line to the pool until the end. */
uint32_t run_plan_lines(const struct run_plan *);

/* How long those stay that stay the longest. */
uint64_t run_plan_stay_us(const struct run_plan *);

/* The number of this step's row. */
unsigned run_plan_row(const struct run_plan *, const char *step);

/* Give back what it holds; also of a plan that is half made. */
void run_plan_done(struct run_plan *);

#endif
