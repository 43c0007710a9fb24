/*
 * events.h - the events of a run as one shard plays them: which of its slots each one means,
 * when a slot is
 * switched off and on, and what it is told.  What an event does is said at struct farm_event.
 */
#ifndef FARM_EVENTS_H
#define FARM_EVENTS_H
#include <stdbool.h>
#include <stdint.h>

#include "farm.h"

struct events;

enum events_power {
	EVENTS_ON,
	EVENTS_OFF_A_WHILE, /* it is switched on again, whatever else happens */
	EVENTS_OFF          /* perhaps for good */
};

struct events_cfg {
	const struct farm_cfg *farm; /* events, phones, seed; lent */
	struct loop *loop;
	unsigned shard, shards; /* slot s is phone shard + s * shards */
	uint32_t n_slots;
	void *arg;
	/* Let slot s have this power.  Only changes are told; false: it has not been started,
	 * or could not be made. */
	bool (*power)(void *arg, uint32_t s, enum events_power);
	/* Tell slot s this, if there is anybody to hear it. */
	void (*command)(void *arg, uint32_t s, enum instance_command);
	/* What was due has been done: pending() may be another. */
	void (*turned)(void *arg);
};

/* 0 or -ENOMEM.  Afterwards nothing here needs memory. */
int events_new(const struct events_cfg *, struct events **out);

/* NULL is fine. */
void events_free(struct events *);

/* The plan's zero is known: from here on timed events happen. */
void events_begin(struct events *, uint64_t zero_us);

/* Slot s has done this row; power() may be called. */
void events_row(struct events *, uint32_t s, unsigned row);

/* Is a timed event still to come? */
bool events_pending(const struct events *);

/* Nothing happens any more, nothing is pending. */
void events_stop(struct events *);

#endif
