/*
 * sim_listen.c - who listens where: servers by address and port in a hash, listeners at any
 * address in a short list, the relay agents of the VLANs.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"

enum { RULES_MIN = 16 };

/* ---- rules with an address: a hash, never full ---- */

/* DHCP is broadcast: its server has no address to the phones. */
static struct io_addr
rule_key(enum sim_type type, struct io_addr at)
{
	if (type == SIM_DHCP)
		at.ip = UINT32_MAX;
	return at;
}

static size_t
rule_hash(const struct sim *sim, enum sim_type type, struct io_addr at)
{
	uint64_t n = (uint64_t)at.ip << 24 ^ (uint64_t)at.port << 4 ^ (uint64_t)type;

	return (size_t)(n * 0x9e3779b97f4a7c15u >> 32) & (sim->n_slots - 1);
}

static bool
rule_is(const struct sim_rule *r, enum sim_type type, struct io_addr at)
{
	return r->type == type && r->at.ip == at.ip && r->at.port == at.port;
}

static const struct sim_rule *
rule_find(const struct sim *sim, enum sim_type type, struct io_addr at)
{
	if (sim->n_slots == 0)
		return NULL;
	for (size_t i = rule_hash(sim, type, at);; i = (i + 1) & (sim->n_slots - 1)) {
		uint32_t n = sim->by_address[i];

		if (n == 0)
			return NULL;
		if (rule_is(&sim->rules[n - 1], type, at))
			return &sim->rules[n - 1];
	}
}

static void
rule_enter(struct sim *sim, size_t number)
{
	const struct sim_rule *r = &sim->rules[number];
	size_t i = rule_hash(sim, r->type, r->at);

	while (sim->by_address[i] != 0)
		i = (i + 1) & (sim->n_slots - 1);
	sim->by_address[i] = (uint32_t)number + 1;
}

static void
rule_enter_all(struct sim *sim)
{
	memset(sim->by_address, 0, sim->n_slots * sizeof *sim->by_address);
	for (size_t i = 0; i < sim->n_rules; i++)
		if (sim->rules[i].at.ip != 0)
			rule_enter(sim, i);
}

/* Half empty, so that searches are short; two of each: the server, and that its host exists. */
static int
rule_room(struct sim *sim)
{
	uint32_t *slots;
	size_t n = sim->n_slots != 0 ? 2 * sim->n_slots : SIM_HASH_MIN;

	if (2 * (sim->n_addressed + 2) <= sim->n_slots)
		return 0;
	slots = mem_new(n * sizeof *slots);
	if (slots == NULL)
		return -ENOMEM;
	mem_free(sim->by_address);
	sim->by_address = slots;
	sim->n_slots = n;
	rule_enter_all(sim);
	return 0;
}

static int
rule_add(struct sim *sim, struct sim_rule rule)
{
	if (sim->n_rules == sim->rules_cap) {
		size_t cap = sim->rules_cap != 0 ? 2 * sim->rules_cap : RULES_MIN;
		struct sim_rule *rules = mem_realloc(sim->rules, cap * sizeof *rules);

		if (rules == NULL)
			return -ENOMEM;
		sim->rules = rules;
		sim->rules_cap = cap;
	}
	sim->rules[sim->n_rules++] = rule;
	return 0;
}

/* ---- listening ---- */

void
sim_listen(struct sim *sim, enum sim_type type, uint16_t port, sim_fn *fn, void *arg)
{
	const struct sim_rule rule = { type, { 0, port }, NULL, fn, arg };
	long left = mem_fail_at(0); /* only tests listen like this */
	int rc = rule_add(sim, rule);

	assert(rc == 0);
	(void)mem_fail_at(left);
}

int
sim_listen_at(struct sim *sim, enum sim_type type, struct io_addr at, struct sim_way *way,
    sim_fn *fn, void *arg)
{
	const struct sim_rule rule = { type, rule_key(type, at), way, fn, arg };
	const struct sim_rule host = { SIM_ALARM, { at.ip, 0 }, NULL, NULL, NULL };

	assert(at.ip != 0 && type != SIM_ALARM);
	if (rule_find(sim, type, rule.at) != NULL)
		return -EADDRINUSE;
	if (rule_room(sim) < 0 || rule_add(sim, rule) < 0)
		return -ENOMEM;
	rule_enter(sim, sim->n_rules - 1);
	sim->n_addressed++;
	if (rule_find(sim, SIM_ALARM, host.at) != NULL)
		return 0;
	if (rule_add(sim, host) < 0) {
		sim->n_rules--;
		sim->n_addressed--;
		rule_enter_all(sim);
		return -ENOMEM;
	}
	rule_enter(sim, sim->n_rules - 1);
	sim->n_addressed++;
	return 0;
}

/* Those of this arg, or of this way; the host stays, with a closed port. */
static void
rule_drop(struct sim *sim, const void *arg, const struct sim_way *way)
{
	size_t n = 0;

	for (size_t i = 0; i < sim->n_rules; i++) {
		const struct sim_rule r = sim->rules[i];
		bool goes = way != NULL ? r.way == way : r.arg == arg;

		if (!goes || r.type == SIM_ALARM)
			sim->rules[n++] = r;
		else if (r.at.ip != 0)
			sim->n_addressed--;
	}
	sim->n_rules = n;
	if (sim->n_slots > 0)
		rule_enter_all(sim);
}

void
sim_unlisten(struct sim *sim, void *arg)
{
	rule_drop(sim, arg, NULL);
}

/* Before the last parcel goes, lest its handle's end be carried over the way. */
void
sim_way_done(struct sim *sim, struct sim_way *way)
{
	rule_drop(sim, NULL, way);
	for (struct list *link = sim->phones.next; link != &sim->phones; link = link->next)
		sim_handles_leave(&LIST_ITEM(link, struct sim_phone, all)->handles, way);
	sim_handles_leave(&sim->closing, way);
}

void
sim_listen_done(struct sim *sim)
{
	sim->n_rules = sim->n_addressed = sim->n_slots = sim->n_relays = 0;
	mem_free(sim->rules);
	mem_free(sim->by_address);
	mem_free(sim->relays);
	sim->rules = NULL;
	sim->by_address = NULL;
	sim->relays = NULL;
}

const struct sim_rule *
sim_rule_of(const struct sim_conn *c)
{
	const struct sim *sim = c->h.sim;
	const struct sim_rule *rule = rule_find(sim, c->h.type, rule_key(c->h.type, c->to));

	/* The latest of those at any address. */
	for (size_t i = sim->n_rules; i-- > 0 && rule == NULL;) {
		const struct sim_rule *r = &sim->rules[i];

		if (r->at.ip == 0 && r->type == c->h.type &&
		    (r->at.port == 0 || r->at.port == c->to.port))
			rule = r;
	}
	return rule;
}

bool
sim_host_is_there(const struct sim *sim, uint32_t ip)
{
	return sim->n_addressed == 0 || rule_find(sim, SIM_ALARM, (struct io_addr){ ip, 0 });
}

/* What a test lets fail is to be the phone's, not a server's. */
static void
rule_tell(const struct sim_rule *rule, struct sim *sim, const struct sim_call *call)
{
	long left = sim->strict ? mem_fail_at(0) : 0;

	rule->fn(rule->arg, sim, call);
	if (sim->strict)
		(void)mem_fail_at(left);
}

bool
sim_tell(struct sim_conn *c, struct sim_call call)
{
	const struct sim_rule *rule = sim_rule_of(c);
	bool ends = call.deed == SIM_CLOSED || call.deed == SIM_CUT;

	/* Of a connection that never reached it a listener does not hear the end. */
	if (rule == NULL || (ends && c->h.type == SIM_STREAM && !c->known))
		return false;
	c->known = true;
	call.h = &c->h;
	call.type = c->h.type;
	call.to = c->to;
	call.from = c->from;
	call.phone = c->index;
	call.wall_us = sim_wall_us(c->h.sim);
	call.vlan = c->vlan;
	call.cfg = c->h.type == SIM_STREAM || c->h.type == SIM_HTTP ? &c->cfg : NULL;
	rule_tell(rule, c->h.sim, &call);
	return true;
}

/* ---- what a server keeps of a connection ---- */

void *
sim_peer(const struct io_handle *h)
{
	assert(h->type != SIM_ALARM);
	return ((const struct sim_conn *)(const void *)h)->peer;
}

void
sim_peer_set(struct io_handle *h, void *peer)
{
	sim_conn_of(h)->peer = peer;
}
