/*
 * shard.h - one thread of the farm: a loop, its share of the world, its
 * instances.  The farm makes it, posts to it, and hears from it by posts.
 * It may also share the farm's own loop; nothing else is different then.
 */
#ifndef FARM_SHARD_H
#define FARM_SHARD_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "farm.h"
#include "loop.h"

struct shard;

/* What a shard has to tell. */
enum shard_word {
	SHARD_COUNTED,     /* shard_counts() are fresh, as asked */
	SHARD_OVER,        /* each of its instances has come to its end, no event is to come */
	SHARD_AGAIN,       /* but now one walks again */
	SHARD_LOGIN,       /* a canary has logged in, or got to its end */
	SHARD_CANARY_LOST, /* a canary failed */
	SHARD_WRONG_PASSWORD, /* the guard's number of them came in a row */
	SHARD_CLOSED,         /* nothing is open any more; its thread ends */
	SHARD_WORDS
};

/* The little that all shards of a farm have in common. */
struct shard_common {
	const struct farm_cfg *cfg;
	unsigned shards;
	bool own_loops; /* a loop and a thread each; else there is one, on cfg->loop */
	struct farm_phone *phone; /* each shard tells its own, before it has closed */
	uint64_t began_us;
	atomic_uint_fast64_t go_us;  /* zero of the plan for all but the canaries; 0: not yet */
	atomic_uint wrong_passwords; /* in a row */
	/* Posted to the farm's loop with the shard as argument. */
	loop_fn *on[SHARD_WORDS];
	atomic_bool abandoned; /* the start failed: nobody listens any more */
	void *farm;
};

/* Made on the farm's thread, not yet running.  0 or -errno; *err_out as in farm_new(). */
int shard_new(struct shard_common *, unsigned number, struct shard **out, const char **err_out);

/* Start its thread.  0 or -errno. */
int shard_start(struct shard *);

/* Wait for its thread's end (after SHARD_CLOSED, or when it never started), free it. */
void shard_free(struct shard *);

/* These are asked from the farm's thread; 0, or -ENOMEM: the shard will not hear of it. */

/* Copy your counts, then SHARD_COUNTED. */
int shard_ask_counts(struct shard *);

/* The canaries are in: start the others, go_us is set. */
int shard_ask_go(struct shard *);

/* Start nobody else, let everybody leave, close, then SHARD_CLOSED. */
int shard_ask_leave(struct shard *);

/* Close at once, then SHARD_CLOSED. */
int shard_ask_kill(struct shard *);

/* The counts of the last SHARD_COUNTED or SHARD_CLOSED; not to be read between ask and
 * answer. */
const struct metrics *shard_counts(const struct shard *);

/* What it has in common with the others: posts bring the shard, this brings the farm. */
struct shard_common *shard_common_of(const struct shard *);

/* Why an instance could not be made, or NULL; after SHARD_CLOSED. */
const char *shard_make_says(const struct shard *);

/* 0, or the errno with which writing the trace failed; after SHARD_CLOSED. */
int shard_trace_err(const struct shard *);

#endif
