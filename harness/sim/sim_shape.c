/* sim_shape.c - see sim_shape.h. */
#include "sim_shape.h"

#include <errno.h>

#include "mem.h"
#include "sim_shape_priv.h"

enum { DHCP_CHADDR = 28, DHCP_SHORTEST = DHCP_CHADDR + 6 };

/* ---- who waits for room ---- */

/* So much of the first that waits as there is room for; only answers' bytes can be cut. */
static void
side_send(struct shape_side *side, struct sim_flow *flow, uint64_t room)
{
	struct sim_parcel *p = LIST_ITEM(flow->waits.next, struct sim_parcel, queue);
	bool bytes = p->back && (p->kind == IO_BYTES || p->kind == IO_BODY);
	uint64_t window = IO_SHAPE_WINDOW - flow->under_way;
	uint64_t most = room < window ? room : window;
	uint64_t n = most < IO_SHAPE_PIECE ? most : IO_SHAPE_PIECE;
	struct sim_parcel *part = bytes && p->n > n ? sim_parcel_split(p, n) : NULL;
	struct sim_parcel_in *in = (struct sim_parcel_in *)(void *)(part != NULL ? part : p);

	in->lined = p->back;
	list_remove(&in->p.queue);
	if (list_empty(&flow->waits))
		list_remove(&flow->turn);
	sim_shape_leave_piece(side->shape, in);
}

/* The next whose window has room for a packet. */
static struct sim_flow *
side_next(const struct shape_side *side)
{
	for (struct list *link = side->turn.next; link != &side->turn; link = link->next) {
		struct sim_flow *flow = LIST_ITEM(link, struct sim_flow, turn);

		/* What waited may have been forgotten. */
		if (!list_empty(&flow->waits) &&
		    flow->under_way + IO_SHAPE_MSS <= IO_SHAPE_WINDOW)
			return flow;
	}
	return NULL;
}

/* One after the other, until nobody may send or the wire has enough. */
static void
side_run(struct shape_side *side)
{
	struct sim_shape *shape = side->shape;
	uint64_t now_us = sim_clock_us(shape->clock);
	struct sim_flow *flow;

	while ((flow = side_next(side)) != NULL) {
		uint64_t room = io_shape_room(&shape->io, side->to, now_us);

		if (room == 0) {
			(void)sim_clock_set(shape->clock, &side->room,
			    io_shape_room_us(&shape->io, side->to) - now_us);
			return;
		}
		/* Behind the others; it may be gone afterwards, with its last parcel. */
		list_remove(&flow->turn);
		list_add_tail(&side->turn, &flow->turn);
		side_send(side, flow, room);
	}
}

static void
side_on_room(void *arg)
{
	side_run(arg);
}

void
sim_shape_put(struct sim_shape *shape, struct sim_parcel_in *in)
{
	struct shape_side *side = &shape->side[shape_to(in)];
	struct sim_flow *flow;

	if (shape_is_datagram(in)) {
		sim_shape_leave_datagram(shape, in);
		return;
	}
	flow = shape_flow(in);
	/* Nothing of an earlier connection holds a new one up. */
	if (!in->p.back && in->p.fresh)
		for (int to = 0; to < SHAPE_WAYS; to++)
			shape_conn(in)->flows->to[to].flow.last_us = 0;
	list_add_tail(&flow->waits, &in->p.queue);
	if (list_empty(&flow->turn))
		list_add_tail(&side->turn, &flow->turn);
	side_run(side);
}

void
sim_shape_landed(struct sim_parcel_in *in)
{
	struct sim_conn *c = shape_conn(in);
	struct sim_flow *flow;

	if (in->under_way == 0)
		return;
	flow = shape_flow(in);
	flow->under_way -= in->under_way;
	in->under_way = 0;
	/* Not within this call: whoever is told of this one comes first. */
	if (!list_empty(&flow->waits)) {
		struct shape_side *side = &c->flows->shape->side[shape_to(in)];

		(void)sim_clock_set(side->shape->clock, &side->room, 0);
	}
}

/* A handle's end is the last: until then the flow is there. */
static void
flow_cut(struct sim_shape *shape, struct sim_flow *flow)
{
	while (!list_empty(&flow->waits)) {
		struct sim_parcel *p = LIST_ITEM(flow->waits.next, struct sim_parcel, queue);
		struct sim_parcel_in *in = (struct sim_parcel_in *)(void *)p;

		list_remove(&p->queue);
		if (!shape_is_end(in)) {
			sim_parcel_free(p);
			continue;
		}
		sim_shape_leave_piece(shape, in);
		return;
	}
}

void
sim_shape_cut(struct sim_shape *shape)
{
	io_shape_rest(&shape->io);
	/* Answers that waited went with their handles; their turns have not. */
	for (int to = 0; to < SHAPE_WAYS; to++) {
		struct list *turn = &shape->side[to].turn;

		while (!list_empty(turn)) {
			struct sim_flow *flow = LIST_ITEM(turn->next, struct sim_flow, turn);

			list_remove(&flow->turn);
			flow_cut(shape, flow);
		}
	}
}

/* ---- whose line ---- */

struct sim_shape *
sim_shape_of(const struct sim_conn *c)
{
	return c->flows->shape;
}

/* A relay agent's answer is for the phone whose MAC it names, not for the handle. */
struct sim_shape *
sim_shape_for(const struct sim_parcel_in *in)
{
	const struct sim_conn *c = shape_conn(in);
	const struct sim_phone *phone;

	if (in->p.type != SIM_DHCP || c->h.sim->n_relays == 0)
		return c->h.open && c->flows != NULL ? c->flows->shape : NULL;
	if (in->p.n < DHCP_SHORTEST)
		return NULL;
	phone = sim_phone_by_mac(c->h.sim, in->p.bytes + DHCP_CHADDR);
	return phone != NULL ? phone->shape : NULL;
}

/* ---- birth and end ---- */

int
sim_shape_new(struct sim *sim, const struct sim_phone_cfg *cfg, struct sim_shape **out)
{
	struct sim_shape *shape = mem_new(sizeof *shape);

	if (shape == NULL)
		return -ENOMEM;
	io_shape_init(&shape->io, cfg->link, cfg->seed, cfg->index);
	shape->clock = sim->clock;
	for (int to = 0; to < SHAPE_WAYS; to++) {
		struct shape_side *side = &shape->side[to];

		side->shape = shape;
		side->to = (enum io_shape_to)to;
		list_init(&side->turn);
		side->room.fn = side_on_room;
		side->room.arg = side;
		if (sim_clock_hold(shape->clock, &side->room) < 0) {
			sim_shape_free(shape);
			return -ENOMEM;
		}
	}
	*out = shape;
	return 0;
}

void
sim_shape_free(struct sim_shape *shape)
{
	if (shape == NULL)
		return;
	for (int to = 0; to < SHAPE_WAYS; to++)
		sim_clock_let(shape->clock, &shape->side[to].room);
	mem_free(shape);
}

int
sim_flows_new(struct sim_shape *shape, struct sim_flows **out)
{
	struct sim_flows *flows = mem_new(sizeof *flows);

	if (flows == NULL)
		return -ENOMEM;
	flows->shape = shape;
	for (int to = 0; to < SHAPE_WAYS; to++) {
		list_init(&flows->to[to].waits);
		list_init(&flows->to[to].turn);
	}
	*out = flows;
	return 0;
}

void
sim_flows_free(struct sim_conn *c)
{
	if (c->flows == NULL)
		return;
	for (int to = 0; to < SHAPE_WAYS; to++)
		list_remove(&c->flows->to[to].turn);
	mem_free(c->flows);
	c->flows = NULL;
}
