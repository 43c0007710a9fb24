/*
 * sim_farm.h - the whole of it in virtual time: the farm on a virtual loop, the product's
 *phones, a simulated pool.
 *
 *	struct sim_farm *f = sim_farm_new(100);
 *
 *	f->plan.stay_us = 60 * S;
 *	assert_int_equal(sim_farm_run(f)->metrics->phones.finished, 100);
 *	sim_farm_free(f);
 */
#ifndef TESTS_SIM_FARM_H
#define TESTS_SIM_FARM_H
#include "farm.h"
#include "phone.h"
#include "sim_clock.h"
#include "sim_pool.h"
#include "sim_world.h"

enum { SIM_FARM_PROFILES = 2 };

struct sim_farm {
	/* What a test may change before it runs. */
	struct farm_cfg cfg; /* all start at 0; seed 1 */
	struct phone_cfg phone;
	struct phone_group group; /* all phones are of this one */
	struct journey_plan plan; /* to the last row, restart after the update */
	struct spread types_for;  /* 20 s */
	uint64_t *start_us;
	const struct faults *faults;
	struct servers servers; /* the defaults, but for an image of 1 MB */

	struct sim_clock *clock;
	struct loop *loop;
	struct sim *sim;
	struct sim_pool *pool;
	struct sim_world world;
	struct pool_file file;
	struct profile *profiles[SIM_FARM_PROFILES]; /* builds 199 and 522 */
	struct io_tls_habit tls[SIM_FARM_PROFILES];
	struct farm_row rows[METRICS_ROWS];
	struct farm *farm;
};

struct sim_farm *sim_farm_new(uint32_t phones);
const struct farm_end *sim_farm_run(struct sim_farm *);
void sim_farm_free(struct sim_farm *);

/* The number of this step's row. */
unsigned sim_farm_row(const struct sim_farm *, const char *step);

#endif
