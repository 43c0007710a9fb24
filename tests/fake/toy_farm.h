/*
 * toy_farm.h - a farm of toy instances: each walks four rows that take set times, and its life
 * is noted, phone by phone.  On a virtual loop every time is exact; the same toys run on real
 * threads where only who and how often matter.
 */
#ifndef TESTS_TOY_FARM_H
#define TESTS_TOY_FARM_H
#include "farm.h"
#include "loop.h"
#include "sim_clock.h"

enum { TOY_LEASE, TOY_LOGIN, TOY_LINE, TOY_UPDATE, TOY_CHORE, TOY_ROWS };
enum { TOY_NOTES = 8 };

/* What a phone comes to, walk by walk. */
enum toy_fate {
	TOY_ARRIVES,
	TOY_FAILS,          /* in its last row */
	TOY_WRONG_PASSWORD, /* fails in the login row: the KDC says so */
	TOY_HANGS,          /* in its last row, for ever */
	TOY_WAITS,          /* in its last row, until it is given another fate */
	TOY_CANNOT_BE_MADE
};

struct toy_times { /* when something happened to a phone, since the run's zero */
	unsigned n;
	uint64_t at_us[TOY_NOTES]; /* the first of them */
};

struct toy_life {
	struct toy_times on, off, arrived, failed, leave;
	struct toy_times out, in, check; /* what the farm has told it */
	unsigned closed;
};

struct toy_farm {
	/* What a test sets before toy_farm_run(). */
	struct farm_cfg cfg;
	uint64_t *start_us;
	uint64_t
	    row_us[TOY_ROWS]; /* how long each takes; [TOY_CHORE]: every so often, 0 never */
	uint64_t stay_us;     /* from the last row to ARRIVED */
	uint64_t leave_us;    /* UINT64_MAX: for ever */
	uint64_t sign_out_us; /* from the sign-out until it is out */
	bool lets_down;       /* nobody holds what it arrived at */
	/* NULL: all arrive.  Walks count from 0. */
	enum toy_fate (*fate)(const struct toy_farm *, uint32_t index, unsigned walk);
	/* Once a second, on the farm's thread. */
	void (*second)(struct toy_farm *, const struct metrics *, uint64_t since_us);
	bool runs_on; /* the loop is not stopped at the end: whatever is left rings */
	void *of_test;

	/* What it finds. */
	struct toy_life *life; /* one a phone */
	unsigned seconds, ends;
	struct farm *farm;
	struct loop *loop;
	struct sim_clock *clock; /* NULL: a real loop */
};

/* So many phones, all due at 0, in virtual time. */
struct toy_farm *toy_farm_new(uint32_t phones);

/* The same on a real loop, with so many threads, or none. */
struct toy_farm *toy_farm_new_real(uint32_t phones, unsigned threads);

/* Ten of them; their rows take 1, 2, 3 and 4 s, so they arrive at 10 s. */
struct toy_farm *toy_farm_ten(void);

/* From farm_new() until on_end. */
const struct farm_end *toy_farm_run(struct toy_farm *);

/* With these events, which are lent. */
const struct farm_end *toy_farm_run_with(
    struct toy_farm *, const struct farm_event *, size_t n);

/* Asserts that nothing is left of it. */
void toy_farm_free(struct toy_farm *);

/* `who` as the scenario writes it: "10%" or "3,7-9". */
struct farm_event toy_event(enum scenario_deed, uint64_t at_us, const char *who);

/* The same, when a row is done. */
struct farm_event toy_event_row(enum scenario_deed, unsigned row, const char *who);

/* A power_cycle, at a time and when a row is done. */
struct farm_event toy_cycle(uint64_t at_us, uint64_t off_us, const char *who);
struct farm_event toy_cycle_row(unsigned row, uint64_t off_us, const char *who);

/* Asserts that this happened so often, and when: toy_times_are(&life->on, 2, 0ull, 5ull * S).
 */
void toy_times_are(const struct toy_times *, unsigned n, ...);

#endif
