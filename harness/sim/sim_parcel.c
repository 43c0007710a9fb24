/*
 * sim_parcel.c - parcels: made, sent, arrived.  Without a way between, an answer is a parcel
 * that waits on the clock itself, and a deed needs none.
 */
#include "sim_parcel.h"

#include <assert.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"
#include "sim_shape.h"

enum { /* bytes on the wire beside the content, about */
	WIRE_UDP = 28,
	WIRE_TCP = 40,
	WIRE_TLS = 29,
	WIRE_MSS = 1460,
	WIRE_HANDSHAKE = 3000 /* a server's, with its chain */
};

static struct sim_parcel_in *
parcel_in(struct sim_parcel *p)
{
	return (struct sim_parcel_in *)(void *)p;
}

static struct sim_conn *
parcel_conn(const struct sim_parcel *p)
{
	return sim_conn_of(p->h);
}

struct sim_lane *
sim_parcel_lane(const struct sim_parcel *p)
{
	return &parcel_conn(p)->lane;
}

/* ---- making ---- */

/* Once made, it can be set at any time. */
static bool
parcel_hold(struct sim_parcel_in *in)
{
	struct sim *sim = in->p.h->sim;

	if (sim_clock_hold(sim->clock, &in->p.event) == 0)
		return true;
	/* The one allocation that a test lets fail is to be the phone's. */
	if (sim->strict && sim_clock_hold(sim->clock, &in->p.event) == 0)
		return true;
	sim->short_of_memory = true;
	return false;
}

static struct sim_parcel_in *
parcel_new(struct sim_conn *c)
{
	struct sim *sim = c->h.sim;
	struct sim_parcel_in *in = sim->parcels;

	assert(!c->h.dead);
	if (in != NULL) {
		uint8_t *memory = in->memory;
		size_t cap = in->cap;

		sim->parcels = in->spare;
		*in = (struct sim_parcel_in){ .memory = memory, .cap = cap };
	} else {
		in = sim_mem(sim, sizeof *in);
	}
	if (in == NULL)
		return NULL;
	in->p.h = &c->h;
	list_init(&in->p.queue);
	list_add_tail(&c->parcels, &in->of_conn);
	if (!parcel_hold(in)) {
		sim_parcel_forget(in);
		return NULL;
	}
	in->p.type = c->h.type;
	in->p.tls = c->cfg.tls;
	in->connection = c->connection;
	in->request = c->request;
	return in;
}

struct sim_parcel_in *
sim_parcel_back(struct sim_conn *c, enum io_kind kind)
{
	struct sim_parcel_in *in = parcel_new(c);

	if (in == NULL)
		return NULL;
	in->p.back = true;
	in->p.kind = kind;
	in->from = c->to;
	return in;
}

struct sim_parcel_in *
sim_parcel_out(struct sim_conn *c, enum sim_deed deed)
{
	struct sim_parcel_in *in = parcel_new(c);

	if (in != NULL)
		in->p.deed = deed;
	return in;
}

bool
sim_parcel_put(struct sim_parcel_in *in, struct span bytes)
{
	if (bytes.n + 1 > in->cap) {
		uint8_t *memory = sim_mem(in->p.h->sim, bytes.n + 1);

		if (memory == NULL)
			return false;
		mem_free(in->memory);
		in->memory = memory;
		in->cap = bytes.n + 1;
	}
	if (bytes.n > 0)
		memcpy(in->memory, bytes.p, bytes.n);
	in->p.bytes = in->memory;
	in->p.n = bytes.n;
	return true;
}

uint64_t
sim_parcel_wire_n(const struct sim_parcel *p, uint64_t head_n)
{
	uint64_t n = p->n + head_n;

	if (p->type == SIM_UDP || p->type == SIM_DHCP)
		return n + WIRE_UDP;
	if (p->tls)
		n += WIRE_TLS;
	if (p->back && p->tls && (p->kind == IO_UP || p->fresh))
		n += WIRE_HANDSHAKE;
	return n + WIRE_TCP * (n / WIRE_MSS + 1);
}

/* ---- ending ---- */

void
sim_parcel_forget(struct sim_parcel_in *in)
{
	struct sim *sim = in->p.h->sim;

	if (!in->p.back && in->p.deed == SIM_SENT)
		parcel_conn(&in->p)->waiting -= in->p.n;
	sim_shape_landed(in);
	sim_clock_let(sim->clock, &in->p.event);
	list_remove(&in->p.queue);
	list_remove(&in->of_conn);
	mem_free(in->head);
	if (sim->strict) {
		/* Who has kept lent bytes shall see it. */
		if (in->memory != NULL)
			memset(in->memory, 0xdd, in->cap);
		mem_free(in->memory);
		mem_free(in);
		return;
	}
	in->spare = sim->parcels;
	sim->parcels = in;
}

void
sim_parcel_free(struct sim_parcel *p)
{
	struct sim_conn *c = parcel_conn(p);

	sim_parcel_forget(parcel_in(p));
	sim_conn_settle(c);
}

void
sim_parcels_done(struct sim *sim)
{
	while (sim->parcels != NULL) {
		struct sim_parcel_in *in = sim->parcels;

		sim->parcels = in->spare;
		mem_free(in->memory);
		mem_free(in);
	}
}

/* ---- what a way may do with them ---- */

struct sim_parcel *
sim_parcel_copy(const struct sim_parcel *p)
{
	const struct sim_parcel_in *from = (const struct sim_parcel_in *)(const void *)p;
	struct sim_parcel_in *in = parcel_new(parcel_conn(p));

	assert(from->head == NULL && p->deed != SIM_ASKED);
	if (in == NULL)
		return NULL;
	if (p->bytes != NULL && !sim_parcel_put(in, (struct span){ p->bytes, p->n })) {
		sim_parcel_forget(in);
		return NULL;
	}
	in->p.back = p->back;
	in->p.deed = p->deed;
	in->p.kind = p->kind;
	in->p.trips = p->trips;
	in->p.after_us = p->after_us;
	in->p.wire_n = p->wire_n;
	in->p.n = p->n;
	in->p.err = p->err;
	in->p.spoilt = p->spoilt;
	in->connection = from->connection;
	in->request = from->request;
	in->from = from->from;
	in->way = from->way;
	if (!p->back && p->deed == SIM_SENT)
		parcel_conn(p)->waiting += p->n;
	return &in->p;
}

struct sim_parcel *
sim_parcel_split(struct sim_parcel *p, uint64_t n)
{
	struct sim_parcel_in *from = parcel_in(p);
	struct sim_parcel_in *in = sim_parcel_back(parcel_conn(p), p->kind);

	assert(p->back && (p->kind == IO_BYTES || p->kind == IO_BODY) && n > 0 && n < p->n);
	if (in == NULL)
		return NULL;
	if (p->bytes != NULL && !sim_parcel_put(in, (struct span){ p->bytes, n })) {
		sim_parcel_forget(in);
		return NULL;
	}
	in->p.n = n;
	in->connection = from->connection;
	in->request = from->request;
	in->way = from->way;
	in->p.wire_n = sim_parcel_wire_n(&in->p, 0);
	if (p->bytes != NULL)
		p->bytes += n;
	p->n -= n;
	p->wire_n = sim_parcel_wire_n(p, 0);
	return &in->p;
}

struct sim_parcel *
sim_parcel_down(struct io_handle *h, int err)
{
	struct sim_parcel_in *in = sim_parcel_back(sim_conn_of(h), IO_DOWN);

	if (in == NULL)
		return NULL;
	in->p.err = err;
	in->way = sim_parcel_way(sim_conn_of(h));
	in->p.wire_n = sim_parcel_wire_n(&in->p, 0);
	return &in->p;
}

bool
sim_parcel_is_lost(const struct sim_parcel *p)
{
	const struct sim_parcel_in *in = (const struct sim_parcel_in *)(const void *)p;
	const struct sim_conn *c = parcel_conn(p);

	if (!p->back || (p->type == SIM_DHCP && p->h->sim->n_relays > 0))
		return false;
	return !c->h.open || c->over || !sim_parcel_is_now(in);
}

bool
sim_parcel_is_now(const struct sim_parcel_in *in)
{
	const struct sim_conn *c = parcel_conn(&in->p);
	bool ends = in->p.back && in->p.kind == IO_DOWN;

	/* The end of an idle connection meets whatever was asked over it meanwhile. */
	return in->connection == c->connection && (ends || in->request == c->request);
}
