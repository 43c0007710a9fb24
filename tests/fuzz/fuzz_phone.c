/*
 * fuzz_phone.c - a whole phone, from power-on to the updated firmware and for a while after, in
 * front of a whole pool of the simulated world; what the servers say is spoilt on its way by
 * the bytes.  Unspoilt it arrives.  However it is spoilt, the phone's way has an end, its
 * trace is JSON, and nothing of it is left when it is switched off.
 */
#include <jansson.h>

#include "fuzz.h"
#include "mem.h"
#include "profile_load.h"
#include "sim_auth.h"
#include "sim_clock.h"
#include "sim_pool.h"
#include "spoilt_io.h"
#include "text.h"
#include "trace.h"

enum { PROFILES = 3, MINUTES = 60, STEPS_MAX = 200000, IMAGE_BYTES = 2000 };

#define MINUTE UINT64_C(60000000)
#define PASSWORD "secret"
#define HOME_POOL "pool02.contoso.com"

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
	struct servers servers;
	struct sim_pool *pool;
	struct io *real, *io;
	struct auth *auth;
	struct journey *j;
	struct buf lines;
	bool arrived;
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
	json_error_t error;
	json_t *line;

	buf_clear(&w->lines);
	trace_line(&w->lines, &id, 0, row);
	HOLDS(w->lines.err == 0 && w->lines.n > 0 && w->lines.p[w->lines.n - 1] == '\n');
	line = json_loadb((const char *)w->lines.p, w->lines.n - 1, 0, &error);
	HOLDS(json_is_object(line));
	json_decref(line);
	buf_clear(&w->lines);
	trace_words(&w->lines, &id, row);
	HOLDS(fuzz_one_line(buf_cstr(&w->lines)));
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

/* What kind of pool it is: two zeros are one without oddities. */
static void
odd_servers(struct servers *s, uint8_t one, uint8_t two)
{
	servers_default(s);
	/* An image that is soon made and soon fetched. */
	s->update.size = IMAGE_BYTES;
	s->ldap.publish_ca ^= one & 1;
	s->ldap.enrollment ^= one >> 1 & 1;
	s->ca_web.wrong_key ^= one >> 2 & 1;
	if (one & 8)
		s->sip.certificate = (enum servers_certificate)(one / 16 % 6);
	s->update.blank ^= two & 1;
	s->update.wrong_length ^= two >> 1 & 1;
	s->exchange.mailbox ^= two >> 2 & 1;
	if (two & 8)
		s->exchange.certificate = (enum servers_certificate)(one / 16 % 6);
	if (two & 16) {
		(void)text_copy(s->sip.home_pool, SERVERS_NAME_MAX, span_of(HOME_POOL));
		s->sip.redirect = 1;
	}
	if (two & 32)
		s->dhcp.voice_vlan = 0;
	if (two & 64)
		s->kdc.offset_us = 20 * (int64_t)MINUTE;
	if (two & 128)
		s->sip.version = 3;
}

static void
begin(struct world *w, struct span plan, const struct journey_plan *way, unsigned version)
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
		.profile = profile(version),
		.plan = way,
		.watch = { w, on_row, on_state, on_restart },
		.table = journey_table,
		.n_rows = journey_rows,
		.chores = chores_table,
		.n_chores = chores_count };

	pool.servers = &w->servers;
	HOLDS(sim_clock_new(&w->clock) == 0);
	sim.clock = pool.clock = w->clock;
	HOLDS(sim_new_cfg(&sim, &w->sim) == 0);
	HOLDS(sim_pool_new(w->sim, &pool, &w->pool) == 0);
	HOLDS(sim_phone_new(w->sim, &phone, &w->real) == 0);
	HOLDS(spoilt_io_new(w->real, plan, &w->io) == 0);
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
	buf_done(&w->lines);
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

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span in = { p, n };
	uint8_t how = fuzz_u8(&in), one = fuzz_u8(&in), two = fuzz_u8(&in);
	/* Signed in for half an hour, so that the chores come, and with a last word or none. */
	struct journey_plan way = { .restart_after_update = how & 1,
		.stay_us = how & 2 ? 30 * MINUTE : 0,
		.stage_loops = 2,
		.leave = how & 4 };
	static struct world w;
	long before;

	(void)profile(0);
	w = (struct world){ .arrived = false };
	odd_servers(&w.servers, one, two);
	before = mem_out();
	begin(&w, in, &way, how >> 4);
	journey_power_on(w.j);
	live(&w, MINUTES * MINUTE);
	HOLDS(w.arrived || in.n > 0 || one != 0 || two != 0);
	if (how & 4) {
		journey_leave(w.j);
		live(&w, 5 * MINUTE);
		HOLDS(journey_state(w.j) == JOURNEY_LEFT);
	}
	end(&w);
	HOLDS(mem_out() == before);
	return 0;
}
