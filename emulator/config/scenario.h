/* scenario.h - who powers on when, and how far they walk: a scenario file, read and checked.
 * The tables in scenario.c are the format. */
#ifndef CONFIG_SCENARIO_H
#define CONFIG_SCENARIO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "expectation.h"
#include "fault.h"
#include "phones.h"
#include "servers.h"
#include "spread.h"
#include "tree.h"

enum { SCENARIO_ARRIVALS_MAX = 32, SCENARIO_OVERRIDES_MAX = 32, SCENARIO_EVENTS_MAX = 64 };

enum arrival_kind { ARRIVAL_AT_ONCE, ARRIVAL_RAMP, ARRIVAL_STEADY, ARRIVAL_POISSON };

struct arrival { /* items run one after the other */
	enum arrival_kind kind;
	struct mark at;
	uint32_t count;              /* at_once */
	double from_per_s, to_per_s; /* ramp: linear from .. to; steady, poisson: from_per_s */
	uint64_t for_us;             /* how long the item lasts */
};

struct scenario_override {
	char step[40];
	struct mark at;
	uint32_t tries;    /* 0 = as the table says */
	uint64_t limit_us; /* 0 = as the table says */
};

enum scenario_deed {
	SCENARIO_POWER_CYCLE, /* off, and on again after off_us */
	SCENARIO_UNPLUG,      /* off */
	SCENARIO_PLUG         /* on again, if it is off */
};

/* What happens to some of the phones: at a time, or to each the first time it has done a step.
 */
struct scenario_event {
	struct mark mark;
	enum scenario_deed what;
	char step[40];  /* "" = at at_us */
	uint64_t at_us; /* since the plan's zero: all canaries are in */
	struct phones phones;
	uint64_t off_us; /* power_cycle */
};

struct scenario {
	char *file; /* for later errors with a place */
	char title[120];
	uint32_t phones;
	char profile[128]; /* a name, or a path with a slash or .yaml */
	struct mark profile_at;
	struct arrival arrival[SCENARIO_ARRIVALS_MAX];
	size_t n_arrivals;
	struct {
		struct spread types_for;
	} user;
	struct {
		char until[40]; /* "" = the table's last row */
		struct mark until_at;
		bool restart_after_update;
		uint64_t stay_us;
		struct scenario_override override[SCENARIO_OVERRIDES_MAX];
		size_t n_overrides;
	} journey;
	struct scenario_event event[SCENARIO_EVENTS_MAX];
	size_t n_events;
	struct faults faults;
	struct servers servers;
	struct mark faults_at, servers_at; /* line 0: the file has no such key */
	struct expectations expect;
	uint64_t seed;
};

/* 0, or -errno with a one-line error.  Step names are checked by who knows the table. */
int scenario_load(const char *path, struct scenario *out, struct config_error *);

/* NULL is fine. */
void scenario_done(struct scenario *);

/* Append the manual: one line a key. */
void scenario_help(struct buf *);

/* How many phones an item starts (at_once: its count; others: rate times time). */
double arrival_starts(const struct arrival *);

#endif
