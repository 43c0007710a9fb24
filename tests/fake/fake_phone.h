/*
 * fake_phone.h - a phone in the fake world, to try one step or a few.
 *
 *	struct fake_phone *p = fake_phone_new();
 *
 *	fake_phone_knows(p, FACT_ADDRESS | FACT_DOMAIN);
 *	sim_listen(p->f, SIM_UDP, 123, my_server, &it);
 *	fake_phone_walk(p, &step_ntp_sync, 1);
 *	assert_int_equal(p->row->verdict, STEP_DONE);
 *	fake_phone_free(p);
 *
 * The steps run in the real journey, on a table made of them.
 */
#ifndef TESTS_FAKE_PHONE_H
#define TESTS_FAKE_PHONE_H
#include "journey.h"
#include "profile.h"
#include "sim.h"
#include "sim_accept.h"
#include "sim_auth.h"
#include "sim_kdc.h"

enum { FAKE_ROWS_MAX = 16, FAKE_TOLD_MAX = 128 };

/* What the watcher was told of a row: a copy. */
struct fake_row {
	const char *step;
	bool chore, final;
	unsigned tries;
	enum verdict verdict;
	enum reason why;
	char detail[80];
	uint64_t started_us, ended_us;
	char *seen; /* JSON */
};

struct fake_phone {
	struct sim *f;
	struct io *io;
	struct sim_auth *auth;
	struct profile *profile; /* cx700-1.0.199.123; the test may change it before the walk */
	struct identity id;      /* phone 1: phone00001 of contoso.com, contoso.com */
	struct facts facts; /* before the walk: the test's to fill; afterwards: the phone's */
	struct journey_plan plan;
	struct journey *j; /* made by the walk */

	/* What happened. */
	struct fake_row told[FAKE_TOLD_MAX];
	size_t n_told;
	const struct fake_row *row; /* the last one told */
	enum journey_state states[FAKE_TOLD_MAX];
	size_t n_states;
	unsigned restarts;

	struct leg rows[FAKE_ROWS_MAX];
	const struct chore *chores; /* none unless the test sets them */
	size_t n_chores;
	void *test;         /* the test's own; a step of the test finds it by fake_phone_of() */
	bool cut_when_told; /* cut the power inside the watcher's next row */
};

/* The fake phone that this step walks in. */
struct fake_phone *fake_phone_of(const struct step *);

struct fake_phone *fake_phone_new(void);

/* Everything the phone had open must be closed by its power cut. */
void fake_phone_free(struct fake_phone *);

/*
 * Set these bits, with usual values for their fields: address 127.42.0.1 (the io
 * has it too), DNS servers 127.0.0.53 and .54, domain contoso.com, DC dc01.contoso.com, pool
 * pool01.contoso.com, CA, CAS: all 127.0.0.1; clock: 2009-09-09.  FACT_TGT: logged in.
 */
void fake_phone_knows(struct fake_phone *, uint32_t facts);

/* A row for the walk: tries and limit (60 s) may be changed in the leg given back. */
struct leg *fake_phone_row(struct fake_phone *, const struct step_ops *, unsigned tries);

/* Walk the rows added so far, or this step alone; runs until the walk ends. */
void fake_phone_walk_rows(struct fake_phone *);
void fake_phone_walk(struct fake_phone *, const struct step_ops *, unsigned tries);

/* The power is cut, these facts are there (again), and the rows are walked once more. */
void fake_phone_walk_again(struct fake_phone *, uint32_t facts);

/* Only make the journey and switch it on: the test runs the world (sim_step). */
void fake_phone_switch_on(struct fake_phone *);

#endif
