/*
 * check_walk.h - the walk of `check`: one phone, from power-on to its new firmware, through the
 * pool of a pool file or the embedded one, and out again without leaving anything behind.
 */
#ifndef CLI_CHECK_WALK_H
#define CLI_CHECK_WALK_H
#include "check_watch.h"
#include "run_ground.h"
#include "run_options.h"
#include "run_wire.h"

struct check_cfg {            /* texts are argv's */
	const char *pool;     /* a pool file, or NULL: the embedded pool */
	const char *scenario; /* with the embedded pool: whose faults and habits; or NULL */
	struct run_options options; /* profile, pool_args, yes, verbose; the rest is the
				       walk's */
	bool ssl2;
};

struct check_walk {               /* zeroed */
	struct check_watch watch; /* what was met, after check_walk() */
	struct run_plan plan;
	struct run_ground ground;
	struct run_options options;
	struct run_wire wire;
	struct farm *farm;
	bool ended;
	struct config_error error;
};

/*
 * Walk; watch.told is called with each row, which may be on another thread than the caller's,
 * but not beside it.  CLI_PASS: the phone has walked, and arrived or not; else another exit
 * status, and the complaint has been logged.
 */
int check_walk(struct check_walk *, const struct check_cfg *);

/* Give everything back; the embedded pool ends. */
void check_walk_done(struct check_walk *);

#endif
