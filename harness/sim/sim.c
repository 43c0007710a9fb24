/*
 * sim.c - the simulated world as a whole: its birth, its end, its time and its memory.
 *
 * io.h's rules are asserted in a strict world: an event comes only from the clock, one at a
 * time, to an open handle; lent bytes are overwritten as soon as the event is over.
 */
#include "sim.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"

static const int64_t WALL_US = 1252454400ll * 1000000; /* 2009-09-09 */

/* ---- birth and end ---- */

int
sim_new_cfg(const struct sim_cfg *cfg, struct sim **out)
{
	struct sim *sim = mem_new(sizeof *sim);

	if (sim == NULL)
		return -ENOMEM;
	sim->clock = cfg->clock;
	if (sim->clock == NULL && sim_clock_new(&sim->clock) < 0) {
		mem_free(sim);
		return -ENOMEM;
	}
	sim->own_clock = cfg->clock == NULL;
	sim->strict = cfg->strict;
	sim->wall_us = cfg->wall_us;
	list_init(&sim->phones);
	list_init(&sim->closing);
	list_init(&sim->graves);
	*out = sim;
	return 0;
}

struct sim *
sim_new(void)
{
	const struct sim_cfg cfg = { .strict = true, .wall_us = WALL_US };
	const struct sim_phone_cfg phone = { .seed = 1, .mac = { 0, 4, 0xf2, 0x10, 0, 0 } };
	long left = mem_fail_at(0); /* what a test lets fail is to be the phone's */
	struct sim *sim = NULL;
	struct io *io = NULL;

	if (sim_new_cfg(&cfg, &sim) < 0 || sim_phone_new(sim, &phone, &io) < 0)
		assert(0);
	sim->one = sim_phone_of(io);
	(void)mem_fail_at(left);
	return sim;
}

static void
sim_conns_done(struct list *conns)
{
	while (!list_empty(conns)) {
		struct io_handle *h = LIST_ITEM(conns->next, struct io_handle, all);
		struct sim_conn *c = sim_conn_of(h);

		list_remove(&h->all);
		if (c != NULL)
			sim_conn_free(c);
		else
			mem_free(h);
	}
}

static void
sim_spares_done(struct sim_spare *spare)
{
	void *p;

	while ((p = spare->first) != NULL) {
		memcpy(&spare->first, p, sizeof spare->first);
		mem_free(p);
	}
}

void
sim_free(struct sim *sim)
{
	if (sim == NULL)
		return;
	/* Listeners may be gone already: nobody is told of anything. */
	sim_listen_done(sim);
	while (!list_empty(&sim->phones))
		sim_phone_free(&LIST_ITEM(sim->phones.next, struct sim_phone, all)->io);
	sim_conns_done(&sim->closing);
	sim_conns_done(&sim->graves);
	sim_roots_done(sim);
	while (sim->names != NULL) {
		struct sim_name *name = sim->names;

		sim->names = name->next;
		mem_free(name);
	}
	sim_parcels_done(sim);
	sim_spares_done(&sim->alarms);
	sim_spares_done(&sim->conns);
	mem_free(sim->by_mac);
	mem_free(sim->numbers);
	if (sim->own_clock)
		sim_clock_free(sim->clock);
	mem_free(sim);
}

/* ---- memory ---- */

void *
sim_mem(struct sim *sim, size_t n)
{
	long left = sim->strict ? mem_fail_at(0) : 0;
	void *p = mem_new(n);

	if (sim->strict)
		(void)mem_fail_at(left);
	if (p == NULL)
		sim->short_of_memory = true;
	return p;
}

void *
sim_spare_new(struct sim_spare *spare, size_t size)
{
	void *p = spare->first;

	if (p == NULL)
		return NULL;
	memcpy(&spare->first, p, sizeof spare->first);
	memset(p, 0, size);
	return p;
}

void
sim_spare_free(struct sim *sim, struct sim_spare *spare, void *p)
{
	if (sim->strict) {
		mem_free(p);
		return;
	}
	memcpy(p, &spare->first, sizeof spare->first);
	spare->first = p;
}

/* ---- running ---- */

bool
sim_step(struct sim *sim, uint64_t until_us)
{
	assert(!sim->telling);
	return sim_clock_step(sim->clock, until_us);
}

size_t
sim_run(struct sim *sim, uint64_t until_us)
{
	size_t before = sim->given;

	while (sim_step(sim, until_us))
		;
	return sim->given - before;
}

uint64_t
sim_now_us(const struct sim *sim)
{
	return sim_clock_us(sim->clock);
}

int64_t
sim_wall_us(const struct sim *sim)
{
	return sim->wall_us + (int64_t)sim_clock_us(sim->clock);
}

size_t
sim_open(const struct sim *sim)
{
	return sim->open;
}

void
sim_fail_open(struct sim *sim, int err)
{
	sim->fail_open = err;
}

bool
sim_short_of_memory(const struct sim *sim)
{
	return sim->short_of_memory;
}
