/*
 * rehearsal.h - phones with the real journey's tables in a whole simulated pool.
 *
 *	struct rehearsal *r = rehearsal_new(&(struct rehearsal_cfg){ .phones = 1 });
 *
 *	rehearsal_on(r, 0, 0);
 *	rehearsal_run(r, 3600 * S);
 *	assert_int_equal(r->phone[0].state, JOURNEY_ARRIVED);
 *	rehearsal_free(r);
 */
#ifndef TESTS_FAKE_REHEARSAL_H
#define TESTS_FAKE_REHEARSAL_H
#include "journey.h"
#include "profile.h"
#include "sim_pool.h"

struct rehearsal_cfg {
	uint32_t phones;
	/* `servers:` and `faults:` of a scenario, as YAML; NULL: the defaults, none. */
	const char *yaml;
	uint64_t seed;
	const char *profile;  /* NULL: cx700-1.0.199.123 */
	const char *password; /* that is typed; NULL: the right one */
	const char *until;    /* name of a step; NULL: the last */
	uint64_t stay_us;
	bool restart, leave, lean, external;
	int64_t wall_us; /* 0: 2009-09-09 */
	/* Instead of the journey's own table and chores: these rows and no chores. */
	const struct leg *table;
	size_t n_rows;
	/* Changes what the YAML says, before the pool is made. */
	void (*habits)(void *arg, struct servers *, struct faults *);
	/* As sim_pool.h's, and a word at each row that was told. */
	struct sim_way *(*between)(void *arg, enum servers_id, struct sim_way *);
	void (*told)(void *arg, const struct journey_row *);
	void *arg;
};

/* One row as it was told, tries too. */
struct rehearsal_row {
	const char *step;
	bool chore, final;
	enum verdict verdict;
	enum reason why;
	char detail[80];
	uint64_t started_us, ended_us;
	unsigned tries;
};

struct rehearsal_phone {
	struct rehearsal *r;
	struct io *io;
	struct auth *auth;
	struct identity id;
	struct journey *j;
	struct sim_event on;
	enum journey_state state;
	uint64_t arrived_us;
	uint32_t guide;            /* bit n: the guide's number n was done */
	struct rehearsal_row *row; /* all that were told */
	size_t n_rows;
	unsigned restarts;
};

struct rehearsal {
	struct rehearsal_cfg cfg;
	struct sim_clock *clock;
	struct sim *sim;
	struct sim_pool *pool;
	struct servers servers;
	struct faults faults;
	struct profile *profile;
	struct journey_plan plan;
	struct rehearsal_phone *phone;
	long mem_before;   /* what was out when it began */
	struct buf *trace; /* if not NULL: a line for each row of each phone */
};

struct rehearsal *rehearsal_new(const struct rehearsal_cfg *);
void rehearsal_free(struct rehearsal *);

/* Switch phone i on after so long. */
void rehearsal_on(struct rehearsal *, uint32_t i, uint64_t after_us);
/* Let the world run until all phones rest or that time. */
void rehearsal_run(struct rehearsal *, uint64_t until_us);

/* How many phones are in that state. */
uint32_t rehearsal_count(const struct rehearsal *, enum journey_state);
/* The n-th telling of a step's row (tries count), which must be there; how often it was told.
 */
const struct rehearsal_row *rehearsal_row(
    const struct rehearsal *, uint32_t phone, const char *step, size_t nth);
size_t rehearsal_told(const struct rehearsal *, uint32_t phone, const char *step);
/* The last telling, which must be there. */
const struct rehearsal_row *rehearsal_last(
    const struct rehearsal *, uint32_t phone, const char *step);
/* Has it done all of the guide's 28 numbers? */
bool rehearsal_guide_done(const struct rehearsal *, uint32_t phone);
/* All rows of a phone on standard error, when a test fails. */
void rehearsal_show(const struct rehearsal *, uint32_t phone);

#endif
