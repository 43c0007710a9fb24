/*
 * sim_arrive.c - parcels on their way, and what happens where they arrive.  Without a way
 * between, an answer waits on the clock itself.
 */
#include <assert.h>

#include "sim_priv.h"
#include "sim_shape.h"

static struct sim_conn *
parcel_conn(const struct sim_parcel *p)
{
	return sim_conn_of(p->h);
}

/* ---- sending ---- */

struct sim_way *
sim_parcel_way(const struct sim_conn *c)
{
	const struct sim_rule *rule = sim_rule_of(c);

	return rule != NULL ? rule->way : NULL;
}

bool
sim_conn_travels(const struct sim_conn *c)
{
	return c->flows != NULL || sim_parcel_way(c) != NULL;
}

static void
parcel_on_due(void *arg)
{
	sim_parcel_arrive(arg);
}

void
sim_parcel_send(struct sim_parcel_in *in, uint64_t after_us)
{
	struct sim_conn *c = parcel_conn(&in->p);

	in->way = sim_parcel_way(c);
	in->p.after_us = after_us;
	in->p.wire_n = sim_parcel_wire_n(&in->p, in->head_n);
	if (!in->p.back && c->flows != NULL)
		sim_shape_put(sim_shape_of(c), in);
	else
		sim_parcel_carry(in);
}

void
sim_parcel_carry(struct sim_parcel_in *in)
{
	if (in->way != NULL) {
		in->way->carry(in->way, &in->p);
		return;
	}
	/* Off the phone's own line it is there. */
	if (!in->p.back) {
		sim_parcel_arrive(&in->p);
		return;
	}
	/* It is closed, and its listener hears of that just now. */
	if (!in->p.h->open) {
		sim_parcel_forget(in);
		return;
	}
	in->p.event.fn = parcel_on_due;
	in->p.event.arg = &in->p;
	/* Cannot fail: its place is held. */
	(void)sim_clock_set(in->p.h->sim->clock, &in->p.event, in->p.after_us);
}

/* ---- arriving ---- */

/* It was on its way to a listener that is there no more. */
static void
parcel_unheard(struct sim_conn *c, enum sim_deed deed)
{
	bool datagram = c->h.type == SIM_UDP || c->h.type == SIM_DHCP;

	if (c->h.open &&
	    (deed == SIM_OPENED || deed == SIM_ASKED || (datagram && deed == SIM_SENT)))
		sim_nobody(c);
}

static void
parcel_hear(struct sim_parcel_in *in)
{
	struct sim_conn *c = parcel_conn(&in->p);
	struct sim_call call = { .deed = in->p.deed, .fresh = in->p.fresh };

	switch (in->p.deed) {
	case SIM_SENT:
		call.bytes = (struct span){ in->p.bytes, in->p.n };
		break;
	case SIM_ASKED:
		/* A request whose connection broke meanwhile. */
		if (!sim_parcel_is_now(in) || in->connection == c->hung_up)
			return;
		call.ask = &c->ask->ask;
		break;
	case SIM_CLOSED:
	case SIM_CUT:
		c->told = true;
		break;
	case SIM_OPENED:
		break;
	}
	if (!sim_tell(c, call))
		parcel_unheard(c, in->p.deed);
}

void
sim_parcel_arrive(struct sim_parcel *p)
{
	struct sim_parcel_in *in = (struct sim_parcel_in *)(void *)p;

	struct sim_shape *shape = p->back && !in->lined ? sim_shape_for(in) : NULL;

	/* Closing the handle in its own event leaves this one alone. */
	sim_clock_unset(p->h->sim->clock, &p->event);
	/* So far it is only at the other end of the phone's own line. */
	if (shape != NULL) {
		in->lined = true;
		in->way = NULL;
		sim_shape_put(shape, in);
		return;
	}
	in->arrived = true;
	if (p->back)
		sim_parcel_deliver(in);
	else
		parcel_hear(in);
	sim_parcel_free(p);
}

/* What it says of the connection, before the owner hears of it.  false: he does not. */
static bool
parcel_note(struct sim_conn *c, const struct sim_parcel_in *in)
{
	if (c->over)
		return false;
	switch ((int)in->p.kind) {
	case IO_UP:
		if (c->up)
			return false;
		c->up = true;
		break;
	case IO_BYTES:
		/* Nobody can have sent it: a test's own mistake. */
		assert(c->up || in->way != NULL || !c->h.sim->strict);
		return c->up;
	case IO_DOWN:
		c->up = false;
		c->over = true;
		break;
	default:
		/* A connected socket hears its peer alone. */
		return c->h.type == SIM_DHCP ||
		    (in->from.ip == c->to.ip && in->from.port == c->to.port);
	}
	if (in->has_tls)
		c->seen = in->tls;
	return true;
}

void
sim_parcel_deliver(struct sim_parcel_in *in)
{
	struct sim_conn *c = parcel_conn(&in->p);
	struct io_event ev = { .kind = in->p.kind, .err = in->p.err };

	ev.bytes = (struct span){ in->p.bytes, in->p.n };
	if (c->h.type == SIM_DHCP && c->h.sim->n_relays > 0) {
		sim_dhcp_deliver(c->h.sim, c->vlan, ev.bytes);
		return;
	}
	if (!c->h.open)
		return;
	if (c->h.type == SIM_HTTP) {
		sim_http_deliver(c, in);
		return;
	}
	if (!parcel_note(c, in))
		return;
	if (c->cfg.tls && (ev.kind == IO_UP || ev.kind == IO_DOWN))
		ev.tls = &c->seen;
	if (ev.kind == IO_UP)
		ev.local = c->from;
	sim_handle_tell(&c->h, &ev);
}
