/*
 * fuzz_phone.c - a whole phone, from power-on to the updated firmware and for a while after, in
 * front of a whole pool of the simulated world, as odd and as faulty as the bytes say; and what
 * the servers say is spoilt on its way by them; and people come and go, and its power too.
 * Unspoilt and left alone it arrives.  However it is spoilt,
 * the phone's way has an end, its trace is JSON, it does the same again, and nothing of it is
 * left when it is switched off.
 */
#include <jansson.h>

#include "fuzz.h"
#include "fuzz_odd.h"
#include "mem.h"
#include "profile_load.h"
#include "sim_auth.h"
#include "sim_clock.h"
#include "sim_pool.h"
#include "spoilt_io.h"
#include "trace.h"

enum { PROFILES = 3, MINUTES = 60, STEPS_MAX = 200000, IMAGE_BYTES = 2000, WISHES = 6 };

#define MINUTE UINT64_C(60000000)
#define PASSWORD "secret"

static const struct identity id = { .index = 1,
	.mac = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x01 },
	.serial = "0004F2100001",
	.user = "phone00001",
	.user_domain = "contoso.com",
	.sip_user = "phone00001",
	.sip_domain = "contoso.com",
	.think_us = 20 * 1000000 };

struct world {
	struct sim_clock *clock;
	struct sim *sim;
	struct sim_pool *pool;
	struct io *real, *io;
	struct auth *auth;
	struct journey *j;
	struct buf lines; /* all of its trace */
	bool arrived;
	enum journey_state at_last; /* before it leaves */
};

/* What somebody does with the phone, so long after the wish before. */
struct wish {
	uint64_t after_us;
	uint8_t what;
};

/* What the bytes say of one life. */
struct life {
	struct servers servers;
	struct faults faults;
	struct journey_plan way;
	unsigned version;
	struct wish wish[WISHES];
	size_t n_wishes;
	struct span spoilt;
};

/* Loaded once: they are read only. */
static const struct profile *
profile(unsigned nth)
{
	static const char *const names[PROFILES] = { "cx700-1.0.199.123", "cx700-1.0.522.101",
		"cx700-3.5.6907.35" };
	static struct profile *loaded[PROFILES];
	struct config_error error;

	for (size_t i = 0; i < PROFILES; i++)
		if (loaded[i] == NULL)
			HOLDS(profile_load(names[i], &loaded[i], &error) == 0);
	return loaded[nth % PROFILES];
}

/* Each try's line is JSON and one line, whatever the servers said. */
static void
on_row(void *arg, const struct journey_row *row)
{
	struct world *w = arg;
	size_t before = w->lines.n;
	struct buf words = { 0 };
	json_error_t error;
	json_t *line;

	trace_line(&w->lines, &id, 0, row);
	HOLDS(w->lines.err == 0 && w->lines.n > before && w->lines.p[w->lines.n - 1] == '\n');
	line =
	    json_loadb((const char *)w->lines.p + before, w->lines.n - before - 1, 0, &error);
	HOLDS(json_is_object(line));
	json_decref(line);
	trace_words(&words, &id, row);
	HOLDS(fuzz_one_line(buf_cstr(&words)));
	buf_done(&words);
}

static void
on_state(void *arg, enum journey_state state)
{
	struct world *w = arg;

	w->arrived |= state == JOURNEY_ARRIVED;
}

static void
on_restart(void *arg)
{
	(void)arg;
}

static void
begin(struct world *w, const struct life *life)
{
	struct sim_cfg sim = { .strict = true, .wall_us = 1252486800ll * 1000000 };
	struct sim_pool_cfg pool = { .users = 2, .password = PASSWORD, .seed = 1 };
	const struct sim_phone_cfg phone = {
		.index = 1, .seed = 1, .mac = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x01 }
	};
	struct sim_auth_cfg auth = {
		.user = id.user, .realm = "CONTOSO.COM", .password = PASSWORD
	};
	struct journey_cfg cfg = { .id = &id,
		.profile = profile(life->version),
		.plan = &life->way,
		.watch = { w, on_row, on_state, on_restart },
		.table = journey_table,
		.n_rows = journey_rows,
		.chores = chores_table,
		.n_chores = chores_count };

	pool.servers = &life->servers;
	pool.faults = &life->faults;
	HOLDS(sim_clock_new(&w->clock) == 0);
	sim.clock = pool.clock = w->clock;
	HOLDS(sim_new_cfg(&sim, &w->sim) == 0);
	HOLDS(sim_pool_new(w->sim, &pool, &w->pool) == 0);
	HOLDS(sim_phone_new(w->sim, &phone, &w->real) == 0);
	HOLDS(spoilt_io_new(w->real, life->spoilt, &w->io) == 0);
	auth.world = w->sim;
	HOLDS(sim_auth_make(&auth, &w->auth) == 0);
	cfg.io = w->io;
	cfg.auth = w->auth;
	cfg.host_wall_minus_now_us = sim_wall_us(w->sim) - (int64_t)sim_now_us(w->sim);
	HOLDS(journey_new(&cfg, &w->j) == 0);
}

static void
end(struct world *w)
{
	journey_power_off(w->j);
	HOLDS(sim_open(w->sim) == 0);
	journey_free(w->j);
	sim_auth_unmake(w->auth);
	spoilt_io_free(w->io);
	sim_phone_free(w->real);
	sim_pool_free(w->pool);
	sim_free(w->sim);
	sim_clock_free(w->clock);
}

/* An hour, or until nothing is left to happen; a phone that asks without end is a mistake. */
static void
live(struct world *w, uint64_t us)
{
	uint64_t until = sim_now_us(w->sim) + us;
	size_t steps = 0;

	while (sim_step(w->sim, until))
		HOLDS(++steps < STEPS_MAX);
}

static void
grant(struct journey *j, uint8_t what)
{
	static void (*const deeds[])(struct journey *) = { journey_sign_out, journey_sign_in,
		journey_check_update, journey_power_off, journey_power_on };

	deeds[what % 5](j);
}

/* All of a life; what it left behind in its trace. */
static void
run(const struct life *life, struct world *w)
{
	*w = (struct world){ .arrived = false };
	begin(w, life);
	journey_power_on(w->j);
	for (size_t i = 0; i < life->n_wishes; i++) {
		live(w, life->wish[i].after_us);
		grant(w->j, life->wish[i].what);
	}
	live(w, MINUTES * MINUTE);
	w->at_last = journey_state(w->j);
	if (life->way.leave) {
		journey_leave(w->j);
		live(w, 5 * MINUTE);
		HOLDS(
		    journey_state(w->j) == JOURNEY_LEFT || journey_state(w->j) == JOURNEY_OFF);
	}
	end(w);
}

/* Some come at once, some in the middle of a row of milliseconds, some after minutes. */
static void
odd_wishes(struct life *life, struct span *in)
{
	static const uint64_t unit_us[] = { 1000, 100000, 1000000, 60000000 };

	life->n_wishes = fuzz_u8(in) % (WISHES + 1);
	for (size_t i = 0; i < life->n_wishes; i++) {
		uint8_t what = fuzz_u8(in);

		life->wish[i] = (struct wish){ fuzz_u8(in) * unit_us[what >> 6], what & 63 };
	}
}

/* With a good pool nobody's coming and going makes it fail, or leaves it half-way. */
static bool
is_settled(enum journey_state state)
{
	return state == JOURNEY_ARRIVED || state == JOURNEY_SIGNED_OUT || state == JOURNEY_OFF;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n };
	uint8_t how = fuzz_u8(&in), one = fuzz_u8(&in), two = fuzz_u8(&in);
	static struct world w, again;
	static struct life life;
	long before;

	(void)profile(0);
	before = mem_out();
	/* Signed in for half an hour, so that the chores come, and with a last word or none. */
	life = (struct life){ .version = how >> 4 & 7,
		.way = { .restart_after_update = how & 1,
		    .stay_us = how & 2 ? 30 * MINUTE : 0,
		    .stage_loops = 2,
		    .leave = how & 4 } };
	fuzz_odd_servers(&life.servers, one, two);
	/* An image that is soon made and soon fetched. */
	life.servers.update.size = IMAGE_BYTES;
	if (how & 8)
		fuzz_odd_faults(&life.faults, &in);
	if (how & 128)
		odd_wishes(&life, &in);
	life.spoilt = in;
	run(&life, &w);
	if (in.n == 0 && one == 0 && two == 0 && life.faults.n == 0)
		HOLDS(life.n_wishes == 0 ? w.arrived : is_settled(w.at_last));
	if (how & 8) {
		run(&life, &again);
		HOLDS(span_eq(buf_bytes(&w.lines), buf_bytes(&again.lines)));
		buf_done(&again.lines);
	}
	buf_done(&w.lines);
	HOLDS(mem_out() == before);
	return 0;
}
