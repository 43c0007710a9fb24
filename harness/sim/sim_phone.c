/*
 * sim_phone.c - phones in the simulated world: their making, their chance, their clock, the
 * roots they trust.
 *
 * Sets of roots are interned: a phone's is the newest link of a chain that it shares with all
 * phones that came to trust the same in the same order.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"
#include "sim_shape.h"

struct sim_phone *
sim_phone_of(struct io *io)
{
	return (struct sim_phone *)(void *)io;
}

/* ---- by MAC ---- */

static size_t
phone_slot(const struct sim *sim, const uint8_t mac[6])
{
	uint64_t n = 0;

	for (int i = 0; i < 6; i++)
		n = n << 8 | mac[i];
	return (size_t)(n * 0x9e3779b97f4a7c15u >> 32) & (sim->n_by_mac - 1);
}

static void
phone_enter(struct sim_phone *p)
{
	struct sim_phone **slot = &p->sim->by_mac[phone_slot(p->sim, p->mac)];

	p->same_hash = *slot;
	*slot = p;
}

/* As many slots as phones, or more. */
static int
phone_room(struct sim *sim)
{
	size_t n = sim->n_by_mac != 0 ? 2 * sim->n_by_mac : SIM_HASH_MIN;
	struct sim_phone **by_mac;

	if (sim->n_phones < sim->n_by_mac)
		return 0;
	by_mac = mem_new(n * sizeof(struct sim_phone *));
	if (by_mac == NULL)
		return -ENOMEM;
	mem_free(sim->by_mac);
	sim->by_mac = by_mac;
	sim->n_by_mac = n;
	for (struct list *link = sim->phones.next; link != &sim->phones; link = link->next)
		phone_enter(LIST_ITEM(link, struct sim_phone, all));
	return 0;
}

static void
phone_leave(struct sim_phone *p)
{
	struct sim_phone **at = &p->sim->by_mac[phone_slot(p->sim, p->mac)];

	while (*at != p)
		at = &(*at)->same_hash;
	*at = p->same_hash;
}

struct sim_phone *
sim_phone_by_mac(const struct sim *sim, const uint8_t mac[6])
{
	struct sim_phone *p = sim->n_by_mac != 0 ? sim->by_mac[phone_slot(sim, mac)] : NULL;

	while (p != NULL && memcmp(p->mac, mac, sizeof p->mac) != 0)
		p = p->same_hash;
	return p;
}

/* ---- birth and end ---- */

int
sim_phone_new(struct sim *sim, const struct sim_phone_cfg *cfg, struct io **out)
{
	struct sim_phone *p;

	if (phone_room(sim) < 0)
		return -ENOMEM;
	p = mem_new(sizeof *p);
	if (p == NULL)
		return -ENOMEM;
	if (io_shape_is_needed(cfg->link) && sim_shape_new(sim, cfg, &p->shape) < 0) {
		mem_free(p);
		return -ENOMEM;
	}
	p->io.ops = &sim_ops;
	p->sim = sim;
	p->index = cfg->index;
	memcpy(p->mac, cfg->mac, sizeof p->mac);
	p->habit = cfg->tls;
	p->port = SIM_FIRST_PORT;
	list_init(&p->handles);
	rng_seed(&p->rng, cfg->seed, cfg->index);
	/* Until it has asked for the time, its clock is right, as in the real world. */
	p->wall_minus_now_us = sim->wall_us;
	list_add_tail(&sim->phones, &p->all);
	sim->n_phones++;
	phone_enter(p);
	*out = &p->io;
	return 0;
}

void
sim_phone_free(struct io *io)
{
	struct sim_phone *p = sim_phone_of(io);

	if (io == NULL)
		return;
	io->ops->power_cut(io);
	phone_leave(p);
	list_remove(&p->all);
	p->sim->n_phones--;
	if (p->sim->one == p)
		p->sim->one = NULL;
	sim_shape_free(p->shape);
	mem_free(p);
}

void
sim_phone_tls(struct io *io, const struct io_tls_habit *habit)
{
	sim_phone_of(io)->habit = habit;
}

void
sim_phone_distrust(struct io *io)
{
	sim_phone_of(io)->roots = NULL;
}

/* ---- roots ---- */

bool
sim_phone_trusts(const struct sim_phone *p, struct span der)
{
	for (const struct sim_root *root = p->roots; root != NULL; root = root->older)
		if (span_eq(root->der, der))
			return true;
	return false;
}

static struct sim_root *
root_new(struct sim *sim, const struct sim_root *older, struct span der)
{
	struct sim_root *root = mem_new(sizeof *root);
	char *copy = mem_copy(der.p, der.n);

	if (root == NULL || copy == NULL) {
		mem_free(root);
		mem_free(copy);
		return NULL;
	}
	root->der = (struct span){ (uint8_t *)copy, der.n };
	root->older = older;
	root->all = sim->roots;
	sim->roots = root;
	return root;
}

int
sim_phone_trust(struct io *io, struct span der)
{
	struct sim_phone *p = sim_phone_of(io);
	const struct sim_root *root = p->sim->roots;

	if (der.n == 0)
		return -EBADMSG;
	if (sim_phone_trusts(p, der)) {
		p->n_roots++;
		return 0;
	}
	while (root != NULL && (root->older != p->roots || !span_eq(root->der, der)))
		root = root->all;
	if (root == NULL)
		root = root_new(p->sim, p->roots, der);
	if (root == NULL)
		return -ENOMEM;
	p->roots = root;
	p->n_roots++;
	return 0;
}

void
sim_roots_done(struct sim *sim)
{
	while (sim->roots != NULL) {
		struct sim_root *root = sim->roots;

		sim->roots = root->all;
		mem_free((void *)(uintptr_t)root->der.p);
		mem_free(root);
	}
}

/* ---- the one phone of sim_new() ---- */

struct io *
sim_io(struct sim *sim)
{
	assert(sim->one != NULL);
	return &sim->one->io;
}

void
sim_random(struct sim *sim, const uint32_t *numbers, size_t n)
{
	mem_free(sim->numbers);
	sim->numbers = sim_mem(sim, n * sizeof *numbers);
	sim->n_numbers = sim->numbers != NULL ? n : 0;
	if (sim->numbers != NULL)
		memcpy(sim->numbers, numbers, n * sizeof *numbers);
	sim->at_number = 0;
}

uint32_t
sim_address(const struct sim *sim)
{
	return sim->one->ip;
}

uint16_t
sim_vlan(const struct sim *sim)
{
	return sim->one->vlan;
}

size_t
sim_roots(const struct sim *sim)
{
	return sim->one->n_roots;
}

size_t
sim_cuts(const struct sim *sim)
{
	return sim->one->n_cuts;
}

int64_t
sim_told_clock(const struct sim *sim)
{
	return sim->one->told_clock ? sim->one->wall_minus_now_us : 0;
}
