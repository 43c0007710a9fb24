/* fake_phone.c - see fake_phone.h. */
#include "fake_phone.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lane.h"
#include "mem.h"
#include "profile_load.h"

enum { IP_HERE = 0x7f000001, IP_PHONE = 0x7f2a0001 };

static const uint64_t FOREVER_US = 30ull * 24 * 3600 * 1000000;
static const int64_t YEAR_2009_US = 1252486800ll * 1000000;

struct fake_phone *
fake_phone_new(void)
{
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct fake_phone *p = mem_new(sizeof *p);
	struct config_error err;

	assert(p != NULL);
	p->f = sim_new();
	p->io = sim_io(p->f);
	p->auth = sim_auth_new("phone00001", "CONTOSO.COM", "secret");
	if (profile_load("cx700-1.0.199.123", &p->profile, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		assert(0);
	}
	p->id = (struct identity){
		.index = 1,
		.mac = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x01 },
		.serial = "0004F2100001",
		.user = "phone00001",
		.user_domain = "contoso.com",
		.sip_user = "phone00001",
		.sip_domain = "contoso.com",
		.think_us = 20 * 1000000,
	};
	(void)mem_fail_at(left);
	return p;
}

void
fake_phone_free(struct fake_phone *p)
{
	if (p == NULL)
		return;
	journey_free(p->j);
	assert(sim_open(p->f) == 0);
	for (size_t i = 0; i < p->n_told; i++)
		mem_free(p->told[i].seen);
	sim_auth_free(p->auth);
	profile_free(p->profile);
	sim_free(p->f);
	mem_free(p);
}

struct fake_phone *
fake_phone_of(const struct step *s)
{
	return (
	    struct fake_phone *)(void *)((uintptr_t)s->id - offsetof(struct fake_phone, id));
}

/* ---- what it knows --------------------------------------------------------- */

static void
target(struct facts_target *t, const char *name, uint16_t port)
{
	snprintf(t->name, sizeof t->name, "%s", name);
	t->ip = IP_HERE;
	t->port = port;
}

static void
knows_network(struct facts *f)
{
	f->ip = IP_PHONE;
	f->mask = 0xffff8000;
	f->router = f->dhcp_server = IP_HERE;
	f->dns[0] = 0x7f000035;
	f->dns[1] = 0x7f000036;
	f->lease_s = 3600;
	f->t1_s = 1800;
	f->t2_s = 3150;
	f->last_ip = f->ip;
	f->last_server = f->dhcp_server;
}

void
fake_phone_knows(struct fake_phone *p, uint32_t facts)
{
	struct facts *f = &p->facts;

	f->known |= facts;
	if (facts & FACT_ADDRESS) {
		knows_network(f);
		p->io->ops->address(p->io, f->ip, 0);
	}
	if (facts & FACT_DOMAIN)
		snprintf(f->domain, sizeof f->domain, "contoso.com");
	if (facts & FACT_NTP)
		target(&f->ntp, "time.contoso.com", 123);
	if (facts & FACT_CLOCK)
		f->clock_offset_us = YEAR_2009_US;
	if (facts & FACT_POOL) {
		f->n_pools = 1;
		target(&f->pool[0], "pool01.contoso.com", 5061);
	}
	if (facts & FACT_DC)
		target(&f->dc, "dc01.contoso.com", 389);
	if (facts & FACT_DIRECTORY) {
		snprintf(f->root_nc, sizeof f->root_nc, "DC=contoso,DC=com");
		snprintf(
		    f->config_nc, sizeof f->config_nc, "CN=Configuration,DC=contoso,DC=com");
	}
	if (facts & (FACT_CA | FACT_CA_WEB))
		target(&f->ca, "dc01.contoso.com", 80);
	if (facts & FACT_CAS)
		target(&f->cas, "autodiscover.contoso.com", 443);
	if (facts & FACT_TGT)
		sim_auth_logged_in(p->auth);
}

/* ---- what it tells --------------------------------------------------------------- */

static void
on_row(void *arg, const struct journey_row *row)
{
	struct fake_phone *p = arg;
	long left = mem_fail_at(0);
	struct buf json = { 0 };
	struct fake_row *r;

	assert(p->n_told < FAKE_TOLD_MAX);
	r = &p->told[p->n_told++];
	seen_json(row->seen, &json);
	*r = (struct fake_row){
		.step = row->leg->step->name,
		.chore = row->chore,
		.final = row->final,
		.tries = row->tries,
		.verdict = row->verdict,
		.why = row->why,
		.started_us = row->started_us,
		.ended_us = row->ended_us,
		.seen = mem_copy(json.p, json.n),
	};
	snprintf(r->detail, sizeof r->detail, "%s", row->detail);
	buf_done(&json);
	(void)mem_fail_at(left);
	p->row = r;
	if (p->j == NULL)
		return;
	p->facts = *journey_facts(p->j);
	if (p->cut_when_told) {
		p->cut_when_told = false;
		journey_power_off(p->j);
	}
}

static void
on_state(void *arg, enum journey_state state)
{
	struct fake_phone *p = arg;

	assert(p->n_states < FAKE_TOLD_MAX);
	p->states[p->n_states++] = state;
}

static void
on_restart(void *arg)
{
	((struct fake_phone *)arg)->restarts++;
}

/* ---- walking ------------------------------------------------------------------------ */

struct leg *
fake_phone_row(struct fake_phone *p, const struct step_ops *step, unsigned tries)
{
	size_t i = 0;

	while (i < FAKE_ROWS_MAX && p->rows[i].step != NULL)
		i++;
	assert(i < FAKE_ROWS_MAX);
	p->rows[i] = (struct leg){
		.stage = "test",
		.step = step,
		.tries = (uint16_t)tries,
		.limit_ms = 60000,
		.pause_ms = 1000,
	};
	return &p->rows[i];
}

void
fake_phone_switch_on(struct fake_phone *p)
{
	struct journey_cfg cfg = {
		.io = p->io,
		.auth = sim_auth(p->auth),
		.id = &p->id,
		.profile = p->profile,
		.plan = &p->plan,
		.watch = { p, on_row, on_state, on_restart },
		.host_wall_minus_now_us = YEAR_2009_US,
		.table = p->rows,
		.chores = p->chores,
		.n_chores = p->n_chores,
	};

	while (cfg.n_rows < FAKE_ROWS_MAX && p->rows[cfg.n_rows].step != NULL)
		cfg.n_rows++;
	if (p->j == NULL && journey_new(&cfg, &p->j) != 0)
		assert(0);
	memcpy(p->facts.version, p->profile->version, sizeof p->facts.version);
	p->j->facts = p->facts;
	journey_power_on(p->j);
}

void
fake_phone_walk_rows(struct fake_phone *p)
{
	fake_phone_switch_on(p);
	while (journey_state(p->j) == JOURNEY_WALKING && sim_step(p->f, FOREVER_US))
		;
	p->facts = *journey_facts(p->j);
	assert(p->row != NULL);
}

void
fake_phone_walk_again(struct fake_phone *p, uint32_t facts)
{
	if (p->j != NULL)
		journey_power_off(p->j);
	fake_phone_knows(p, facts);
	fake_phone_walk_rows(p);
}

void
fake_phone_walk(struct fake_phone *p, const struct step_ops *step, unsigned tries)
{
	fake_phone_row(p, step, tries);
	fake_phone_walk_rows(p);
}
