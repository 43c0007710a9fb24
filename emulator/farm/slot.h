/*
 * slot.h - one instance's place in its shard: what the instance tells is counted
 * here, and how far it has come is remembered.  Where it is stands in the desk's metrics at any
 * moment, so that nobody has to ask a million of them.
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
	/* It has come to an end: the instance has arrived or failed, or is off for all that is
	 * known.  And: not so any more, it walks again.  Told in turns. */
	void (*over)(void *arg, struct slot *);
	void (*again)(void *arg, struct slot *);
	/* After leave(). */
	void (*left)(void *arg, struct slot *);
	/* It has done a row; its power may be cut in here. */
	void (*did)(void *arg, struct slot *, unsigned row);
	/* The login row was done, or refused for its password. */
	void (*login)(void *arg, struct slot *, bool wrong_password);
};

struct slot {
	struct instance_sink sink; /* first: the instance reports to it */
	struct slot_desk *desk;
	struct instance *instance; /* NULL: not started, or it could not be made */
	uint64_t intended_us, started_us;
	uint64_t booted_us; /* its first arrival; 0: not yet */
	uint64_t ended_us;  /* its way's last end, arrived or failed; 0: never */
	uint32_t index;
	uint32_t guide_seen; /* the numbers it has completed, a bit each */
	uint8_t row;         /* where it is on its road */
	uint8_t state;       /* enum instance_state, the last one told before it was to leave */
	uint8_t group;
	uint8_t lost_row, lost_why; /* the last try that was lost: of which row, for which
				       reason */
	bool canary;                /* the guard's */
	bool started, over, leaving, left, judged;
	bool let_in;   /* a canary that has logged in, or got to its end without */
	bool let_down; /* at the run's end it did not hold what it had arrived at */
	bool off;      /* an event has switched it off */
};

/* Zeroed memory becomes the slot of instance number `index`. */
void slot_init(struct slot *, struct slot_desk *, uint32_t index);

/* Make its instance and switch it on; it was meant to start at intended_us.  0, or -errno:
 * then it has failed.  *err_out as instance_make_fn says. */
int slot_start(struct slot *, const struct instance_place *, uint64_t intended_us,
    uint64_t now_us, const char **err_out);

/* May it be switched off and on: is there an instance, and is it not leaving? */
bool slot_has_power(const struct slot *);

/* Cut its power, if it is on; for_good: for all that is known it stays off. */
void slot_off(struct slot *, bool for_good);

/* Switch it on again: it walks from its first row. */
void slot_on(struct slot *);

/* Tell it this.  false: it has no power, is leaving, or there is none. */
bool slot_command(struct slot *, enum instance_command);

/* At the run's end, before it leaves or is closed: does it still hold what it arrived at?
 * Remembered the first time. */
void slot_judge(struct slot *);

/* Let its instance leave: desk->left() is called once, perhaps in here.  false: there is none,
 * or it is off, and nothing is told. */
bool slot_leave(struct slot *);

/* What has become of it, after slot_judge(). */
void slot_tell(const struct slot *, struct farm_phone *out);

/* Free its instance; nothing is told any more. */
void slot_close(struct slot *);

#endif
