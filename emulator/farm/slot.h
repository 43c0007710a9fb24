/*
 * slot.h - one instance's place in its shard: what the instance tells is counted
 * here, and how far it has come is remembered.
 */
#ifndef FARM_SLOT_H
#define FARM_SLOT_H
#include <stdbool.h>
#include <stdint.h>

#include "farm.h"
#include "loop.h"

struct slot;

/* What the slots of one shard have in common. */
struct slot_desk {
	const struct farm_cfg *cfg;
	struct loop *loop;
	struct metrics *metrics;
	struct buf *trace; /* NULL: no trace */
	void *arg;
	/* There are new lines in the trace. */
	void (*traced)(void *arg);
	/* The instance has arrived or failed, for the first time. */
	void (*over)(void *arg, struct slot *);
	/* After leave(). */
	void (*left)(void *arg, struct slot *);
	/* The login row was done, or refused for its password. */
	void (*login)(void *arg, struct slot *, bool wrong_password);
};

struct slot {
	struct instance_sink sink; /* first: the instance reports to it */
	struct slot_desk *desk;
	struct instance *instance; /* NULL: not started, or it could not be made */
	uint64_t intended_us, started_us;
	uint32_t index;
	uint32_t guide_seen; /* the numbers it has completed, a bit each */
	uint8_t row;         /* where it is on its road */
	uint8_t state;       /* enum instance_state, the last one told before it was to leave */
	bool started, booted, over, leaving, left, judged;
	bool let_in;   /* a canary that has logged in, or got to its end without */
	bool let_down; /* at the run's end it did not hold what it had arrived at */
};

/* Zeroed memory becomes the slot of instance number `index`. */
void slot_init(struct slot *, struct slot_desk *, uint32_t index);

/* Make its instance and switch it on; it was meant to start at intended_us.  0, or -errno:
 * then it has failed.  *err_out as instance_make_fn says. */
int slot_start(struct slot *, const struct instance_place *, uint64_t intended_us,
    uint64_t now_us, const char **err_out);

/* At the run's end, before it leaves or is closed: does it still hold what it arrived at?
 * Remembered the first time. */
void slot_judge(struct slot *);

/* Let its instance, which it must have, leave; desk->left() is called once, perhaps in here. */
void slot_leave(struct slot *);

/* Free its instance; nothing is told any more. */
void slot_close(struct slot *);

/* Add where it is to the counts. */
void slot_count(const struct slot *, struct phone_counts *);

#endif
