/* embedded.h - the embedded pool: cx700pool as a child of `run`. */
#ifndef CLI_EMBEDDED_H
#define CLI_EMBEDDED_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

struct embedded;

struct embedded_cfg { /* lent until embedded_stop() */
	struct loop *loop;
	uint32_t users;
	uint64_t seed; /* the same seed makes the same root certificate */
	const char *const
	    *args; /* more arguments for it; lent until embedded_start() returns */
	size_t n_args;
	const char *faults; /* the scenario whose `faults:` and `servers:` it plays; or NULL */
	bool talks;         /* what it prints goes to our standard error */
	/* It is up: embedded_pool_file() says how to reach it. */
	loop_fn *on_up;
	/* It ended by itself, before or after that. */
	loop_fn *on_lost;
	/* After embedded_stop(): it has ended. */
	loop_fn *on_stopped;
	void *arg;
};

/* Start it: beside our own program, or in PATH.  0 or -errno; -ENOENT: there is none. */
int embedded_start(const struct embedded_cfg *, struct embedded **out);

/* The file it wrote; "" before on_up. */
const char *embedded_pool_file(const struct embedded *);

/* Its exit status after on_lost. */
int embedded_status(const struct embedded *);

/* The run begins: the time of the faults does, too.  Only the first call counts. */
void embedded_begin(struct embedded *);

/* What its servers counted, as JSON; "" before on_stopped, and of a pool that was lost. */
const char *embedded_stats(struct embedded *);

/* Ask it to end. */
void embedded_stop(struct embedded *);

/* Kill it if it still runs, and forget it.  NULL is fine. */
void embedded_free(struct embedded *);

#endif
