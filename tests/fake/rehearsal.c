/* rehearsal.c - see rehearsal.h. */
#include "rehearsal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "phone_id.h"
#include "profile_load.h"
#include "sim_auth.h"

static const int64_t WALL_US = 1252454400ll * 1000000; /* 2009-09-09 */
static const char PASSWORD[] = "Pa55w0rd";

/* ---- what the journeys tell ------------------------------------------------------ */

static void
trace_row(struct rehearsal_phone *p, const struct journey_row *row)
{
	struct buf *b = p->r->trace;
	struct buf json = { 0 };

	seen_json(row->seen, &json);
	buf_printf(b, "%u %s %u %d %d %s %llu %llu %s\n", p->id.index, row->leg->step->name,
	    row->tries, (int)row->verdict, (int)row->why, row->detail,
	    (unsigned long long)row->started_us, (unsigned long long)row->ended_us,
	    buf_cstr(&json));
	buf_done(&json);
}

static void
on_row(void *arg, const struct journey_row *row)
{
	struct rehearsal_phone *p = arg;

	if (row->final && row->verdict == STEP_DONE)
		for (unsigned n = row->leg->first; n != 0 && n <= row->leg->last; n++)
			p->guide |= 1u << n;
	if (p->r->trace != NULL)
		trace_row(p, row);
	if (p->r->cfg.told != NULL)
		p->r->cfg.told(p->r->cfg.arg, row);
	/* Grows by doubling. */
	if ((p->n_rows & (p->n_rows - 1)) == 0) {
		size_t room = p->n_rows > 0 ? 2 * p->n_rows : 1;

		p->row = mem_realloc(p->row, room * sizeof *p->row);
		assert(p->row != NULL);
	}
	p->row[p->n_rows] = (struct rehearsal_row){ .step = row->leg->step->name,
		.chore = row->chore,
		.final = row->final,
		.verdict = row->verdict,
		.why = row->why,
		.started_us = row->started_us,
		.ended_us = row->ended_us,
		.tries = row->tries };
	(void)snprintf(p->row[p->n_rows].detail, sizeof p->row[0].detail, "%s", row->detail);
	p->n_rows++;
}

static void
on_state(void *arg, enum journey_state state)
{
	struct rehearsal_phone *p = arg;

	p->state = state;
	if (state == JOURNEY_ARRIVED || state == JOURNEY_STAYING)
		p->arrived_us = sim_now_us(p->r->sim);
}

static void
on_restart(void *arg)
{
	((struct rehearsal_phone *)arg)->restarts++;
}

/* ---- making one --------------------------------------------------------------------- */

static void
identify(struct rehearsal_phone *p, uint32_t i)
{
	struct identity *id = &p->id;

	*id = (struct identity){ .index = i,
		.mac = { 0, 4, 0xf2, 0x10 | (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i },
		.user_domain = "contoso.com",
		.sip_domain = "contoso.com",
		.external = p->r->cfg.external,
		.think_us = 20 * 1000000 };
	(void)snprintf(id->user, sizeof id->user, "phone%05u", i);
	(void)snprintf(id->sip_user, sizeof id->sip_user, "phone%05u", i);
	(void)snprintf(id->serial, sizeof id->serial, "0004F2%06X", 0x100000 + i);
}

static void
on_power(void *arg)
{
	journey_power_on(((struct rehearsal_phone *)arg)->j);
}

static void
phone_up(struct rehearsal *r, uint32_t i)
{
	struct rehearsal_phone *p = &r->phone[i];
	struct sim_phone_cfg io = { .index = i, .seed = r->cfg.seed };
	const struct sim_auth_cfg auth = { p->id.user, "CONTOSO.COM",
		r->cfg.password != NULL ? r->cfg.password : PASSWORD, r->sim };
	struct journey_cfg cfg = { .id = &p->id,
		.profile = r->profile,
		.plan = &r->plan,
		.watch = { p, on_row, on_state, on_restart },
		.host_wall_minus_now_us = sim_wall_us(r->sim) - (int64_t)sim_now_us(r->sim),
		.table = journey_table,
		.n_rows = journey_rows,
		.chores = chores_table,
		.n_chores = chores_count };
	int rc;

	if (r->cfg.table != NULL) {
		cfg.table = r->cfg.table;
		cfg.n_rows = r->cfg.n_rows;
		cfg.chores = NULL;
		cfg.n_chores = 0;
	}
	p->r = r;
	identify(p, i);
	memcpy(io.mac, p->id.mac, sizeof io.mac);
	rc = sim_phone_new(r->sim, &io, &p->io);
	assert(rc == 0);
	rc = sim_auth_make(&auth, &p->auth);
	assert(rc == 0);
	cfg.io = p->io;
	cfg.auth = p->auth;
	rc = journey_new(&cfg, &p->j);
	assert(rc == 0);
	p->on = (struct sim_event){ .fn = on_power, .arg = p };
}

/* What a scenario would say of the pool. */
static void
habits(struct rehearsal *r, const char *yaml)
{
	struct config_error err = { "" };
	const struct field_place at = { .file = "test", .error = &err };
	const struct node *servers, *faults;
	struct tree tree;
	int rc = tree_parse(span_of(yaml), "test", &tree, &err);

	if (rc == 0) {
		servers = tree_get(tree.root, "servers");
		faults = tree_get(tree.root, "faults");
		if (servers != NULL)
			rc = servers_read(&at, servers, &r->servers);
		else
			servers_default(&r->servers);
		if (rc == 0 && faults != NULL)
			rc = faults_read(&at, faults, &r->faults);
		tree_free(&tree);
	}
	if (rc != 0)
		fprintf(stderr, "%s\n", err.text);
	assert(rc == 0);
}

struct rehearsal *
rehearsal_new(const struct rehearsal_cfg *cfg)
{
	long before = mem_out();
	struct rehearsal *r = mem_new(sizeof *r);
	struct config_error err;
	int rc;

	assert(r != NULL);
	r->mem_before = before;
	r->cfg = *cfg;
	rc = profile_load(
	    cfg->profile != NULL ? cfg->profile : "cx700-1.0.199.123", &r->profile, &err);
	assert(rc == 0);
	habits(r, cfg->yaml != NULL ? cfg->yaml : "{}");
	if (cfg->habits != NULL)
		cfg->habits(cfg->arg, &r->servers, &r->faults);
	rc = sim_clock_new(&r->clock);
	assert(rc == 0);
	rc = sim_new_cfg(&(struct sim_cfg){ .clock = r->clock,
			     .strict = !cfg->lean,
			     .wall_us = cfg->wall_us != 0 ? cfg->wall_us : WALL_US },
	    &r->sim);
	assert(rc == 0);
	rc = sim_pool_new(r->sim,
	    &(struct sim_pool_cfg){ .clock = r->clock,
		.servers = &r->servers,
		.faults = &r->faults,
		.users = cfg->phones,
		.password = PASSWORD,
		.seed = cfg->seed,
		.between = cfg->between,
		.between_arg = cfg->arg },
	    &r->pool);
	assert(rc == 0);
	r->plan = (struct journey_plan){ .stay_us = cfg->stay_us,
		.restart_after_update = cfg->restart,
		.leave = cfg->leave,
		.stage_loops = 3,
		.until = cfg->until != NULL ? journey_find(cfg->until) : NULL };
	r->phone = mem_new(cfg->phones * sizeof *r->phone);
	assert(r->phone != NULL);
	for (uint32_t i = 0; i < cfg->phones; i++)
		phone_up(r, i);
	return r;
}

void
rehearsal_free(struct rehearsal *r)
{
	if (r == NULL)
		return;
	for (uint32_t i = 0; i < r->cfg.phones; i++) {
		journey_free(r->phone[i].j);
		sim_auth_unmake(r->phone[i].auth);
		sim_phone_free(r->phone[i].io);
		mem_free(r->phone[i].row);
	}
	assert(sim_open(r->sim) == 0);
	sim_free(r->sim);
	sim_pool_free(r->pool);
	sim_clock_free(r->clock);
	profile_free(r->profile);
	mem_free(r->phone);
	mem_free(r);
}

/* ---- running --------------------------------------------------------------------------- */

void
rehearsal_on(struct rehearsal *r, uint32_t i, uint64_t after_us)
{
	int rc = sim_clock_set(r->clock, &r->phone[i].on, after_us);

	assert(rc == 0);
}

static bool
rests(const struct rehearsal *r)
{
	for (uint32_t i = 0; i < r->cfg.phones; i++) {
		const struct rehearsal_phone *p = &r->phone[i];

		enum journey_state state = journey_state(p->j);

		/* One that is signed out waits for the test. */
		if (p->on.place != 0 ||
		    (state != JOURNEY_OFF && state != JOURNEY_ARRIVED &&
			state != JOURNEY_FAILED && state != JOURNEY_LEFT))
			return false;
	}
	return true;
}

/* Whether all rest is looked at once a virtual second only. */
void
rehearsal_run(struct rehearsal *r, uint64_t until_us)
{
	uint64_t now_us = sim_now_us(r->sim);

	while (!rests(r) && now_us < until_us && sim_clock_next_us(r->clock) != UINT64_MAX) {
		uint64_t next_us = sim_clock_next_us(r->clock);

		now_us = now_us + 1000000 > next_us ? now_us + 1000000 : next_us;
		(void)sim_run(r->sim, now_us < until_us ? now_us : until_us);
	}
}

/* ---- looking ----------------------------------------------------------------------------- */

uint32_t
rehearsal_count(const struct rehearsal *r, enum journey_state state)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->cfg.phones; i++)
		n += r->phone[i].state == state;
	return n;
}

static const struct rehearsal_row *
row_find(const struct rehearsal *r, uint32_t phone, const char *step, size_t nth)
{
	const struct rehearsal_phone *p = &r->phone[phone];

	for (size_t i = 0; i < p->n_rows; i++)
		if (strcmp(p->row[i].step, step) == 0 && nth-- == 0)
			return &p->row[i];
	return NULL;
}

const struct rehearsal_row *
rehearsal_row(const struct rehearsal *r, uint32_t phone, const char *step, size_t nth)
{
	const struct rehearsal_row *row = row_find(r, phone, step, nth);

	assert(row != NULL);
	return row;
}

size_t
rehearsal_told(const struct rehearsal *r, uint32_t phone, const char *step)
{
	size_t n = 0;

	while (row_find(r, phone, step, n) != NULL)
		n++;
	return n;
}

const struct rehearsal_row *
rehearsal_last(const struct rehearsal *r, uint32_t phone, const char *step)
{
	size_t n = rehearsal_told(r, phone, step);

	return rehearsal_row(r, phone, step, n - 1);
}

bool
rehearsal_guide_done(const struct rehearsal *r, uint32_t phone)
{
	return r->phone[phone].guide == ((1u << (JOURNEY_GUIDE_LAST + 1)) - 2);
}

void
rehearsal_show(const struct rehearsal *r, uint32_t phone)
{
	const struct rehearsal_phone *p = &r->phone[phone];

	for (size_t i = 0; i < p->n_rows; i++)
		fprintf(stderr, "%10.3f +%9.3f s  %-20s %s try %u verdict %d why %d %s\n",
		    (double)p->row[i].started_us / 1e6,
		    (double)(p->row[i].ended_us - p->row[i].started_us) / 1e6, p->row[i].step,
		    p->row[i].chore ? "chore" : "", p->row[i].tries, (int)p->row[i].verdict,
		    (int)p->row[i].why, p->row[i].detail);
	fprintf(stderr, "state %d, guide %08x\n", (int)p->state, p->guide);
}
