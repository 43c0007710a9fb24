/* sim_shape_leave.c - what is put on the wire of a phone's own line: when it comes to the other
 * end, or that it does not. */
#include <errno.h>

#include "sim_shape_priv.h"

static void
shape_on_there(void *arg)
{
	struct sim_parcel_in *in = arg;

	sim_shape_landed(in);
	if (in->p.back)
		sim_parcel_arrive(&in->p);
	else
		sim_parcel_carry(in);
}

static void
shape_arrives(struct sim_shape *shape, struct sim_parcel_in *in, uint64_t at_us)
{
	in->p.event.fn = shape_on_there;
	in->p.event.arg = in;
	/* Cannot fail: a parcel's place on the clock is held. */
	(void)sim_clock_set(shape->clock, &in->p.event, at_us - sim_clock_us(shape->clock));
}

/* The handle's end comes behind all that it has sent, also what jitter holds up. */
void
sim_shape_leave_datagram(struct sim_shape *shape, struct sim_parcel_in *in)
{
	uint64_t now_us = sim_clock_us(shape->clock), at_us = now_us;
	struct sim_flows *flows = shape_conn(in)->flows;
	struct io_shape_flow *flow = flows != NULL ? &flows->to[shape_to(in)].flow : NULL;

	if (!shape_is_end(in))
		at_us = io_shape_datagram(&shape->io, shape_to(in), now_us, in->p.wire_n);
	if (at_us == IO_SHAPE_NEVER) {
		sim_parcel_free(&in->p);
		return;
	}
	if (flow != NULL && shape_is_end(in) && at_us < flow->last_us)
		at_us = flow->last_us;
	if (flow != NULL && at_us > flow->last_us)
		flow->last_us = at_us;
	shape_arrives(shape, in, at_us);
}

/* The head of a reply and the first bytes behind it are one packet, and its end is none. */
static uint32_t
shape_packets(const struct sim_parcel_in *in)
{
	if (shape_is_end(in) || (in->p.back && in->p.kind == IO_WHOLE))
		return 0;
	if (in->p.back && in->p.kind == IO_BODY)
		return (uint32_t)(in->p.n / IO_SHAPE_MSS);
	return io_shape_packets(in->p.n + in->head_n);
}

/* How many of its ways are a SYN's: of a connection that is being made. */
static uint8_t
shape_handshakes(const struct sim_parcel_in *in)
{
	if (!in->p.back)
		return in->p.deed == SIM_OPENED ? 1 : in->p.fresh ? 2 : 0;
	return in->p.type == SIM_STREAM && !shape_conn(in)->up ? 1 : 0;
}

/* The phone's own TCP has given up.  Of a server's the phone hears nothing: silence. */
static void
shape_give_up(struct sim_shape *shape, struct sim_parcel_in *in, uint64_t at_us)
{
	struct sim_parcel_in *down = NULL;

	if (!in->p.back && at_us != IO_SHAPE_NEVER)
		down = sim_parcel_back(shape_conn(in), IO_DOWN);
	if (down != NULL) {
		down->p.err = -ETIMEDOUT;
		down->lined = true;
		shape_arrives(shape, down, at_us);
	}
	sim_parcel_free(&in->p);
}

void
sim_shape_leave_piece(struct sim_shape *shape, struct sim_parcel_in *in)
{
	struct sim_flow *flow = shape_flow(in);
	const struct io_shape_piece piece = { .to = shape_to(in),
		.wire_n = in->p.wire_n,
		.packets = shape_packets(in),
		.trips = (uint8_t)in->p.trips,
		.handshakes = shape_handshakes(in) };
	uint64_t now_us = sim_clock_us(shape->clock), at_us;

	in->under_way = in->p.n;
	flow->under_way += in->under_way;
	if (io_shape_piece(&shape->io, now_us, &piece, &flow->flow, &at_us))
		shape_arrives(shape, in, at_us);
	else if (shape_is_end(in))
		shape_arrives(shape, in, now_us + shape->io.link.delay_us);
	else
		shape_give_up(shape, in, at_us);
}
