/*
 * board.h - where each phone of a running farm is, and what it has tried of late: for whoever
 * looks on while the run goes on.
 *
 * A phone is written by its shard's thread and read by another; 64 neighbours share a lock.
 * Nothing is allocated after board_new().
 */
#ifndef FARM_BOARD_H
#define FARM_BOARD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "instance.h"

enum {
	BOARD_TRIES = 64,  /* of each phone the latest are kept; of very many phones fewer */
	BOARD_DETAIL = 56, /* bytes of a detail, its NUL with them */
};

struct board;

enum board_state {     /* the live page knows these numbers */
	BOARD_WAITING, /* its time to start has not come */
	BOARD_WALKING,
	BOARD_STAYING, /* at the end of its way, still signed in */
	BOARD_FINISHED,
	BOARD_FAILED,
	BOARD_OFF,
	BOARD_SIGNED_OUT,
	BOARD_STATES
};

/* A phone at this moment. */
struct board_place {
	uint8_t state; /* enum board_state */
	uint8_t row;   /* where it is; of a phone that failed, the row that it failed in */
	uint8_t why;   /* of the last try lost in that row; 0: none was */
	uint8_t lost;  /* so many tries were lost in that row, at most 255 */
};

struct board_try {
	uint32_t t_ms;             /* the row's first try, since the run's beginning */
	float ms;                  /* from there to this try's end */
	uint8_t row, verdict, why; /* verdict: enum instance_verdict */
	bool chore;
	char detail[BOARD_DETAIL];
};

struct board_phone {
	struct board_place place;
	uint64_t told; /* all tries it has told of: more than n if old ones are forgotten */
	unsigned n;
	struct board_try tries[BOARD_TRIES]; /* the oldest first */
};

/* 0 or -ENOMEM. */
int board_new(uint32_t phones, struct board **out);

/* NULL is fine. */
void board_free(struct board *);

/* It is now in this state, at this row. */
void board_enter(struct board *, uint32_t phone, enum board_state, unsigned row);

/* It has told of a try; before board_enter(), if that moves it. */
void board_tell(
    struct board *, uint32_t phone, const struct instance_row *, uint64_t run_began_us);

/* How many phones there are on it. */
uint32_t board_phones(const struct board *);

/* All of them, in the order of their numbers; out has room for board_phones(). */
void board_places(struct board *, struct board_place *out);

/* One of them.  0, or -ENOENT: there is no such phone. */
int board_phone(struct board *, uint32_t phone, struct board_phone *out);

#endif
