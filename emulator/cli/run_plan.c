/* run_plan.c - see run_plan.h. */
#include "run_plan.h"

#include <errno.h>
#include <string.h>

#include "data_file.h"
#include "mem.h"
#include "pacing.h"
#include "phone_rows.h"
#include "plan_events.h"
#include "plan_names.h"
#include "profile_load.h"
#include "text.h"

/* ---- profiles ---- */

/* The scenario's own profile; a name that is nobody's is the scenario's mistake, and its place
 * is said. */
static int
plan_profile(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	const char *name = o->profile != NULL ? o->profile : p->scenario.group[0].profile;
	/* A file's own complaint names its place; a mere name has none. */
	bool is_file = strchr(name, '/') != NULL || strstr(name, ".yaml") != NULL;
	int err = profile_load(name, &p->profiles[0], error);
	struct config_error inner = *error;

	p->n_profiles = err == 0;
	if (err != 0 && o->profile == NULL && !is_file)
		return config_fail(
		    error, p->scenario.file, p->scenario.group[0].profile_at, "%s", inner.text);
	return err;
}

/* "cx700-1.0.199.123.yaml" without its end; false: this file is no profile. */
static bool
plan_profile_name(const char *file, char *out, size_t cap)
{
	static const char end[] = ".yaml";
	size_t n = strlen(file), n_end = strlen(end);

	return strchr(file, '/') == NULL && n > n_end && strcmp(file + n - n_end, end) == 0 &&
	    text_copy(out, cap, (struct span){ (const uint8_t *)file, n - n_end }) == 0;
}

/* The phones' own first, then those of the program: one of them may be what they are updated
 * to. */
static int
plan_profiles(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	int err = plan_profile(p, o, error);

	for (size_t i = 0; err == 0 && i < profile_files_count; i++) {
		char name[128];

		if (!plan_profile_name(profile_files[i].name, name, sizeof name) ||
		    strcmp(name, p->profiles[0]->name) == 0 || p->n_profiles == PLAN_PROFILES)
			continue;
		err = profile_load(name, &p->profiles[p->n_profiles], error);
		p->n_profiles += err == 0;
	}
	return err;
}

/* By profile: io_phone_cfg.tls is an index into both. */
static void
plan_tls(struct run_plan *p)
{
	for (size_t i = 0; i < p->n_profiles; i++)
		p->tls[i] = (struct io_tls_habit){
			.suites = p->profiles[i]->tls.suites,
			.n_suites = p->profiles[i]->tls.n_suites,
			.split_records = p->profiles[i]->tls.split_records,
		};
}

/* ---- the journey ---- */

/* The flag wins over the scenario; the complaint names whoever said it. */
static int
plan_until(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	const char *until = o->until != NULL ? o->until : p->scenario.group[0].journey.until;

	if (until[0] == '\0')
		return 0;
	p->journey.until = journey_find(until);
	if (p->journey.until != NULL)
		return 0;
	if (o->until != NULL)
		return config_fail(error, "--until", (struct mark){ 0 },
		    "no such step: %s (see cx700farm steps)", until);
	return config_fail(error, p->scenario.file, p->scenario.group[0].journey.until_at,
	    "no such step: %s (see cx700farm steps)", until);
}

/* By the row's place in the table; limits are rounded up to milliseconds. */
static int
plan_overrides(struct run_plan *p, struct config_error *error)
{
	for (size_t i = 0; i < p->scenario.group[0].journey.n_overrides; i++) {
		const struct scenario_override *o = &p->scenario.group[0].journey.override[i];
		const struct leg *leg = journey_find(o->step);

		if (leg == NULL)
			return config_fail(error, p->scenario.file, o->at,
			    "no such step: %s (see cx700farm steps)", o->step);
		p->override[leg - journey_table] = (struct journey_override){
			.tries = (uint16_t)(o->tries < UINT16_MAX ? o->tries : UINT16_MAX),
			.limit_ms = (uint32_t)((o->limit_us + 999) / 1000),
		};
	}
	return 0;
}

static int
plan_journey(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	int err = plan_until(p, o, error);

	if (err == 0)
		err = plan_overrides(p, error);
	p->journey.restart_after_update = p->scenario.group[0].journey.restart_after_update;
	p->journey.stay_us = p->scenario.group[0].journey.stay_us;
	/* How often a stage may be walked again before that is a failure. */
	p->journey.stage_loops = 3;
	p->journey.override = p->override;
	p->journey.profile_of = phone_profile_of;
	p->journey.profiles = &p->phone;
	return err;
}

/* ---- who starts when ---- */

static int
plan_arrivals(struct run_plan *p, struct config_error *error)
{
	const struct scenario *s = &p->scenario;
	int err;

	p->start_us = mem_new(p->phones * sizeof *p->start_us);
	if (p->start_us == NULL)
		return config_fail(
		    error, s->file, (struct mark){ 0 }, "no memory for %u phones", p->phones);
	err = pacing_plan(
	    s->group[0].arrival, s->group[0].n_arrivals, p->phones, p->seed, p->start_us);
	if (err != 0)
		return config_fail(error, s->file,
		    s->group[0].arrival[s->group[0].n_arrivals - 1].at,
		    "the last arrival cannot go on until %u phones have started: its rate ends "
		    "at 0",
		    p->phones);
	return 0;
}

/* What the pool has no part in; so `validate` can use it too. */
int
run_plan_make(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	const char *wrong = journey_check_all();
	int err;

	if (wrong != NULL)
		return config_fail(error, "the journey's table", (struct mark){ 0 },
		    "row %s does not fit", wrong);
	err = scenario_load(o->scenario, &p->scenario, error);
	if (err != 0)
		return err;
	p->phones = o->phones != 0 ? o->phones : p->scenario.phones;
	p->seed = o->has_seed ? o->seed : p->scenario.seed;
	p->n_rows = phone_rows(p->rows, METRICS_ROWS);
	for (unsigned why = 0; why < WHY_COUNT; why++)
		p->reasons[why] = reason_name((enum reason)why);

	p->n_watch = expectations_details(&p->scenario.expect, p->watch);

	err = plan_profiles(p, o, error);
	if (err == 0)
		err = plan_journey(p, o, error);
	if (err == 0)
		err = plan_names(p, error);
	if (err == 0)
		err = plan_arrivals(p, error);
	if (err != 0)
		return err;
	plan_tls(p);
	plan_events(p);
	p->group = (struct phone_group){ .plan = &p->journey,
		.types_for = &p->scenario.group[0].types_for };
	p->phone = (struct phone_cfg){
		.world = &phone_world_real,
		.pool = &p->pool,
		.profiles = (const struct profile *const *)p->profiles,
		.n_profiles = p->n_profiles,
		.groups = &p->group,
		.n_groups = 1,
	};
	return 0;
}

/* ---- the pool ---- */

/* What the pool file may say and this program cannot do yet. */
static int
plan_network(const struct run_plan *p, struct config_error *error)
{
	if (p->pool.network.mode != POOL_LOOPBACK)
		return config_fail(error, p->pool.file, p->pool.network.at,
		    "not in this version: a network other than {mode: loopback}");
	if (p->pool.dhcp.mode != POOL_DHCP_RELAY)
		return config_fail(error, p->pool.file, p->pool.dhcp.at,
		    "not in this version: dhcp other than {mode: relay}");
	return 0;
}

/* What the phones' world is made from: ports, networks, relays. */
int
run_plan_pool(struct run_plan *p, const char *pool_file, struct config_error *error)
{
	struct pool_file *pool = &p->pool;
	int err = pool_file_load(pool_file, pool, error);

	if (err == 0)
		err = plan_network(p, error);
	if (err != 0)
		return err;
	p->journey.leave = pool->leave;
	for (size_t i = 0; i < pool->n_ports; i++)
		p->ports[i] = (struct io_port){ pool->ports[i].standard, pool->ports[i].real };
	for (size_t i = 0; i < pool->n_allow; i++)
		p->allow[i] = (struct io_net){ pool->allow[i].ip, pool->allow[i].mask };
	for (size_t i = 0; i < pool->dhcp.n_relays; i++)
		p->relays[i] =
		    (struct io_relay){ pool->dhcp.relay[i].vlan, pool->dhcp.relay[i].giaddr };
	p->world = (struct io_world_cfg){
		.ports = p->ports,
		.n_ports = pool->n_ports,
		.allow = p->allow,
		.n_allow = pool->n_allow,
		.dhcp = IO_DHCP_RELAY,
		.dhcp_server = pool->dhcp.server,
		.relays = p->relays,
		.n_relays = pool->dhcp.n_relays,
		.tls = p->tls,
		.n_tls = p->n_profiles,
	};
	memcpy(p->world.mac_base, pool->macs, sizeof p->world.mac_base);
	return 0;
}

/* From pool_tls on a phone keeps its TLS connection, hence a descriptor. */
bool
run_plan_keeps_line(const struct run_plan *p)
{
	const struct leg *line = journey_find("pool_tls");

	return p->journey.until == NULL || line == NULL || p->journey.until >= line;
}

/* n_rows if there is none: no row has that number. */
unsigned
run_plan_row(const struct run_plan *p, const char *step)
{
	unsigned i = 0;

	while (i < p->n_rows && strcmp(p->rows[i].name, step) != 0)
		i++;
	return i;
}

void
run_plan_farm(struct run_plan *p, struct farm_cfg *cfg)
{
	cfg->phones = p->phones;
	cfg->start_us = p->start_us;
	cfg->seed = p->seed;
	cfg->rows = p->rows;
	cfg->n_rows = p->n_rows;
	cfg->watch = p->watch;
	cfg->n_watch = p->n_watch;
	cfg->events = p->events;
	cfg->n_events = p->n_events;
	cfg->make = phone_make;
	cfg->make_arg = &p->phone;
	cfg->must_hold = p->journey.stay_us > 0;
	cfg->guard = (struct farm_guard){
		.canary = p->pool.guard.canary,
		.wrong_passwords = p->pool.guard.wrong_passwords,
		.login_row = run_plan_row(p, "krb_login"),
	};
}

void
run_plan_done(struct run_plan *p)
{
	for (size_t i = 0; i < p->n_profiles; i++)
		profile_free(p->profiles[i]);
	mem_free(p->start_us);
	scenario_done(&p->scenario);
	pool_file_done(&p->pool);
}
