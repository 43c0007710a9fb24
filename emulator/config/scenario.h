/*
 * scenario.h - who powers on when, and how far they walk: a scenario file, read and checked.
 * The tables in scenario*.c are the format.
 *
 * The phones are in groups, at least one.  What the file says at its top of profile, arrival,
 * user, journey and link is in the groups after loading, so nobody looks for it elsewhere.
 */
#ifndef CONFIG_SCENARIO_H
#define CONFIG_SCENARIO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "expectation.h"
#include "fault.h"
#include "include.h"
#include "phones.h"
#include "servers.h"
#include "spread.h"
#include "tree.h"

enum {
	SCENARIO_GROUPS_MAX = 16,
	SCENARIO_LINKS_MAX = 16,
	SCENARIO_NAME_MAX = 25, /* of a group, of a link */
	SCENARIO_ARRIVALS_MAX = 32,
	SCENARIO_OVERRIDES_MAX = 32,
	SCENARIO_EVENTS_MAX = 64
};

enum arrival_kind {
	ARRIVAL_AT_ONCE,
	ARRIVAL_RAMP,
	ARRIVAL_STEADY,
	ARRIVAL_POISSON,
	/* These take all phones of the group that are left. */
	ARRIVAL_STORM,   /* the rate falls evenly from twice the mean to 0 */
	ARRIVAL_ROLLING, /* waves of equal size, each of them evenly */
	ARRIVAL_BLACKOUT /* all evenly; a power_cycle of the group is among the events */
};

struct arrival { /* items run one after the other */
	enum arrival_kind kind;
	struct mark at;
	uint32_t count;              /* at_once; rolling: how many waves; blackout: 1 */
	double from_per_s, to_per_s; /* ramp: linear from .. to; steady, poisson: from_per_s */
	uint64_t for_us;             /* how long the item lasts; rolling: each wave */
	uint64_t every_us;           /* rolling: from one wave to the next */
	uint64_t after_us;           /* blackout: when its event is, which says the rest */
	struct spread off_for;
};

struct scenario_override {
	char step[40];
	struct mark at;
	uint32_t tries;    /* 0 = as the table says */
	uint64_t limit_us; /* 0 = as the table says */
	bool has_pause;
	struct spread pause; /* instead of the table's: just this, drawn before each next try */
};

struct scenario_journey {
	char until[40]; /* "" = the table's last row */
	struct mark until_at;
	bool restart_after_update;
	uint64_t stay_us;
	struct scenario_override override[SCENARIO_OVERRIDES_MAX];
	size_t n_overrides;
};

/* The line between a phone and the rest, for each direction by itself.  All zero: none. */
struct scenario_link {
	uint64_t delay_us, jitter_us;  /* evenly in delay - jitter .. delay + jitter */
	double loss;                   /* of packets, 0 to 1 */
	uint64_t down_per_s, up_per_s; /* bytes a second; 0: no limit */
};

/* Phones that are alike.  They are numbered one group after the other. */
struct scenario_group {
	/* [a-z][a-z0-9_-]*; "": the file has no `groups:`, all phones are in this one. */
	char name[SCENARIO_NAME_MAX];
	struct mark at;
	uint32_t phones;   /* of scenario.phones; of another number scenario_split() tells */
	char profile[128]; /* a name, or a path with a slash or .yaml */
	struct mark profile_at;
	struct arrival arrival[SCENARIO_ARRIVALS_MAX];
	size_t n_arrivals;
	struct spread types_for;
	struct scenario_journey journey;
	struct scenario_link link;
	char link_name[SCENARIO_NAME_MAX]; /* "" = it is none of scenario.links */
	struct mark link_at;
};

struct scenario_named_link {
	char name[SCENARIO_NAME_MAX];
	struct scenario_link link;
};

enum scenario_deed {
	SCENARIO_POWER_CYCLE, /* off, and on again after off_for */
	SCENARIO_UNPLUG,      /* off */
	SCENARIO_PLUG,        /* on again, if it is off */
	SCENARIO_SIGN_OUT,    /* the person signs out */
	SCENARIO_SIGN_IN,     /* the person signs in, if it is signed out */
	SCENARIO_CHECK_UPDATE /* it asks for a newer version now */
};

/* What happens to some of the phones: at a time, or to each the first time it has done a step.
 */
struct scenario_event {
	struct mark mark;
	enum scenario_deed what;
	char step[40];         /* "" = at at_us */
	uint64_t at_us;        /* since the plan's zero: all canaries are in */
	struct phones phones;  /* one of `group` means what scenario_phones() makes of it */
	struct spread off_for; /* power_cycle: of each phone by itself */
};

/* Whose lines of the trace are kept. */
enum scenario_trace {
	SCENARIO_TRACE_ALL,
	SCENARIO_TRACE_FAILURES, /* of phones that failed */
	SCENARIO_TRACE_SAMPLE    /* of these, and of trace_sample phones spread evenly */
};

struct scenario {
	char *file;                        /* for later errors with a place */
	char *included[TREE_INCLUDED_MAX]; /* to which marks point */
	size_t n_included;
	char title[120];
	uint32_t phones;
	struct scenario_group group[SCENARIO_GROUPS_MAX];
	size_t n_groups; /* at least 1 */
	struct scenario_named_link links[SCENARIO_LINKS_MAX];
	size_t n_links;
	struct scenario_event event[SCENARIO_EVENTS_MAX];
	size_t n_events;
	struct faults faults;
	struct servers servers;
	struct mark faults_at, servers_at; /* line 0: the file has no such key */
	struct expectations expect;
	enum scenario_trace trace;
	uint32_t trace_sample;
	uint64_t seed;
};

/* 0, or -errno with a one-line error.  Step names are checked by who knows the table.  What the
 * file includes is read from the file system, or from this source. */
int scenario_load(const char *path, struct scenario *out, struct config_error *);
int scenario_load_from(const struct include_source *, const char *path, struct scenario *out,
    struct config_error *);

/*
 * Only `faults:` and `servers:` of a scenario, for who plays the servers; a file that has
 * nothing else will do, too.  Defaults where it is silent.  0, or -errno with the error.
 */
int scenario_load_servers(
    const char *path, struct faults *, struct servers *, struct config_error *);

/* NULL is fine. */
void scenario_done(struct scenario *);

/* The table of the format: what the manual and the schema are printed from. */
const struct field *scenario_table(size_t *n_out);

/* Append the manual: one line a key. */
void scenario_help(struct buf *);

/*
 * How `total` phones divide among the groups, as those of the file do, the largest remainder
 * first: group i has the phones first_out[i] .. first_out[i + 1] - 1.  Room for n_groups + 1.
 */
void scenario_split(const struct scenario *, uint32_t total, uint32_t *first_out);

/* Whom an event means when the phones divide so: a group is turned into its numbers, for
 * phones_has(), which knows no groups. */
struct phones scenario_phones(
    const struct scenario *, const struct phones *, const uint32_t *first);

/* "all", "failures" or a number of phones, as `trace:` and --trace have it.  0 or -EINVAL. */
int scenario_trace_read(const char *text, enum scenario_trace *, uint32_t *sample_out);

/* How many phones an item starts (at_once: its count; flows: rate times time; those that take
 * all that are left: infinity). */
double arrival_starts(const struct arrival *);

#endif
