/* sim_farm.c - see sim_farm.h. */
#include "sim_farm.h"

#include <assert.h>
#include <string.h>

#include "loop.h"
#include "mem.h"
#include "phone_rows.h"
#include "profile_load.h"
#include "sim_loop.h"

static const int64_t WALL_US = 1252454400ll * 1000000; /* 2009-09-09 */

static void
must(int err)
{
	assert(err == 0);
	(void)err;
}

static void
on_end(void *arg)
{
	loop_stop(((struct sim_farm *)arg)->loop);
}

static void
load_profiles(struct sim_farm *f)
{
	static const char *const names[] = { "cx700-1.0.199.123", "cx700-1.0.522.101" };
	struct config_error error;

	for (size_t i = 0; i < SIM_FARM_PROFILES; i++) {
		must(profile_load(names[i], &f->profiles[i], &error));
		f->tls[i] = (struct io_tls_habit){
			.suites = f->profiles[i]->tls.suites,
			.n_suites = f->profiles[i]->tls.n_suites,
			.split_records = f->profiles[i]->tls.split_records,
		};
	}
}

struct sim_farm *
sim_farm_new(uint32_t phones)
{
	struct sim_farm *f = mem_new(sizeof *f);

	assert(f != NULL);
	must(sim_clock_new(&f->clock));
	must(sim_loop_new(f->clock, &f->loop));
	must(sim_new_cfg(&(struct sim_cfg){ .clock = f->clock, .wall_us = WALL_US }, &f->sim));
	must(sim_pool_file("Pa55w0rd", &f->file));
	servers_default(&f->servers);
	f->servers.update.size = 1000000;
	load_profiles(f);
	sim_world_init(&f->world, f->sim, f->tls, SIM_FARM_PROFILES);
	f->start_us = mem_new(phones * sizeof *f->start_us);
	assert(f->start_us != NULL);
	f->types_for = (struct spread){ .a_us = 20000000 };
	f->plan = (struct journey_plan){
		.restart_after_update = true,
		.stage_loops = 3,
		.profile_of = phone_profile_of,
		.profiles = &f->phone,
	};
	f->group = (struct phone_group){ .plan = &f->plan, .types_for = &f->types_for };
	f->phone = (struct phone_cfg){
		.world = &f->world.base,
		.pool = &f->file,
		.profiles = (const struct profile *const *)f->profiles,
		.n_profiles = SIM_FARM_PROFILES,
		.groups = &f->group,
		.n_groups = 1,
	};
	f->cfg = (struct farm_cfg){
		.loop = f->loop,
		.phones = phones,
		.start_us = f->start_us,
		.seed = 1,
		.rows = f->rows,
		.n_rows = phone_rows(f->rows, METRICS_ROWS),
		.make = phone_make,
		.make_arg = &f->phone,
		.trace_fd = -1,
		.on_end = on_end,
		.arg = f,
	};
	f->cfg.guard.login_row = sim_farm_row(f, "krb_login");
	f->cfg.sign_in_row = sim_farm_row(f, "user_enters");
	return f;
}

const struct farm_end *
sim_farm_run(struct sim_farm *f)
{
	const struct sim_pool_cfg pool = {
		.clock = f->clock,
		.users = f->cfg.phones,
		.password = "Pa55w0rd",
		.seed = f->cfg.seed,
		.servers = &f->servers,
		.faults = f->faults,
	};
	const char *says;

	must(sim_pool_new(f->sim, &pool, &f->pool));
	must(farm_new(&f->cfg, &f->farm, &says));
	must(farm_start(f->farm));
	loop_run(f->loop);
	return farm_result(f->farm);
}

void
sim_farm_free(struct sim_farm *f)
{
	farm_free(f->farm);
	assert(sim_open(f->sim) == 0);
	sim_free(f->sim);
	sim_pool_free(f->pool);
	loop_free(f->loop);
	sim_clock_free(f->clock);
	pool_file_done(&f->file);
	for (size_t i = 0; i < SIM_FARM_PROFILES; i++)
		profile_free(f->profiles[i]);
	mem_free(f->start_us);
	mem_free(f);
}

unsigned
sim_farm_row(const struct sim_farm *f, const char *step)
{
	unsigned row = 0;

	while (strcmp(f->rows[row].name, step) != 0) {
		row++;
		assert(row < f->cfg.n_rows || f->cfg.n_rows == 0);
	}
	return row;
}
