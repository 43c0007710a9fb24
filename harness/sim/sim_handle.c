/*
 * sim_handle.c - a handle's life: opened in a scope, given, closed, and its end, which may come
 * later when something of it is still on a way.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_priv.h"
#include "sim_shape.h"

/* ---- scope and owner ---- */

static void
handle_link(struct io_handle *h, struct io_owner owner)
{
	assert(owner.scope != NULL && owner.fn != NULL);
	h->owner = owner;
	h->next = owner.scope->first;
	h->prev = &owner.scope->first;
	if (h->next != NULL)
		h->next->prev = &h->next;
	owner.scope->first = h;
}

static void
handle_unlink(struct io_handle *h)
{
	*h->prev = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
}

void
sim_handle_give(struct io_handle *h, struct io_owner owner)
{
	assert(h->open);
	handle_unlink(h);
	handle_link(h, owner);
}

void
sim_handle_tell(struct io_handle *h, struct io_event *ev)
{
	struct sim *sim = h->sim;

	assert(h->open && !sim->telling);
	ev->h = h;
	sim->given++;
	sim->telling = true;
	h->owner.fn(h->owner.arg, ev);
	sim->telling = false;
}

/* ---- opening ---- */

static void
handle_on_ring(void *arg)
{
	struct io_handle *h = arg;

	sim_handle_tell(h, &(struct io_event){ .kind = IO_ALARM });
}

static struct io_handle *
alarm_new(struct sim *sim)
{
	struct io_handle *h = sim_spare_new(&sim->alarms, sizeof *h);

	if (h == NULL)
		h = mem_new(sizeof *h);
	if (h == NULL)
		return NULL;
	h->ring.fn = handle_on_ring;
	h->ring.arg = h;
	if (sim_clock_hold(sim->clock, &h->ring) < 0) {
		sim_spare_free(sim, &sim->alarms, h);
		return NULL;
	}
	return h;
}

static struct io_handle *
conn_new(struct sim *sim, struct sim_shape *shape)
{
	struct sim_conn *c = sim_spare_new(&sim->conns, sizeof *c);

	if (c == NULL)
		c = mem_new(sizeof *c);
	if (c == NULL)
		return NULL;
	if (shape != NULL && sim_flows_new(shape, &c->flows) < 0) {
		sim_spare_free(sim, &sim->conns, c);
		return NULL;
	}
	list_init(&c->parcels);
	sim_lane_init(&c->lane, &c->h);
	return &c->h;
}

int
sim_handle_open(
    struct sim_phone *phone, struct io_owner owner, enum sim_type type, struct io_handle **out)
{
	struct sim *sim = phone->sim;
	struct io_handle *h;

	if (sim->fail_open != 0)
		return sim->fail_open;
	if (type != SIM_ALARM && type != SIM_DHCP && phone->ip == 0)
		return -EADDRNOTAVAIL;
	h = type == SIM_ALARM ? alarm_new(sim) : conn_new(sim, phone->shape);
	if (h == NULL)
		return -ENOMEM;
	h->sim = sim;
	h->phone = phone;
	h->type = type;
	h->open = true;
	h->id = ++sim->last_id;
	if (type != SIM_ALARM)
		sim_conn_of(h)->index = phone->index;
	handle_link(h, owner);
	list_add_tail(&phone->handles, &h->all);
	sim->open++;
	*out = h;
	return 0;
}

/* ---- the end ---- */

/* A strict world keeps it, so that a call with it is noticed. */
static void
handle_bury(struct io_handle *h, struct sim_spare *spare)
{
	list_remove(&h->all);
	h->dead = true;
	if (h->sim->strict)
		list_add_tail(&h->sim->graves, &h->all);
	else
		sim_spare_free(h->sim, spare, h);
}

void
sim_conn_free(struct sim_conn *c)
{
	while (!list_empty(&c->parcels))
		sim_parcel_forget(LIST_ITEM(c->parcels.next, struct sim_parcel_in, of_conn));
	sim_flows_free(c);
	sim_http_done(c);
	mem_free(c);
}

void
sim_conn_settle(struct sim_conn *c)
{
	if (c->h.open || c->h.dead || c->settling || !list_empty(&c->parcels))
		return;
	/* What the listener does when told must not settle it again. */
	c->settling = true;
	if (!c->told)
		(void)sim_tell(c, (struct sim_call){ .deed = c->last });
	c->told = true;
	sim_flows_free(c);
	sim_http_done(c);
	/* Its way may know it still: who listened behind it does so no longer. */
	list_remove(&c->lane.open);
	handle_bury(&c->h, &c->h.sim->conns);
}

/* What is on this way is forgotten; NULL: answers that lie on none any more. */
static void
conn_leave(struct sim_conn *c, const struct sim_way *way)
{
	struct list *next;

	for (struct list *link = c->parcels.next; link != &c->parcels; link = next) {
		struct sim_parcel_in *in = LIST_ITEM(link, struct sim_parcel_in, of_conn);

		next = link->next;
		if (in->way == way && !in->arrived && (way != NULL || in->p.back))
			sim_parcel_forget(in);
	}
}

void
sim_handles_leave(struct list *handles, const struct sim_way *way)
{
	struct list *next;

	for (struct list *link = handles->next; link != handles; link = next) {
		struct sim_conn *c = sim_conn_of(LIST_ITEM(link, struct io_handle, all));

		next = link->next;
		if (c == NULL)
			continue;
		conn_leave(c, way);
		/* Another way finds it as if it had never lain on one. */
		if (c->lane.way == way) {
			list_remove(&c->lane.open);
			sim_lane_init(&c->lane, &c->h);
		}
		sim_conn_settle(c);
	}
}

/* The end of a connection travels like what was sent before it: FIN or RST. */
static void
conn_close(struct sim_conn *c)
{
	struct sim_parcel_in *in;

	/* A reply by a relay agent is for the phone, not for the handle. */
	if (c->h.type != SIM_DHCP || c->h.sim->n_relays == 0)
		conn_leave(c, NULL);
	list_add_tail(&c->h.sim->closing, &c->h.all);
	if (!sim_conn_travels(c)) {
		sim_conn_settle(c);
		return;
	}
	in = sim_parcel_out(c, c->last);
	if (in != NULL)
		sim_parcel_send(in, 0);
	else /* the way still knows it, and will never hear of its end: it stays */
		c->settling = true;
}

void
sim_handle_close(struct io_handle *h, enum sim_deed how)
{
	struct sim_conn *c = sim_conn_of(h);

	assert(h->open);
	h->open = false;
	h->sim->open--;
	handle_unlink(h);
	list_remove(&h->all);
	h->phone = NULL;
	if (c == NULL) {
		sim_clock_let(h->sim->clock, &h->ring);
		handle_bury(h, &h->sim->alarms);
		return;
	}
	c->last = how;
	conn_close(c);
}
