/* shard_priv.h - what shard.c (at work), shard_end.c (counts, leaving, closing) and
 * shard_make.c (made, asked, freed) share. */
#ifndef FARM_SHARD_PRIV_H
#define FARM_SHARD_PRIV_H
#include <pthread.h>

#include "buf.h"
#include "events.h"
#include "shard.h"
#include "slot.h"

struct shard_start {     /* one start of the plan that is this shard's */
	uint32_t number; /* in the plan */
	uint32_t slot;
};

struct shard {
	struct shard_common *common;
	unsigned number;
	struct loop *loop;
	struct io_world *world;
	struct loop_timer *start_timer, *second_timer, *end_timer;
	pthread_t thread;
	bool running;

	struct slot_desk desk;
	struct events *events; /* NULL: none are planned */
	struct slot *slots;
	struct shard_start *starts; /* n_slots of them, in the order of the plan */
	uint32_t n_slots, next;     /* the next to be started */
	uint32_t over, leaving;
	bool no_more, over_told, leave_asked, ending, closed_told;

	unsigned untold[SHARD_WORDS];
	struct metrics metrics, counts; /* as it counts; as the farm may read them */
	struct buf trace;
	int trace_err;
	const char *make_says;
};

/* ---- shard.c ---- */

/* Start whoever is due. */
void shard_on_start(void *shard);

/* Once a second: the trace, and what could not be said before. */
void shard_on_second(void *shard);

/* The slots' desk is this shard. */
void shard_desk_init(struct shard *);

/* Set the timers with which everything begins. */
void shard_begin(struct shard *);

/* The body of its thread. */
void *shard_thread(void *shard);

/* What its events call: a slot's power, what it is told, and the end of a turn. */
bool shard_power(void *shard, uint32_t slot, enum events_power);
void shard_command(void *shard, uint32_t slot, enum instance_command);
void shard_turned(void *shard);

/* ---- shard_end.c ---- */

/* Post this to the farm; if there is no memory for it, again with the next second. */
void shard_tell(struct shard *, enum shard_word);

/* What could not be told so far. */
void shard_tell_rest(struct shard *);

/* Write what there is of the trace. */
void shard_trace_flush(struct shard *);

/* Copy the counts for the farm. */
void shard_on_ask_counts(void *shard);

/* Let everybody leave. */
void shard_on_leave(void *shard);

/* One of those who leave has left. */
void shard_left(void *shard, struct slot *);

/* Close everything and say so. */
void shard_on_end(void *shard);

/* If nothing is left to wait for, say so. */
void shard_say_over(struct shard *);

#endif
