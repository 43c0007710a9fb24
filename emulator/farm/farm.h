/*
 * farm.h - thousands of instances on a few threads.
 *
 * One loop a thread, nothing shared: instance i lives on shard i mod threads.
 * What the shards count is added up once a second.  Everything here happens on
 * the thread that runs cfg.loop, and so do its callbacks.
 *
 * With no threads the instances live on cfg.loop itself, which may then be a
 * virtual one.
 */
#ifndef FARM_FARM_H
#define FARM_FARM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "instance.h"
#include "metrics.h"
#include "scenario.h"

struct board;
struct farm;
struct io_world_cfg;

/* Instances that leave get this long, then their power is cut. */
#define FARM_LEAVE_MAX_US UINT64_C(30000000)

struct farm_guard {
	uint32_t canary; /* so many instances must log in before the rest start; 0: none */
	uint32_t wrong_passwords; /* in a row, then all stop; 0: no such guard */
	unsigned login_row;       /* the row that is the login */
};

enum { FARM_EVENTS_MAX = SCENARIO_EVENTS_MAX };

/*
 * Power that goes and comes, and what people do: `events:` of a scenario.  It meets those of
 *its phones that have been started and not left yet; of them
 *
 *	power_cycle   switches off, and on again after off_for, each by its own draw of it; one
 *	              that is unplugged stays off
 *	unplug        switches off, until it is plugged
 *	plug          switches on what is off, for whatever reason
 *	sign_out      signs out; the phone waits with its address, also when its power goes and
 *	              comes, until somebody signs in
 *	sign_in       signs in who is signed out: types, and walks on from there
 *	check_update  asks for an update, and installs it, as soon as it rests at its way's end
 *
 * and the latest one decides.  The last three mean those that have power.  Switched on again a
 * phone walks its whole way with what it kept.  A run does not end before the last timed event,
 * nor while a phone is off that comes on again by itself, signs out, or looks for an update;
 * one that is off or signed out at the end has not finished.
 */
struct farm_event {
	enum scenario_deed what;
	/* When: at a time since the plan's zero (all canaries are in), or, for each phone by
	 * itself, the first time that it has done this row. */
	bool by_row;
	unsigned row;
	uint64_t at_us;
	struct spread off_for; /* power_cycle */
	/* Who.  A share is drawn anew for each event; but a plug's from the phones of the
	 * unplug before it in the list, and a sign_in's from those of the sign_out: the same
	 * share plugs the same ones. */
	struct phones phones;
};

/* A population within the phones: from this one on, up to the next group's first. */
struct farm_group {
	const char *name;
	uint32_t first;
};

struct farm_cfg { /* what it points to is lent, read only, and outlives the farm */
	struct loop *loop;
	unsigned threads; /* 0: all on `loop`, see above */
	uint32_t phones;
	/* The plan: when the i-th start is meant to be, ascending, and which phone it is of;
	 * NULL: of phone i.  The canaries are the first to start. */
	const uint64_t *start_us;
	const uint32_t *order;
	const struct farm_group *groups; /* by their first; the first one's is 0 */
	size_t n_groups;                 /* at most METRICS_GROUPS; 0: no group is told */
	uint64_t seed;
	const struct farm_row *rows;
	size_t n_rows; /* at most METRICS_ROWS */
	const struct io_world_cfg
	    *world;               /* shard and shards are filled in; NULL: none is made */
	const char *const *watch; /* tries whose detail begins so are counted */
	size_t n_watch;           /* at most METRICS_WATCHES */
	instance_make_fn *make;
	void *make_arg;
	bool must_hold; /* finished means also: holds() at the end of the run */
	struct farm_guard guard;
	unsigned sign_in_row; /* where one that was signed out is when somebody signs in */
	const struct farm_event *events;
	size_t n_events; /* at most FARM_EVENTS_MAX */
	int trace_fd;    /* opened with O_APPEND; -1: no trace */
	struct board
	    *board; /* of as many phones, written by the shards; NULL: nobody looks on */
	/* Once a second; the counts of the whole farm, lent. */
	void (*on_second)(void *arg, const struct metrics *, uint64_t since_began_us);
	/* Everything is closed; farm_free() may follow, but not inside. */
	void (*on_end)(void *arg);
	void *arg;
};

/* What became of a phone. */
enum farm_outcome { FARM_NOT_STARTED, FARM_FINISHED, FARM_FAILED, FARM_UNFINISHED };

struct farm_phone {
	uint8_t outcome;     /* enum farm_outcome */
	uint8_t row;         /* where it failed, or where it was at the end */
	uint8_t why;         /* its last lost try's there, as instance_row has it; 0: none */
	uint8_t group;       /* its number in farm_cfg.groups */
	uint32_t started_ms; /* since the run's beginning: actually switched on */
	uint32_t
	    boot_ms; /* from its intended start to its first arrival, at least 1; 0: none */
	uint32_t
	    ended_ms; /* since the run's beginning: arrived and stayed, or failed; 0: not */
};

/* How a run ended. */
struct farm_end {
	const struct metrics *metrics;
	const struct farm_phone *phone; /* farm_cfg.phones of them, by number */
	double wall_s;
	bool drained;           /* by farm_drain() or farm_kill() */
	const char *guard_says; /* why a guard stopped the run, or NULL */
	const char
	    *make_says; /* why the last instance that could not be made could not, or NULL */
	int trace_err;  /* 0, or the errno with which writing the trace failed */
};

/* 0 or -errno; *err_out says in words what failed (static text, or NULL). */
int farm_new(const struct farm_cfg *, struct farm **out, const char **err_out);

/* Start the threads; the run begins.  0 or -errno, and nothing runs then. */
int farm_start(struct farm *);

/* No more starts; those that run leave.  on_end follows within FARM_LEAVE_MAX_US. */
void farm_drain(struct farm *);

/* Cut everybody's power at once.  on_end follows soon. */
void farm_kill(struct farm *);

/* Valid from on_end until farm_free(). */
const struct farm_end *farm_result(const struct farm *);

/* NULL is fine; a farm that runs must have ended. */
void farm_free(struct farm *);

#endif
