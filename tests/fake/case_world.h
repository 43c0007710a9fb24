/*
 * case_world.h - one phone that walks the journey's own table in a whole simulated pool, up to
 * one row; a way of the test's own lies before each server, writes down what the phone does
 * while it is in that row, and plays the server's mood.
 */
#ifndef TESTS_FAKE_CASE_WORLD_H
#define TESTS_FAKE_CASE_WORLD_H
#include "rehearsal.h"
#include "step_cases.h"

enum { CASE_ROWS_MAX = 32, CASE_SENT_MAX = 256, CASE_LATENCY_US = 5000 };

/* A fault that does not hold yet begins then. */
#define CASE_NOT_YET_US (UINT64_MAX / 2)

struct case_way {           /* before one server */
	struct sim_way way; /* first */
	struct sim_way *link;
	struct case_world *world;
	enum servers_id id;
};

struct case_sent {
	enum servers_id to;
	enum sim_deed deed;
	uint64_t at_us;
};

struct case_world {
	const struct step_cases *cases;
	const struct case_mood *mood; /* NULL: all are as ever */
	struct rehearsal *r;
	struct case_way way[SERVERS_COUNT];
	struct leg rows[CASE_ROWS_MAX];
	size_t n_rows, at; /* of them; the number of the row under test */

	bool begun, ended; /* the row */
	bool answering;    /* what was caught */
	uint64_t began_us;
	struct case_sent sent[CASE_SENT_MAX];
	size_t n_sent;
	/* Of the answer that is late. */
	const struct io_handle *late;
	uint64_t late_until_us;
	unsigned tells; /* of this row, tries too */
};

/* The phone is off. */
struct case_world *case_world_new(const struct step_cases *, const struct case_mood *);
/* Cuts the phone's power first; nothing may be left open then. */
void case_world_free(struct case_world *);

/* Switch it on and let it come to the row.  The row has begun when this returns. */
void case_world_begin(struct case_world *);
/* The next thing that happens; false: the row is over, or nothing is left to happen. */
bool case_world_step(struct case_world *);
/* Until the row is over, and then for another day. */
void case_world_end(struct case_world *);

/* How the row ended: the last telling of it. */
const struct rehearsal_row *case_world_row(const struct case_world *);
/* What the phone did, as in struct step_case. */
void case_world_sent(const struct case_world *, struct buf *out);

/* For sim_pool.h's between; arg is the world (case_way.c). */
struct sim_way *case_way_between(void *arg, enum servers_id, struct sim_way *link);

#endif
