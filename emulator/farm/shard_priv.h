/* shard_priv.h - what shard.c (running) and shard_make.c (made, asked, freed) share. */
#ifndef FARM_SHARD_PRIV_H
#define FARM_SHARD_PRIV_H
#include <pthread.h>

#include "buf.h"
#include "shard.h"
#include "slot.h"

struct shard {
	struct shard_common *common;
	unsigned number;
	struct loop *loop;
	struct io_world *world;
	struct loop_timer *start_timer, *second_timer, *end_timer;
	pthread_t thread;
	bool running;

	struct slot_desk desk;
	struct slot *slots;
	uint32_t n_slots, next; /* the next to be started */
	uint32_t over, leaving;
	bool no_more, over_told, leave_asked, ending, closed_told;

	struct metrics metrics, counts;
	struct buf trace;
	int trace_err;
	const char *make_says;
};

/* What timers ring and the farm's posts call, all in shard.c: */

/* Start whoever is due. */
void shard_on_start(void *shard);

/* Once a second: the trace, and what could not be said before. */
void shard_on_second(void *shard);

/* Close everything and say so. */
void shard_on_end(void *shard);

/* Let everybody leave. */
void shard_on_leave(void *shard);

/* Copy the counts for the farm. */
void shard_on_ask_counts(void *shard);

/* The slots' desk is this shard. */
void shard_desk_init(struct shard *);

/* The body of its thread. */
void *shard_thread(void *shard);

#endif
