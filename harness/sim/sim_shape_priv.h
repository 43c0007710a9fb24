/*
 * sim_shape_priv.h - a phone's own line from inside: sim_shape.c who waits for room on it,
 * sim_shape_leave.c what is put on the wire.
 */
#ifndef SIM_SIM_SHAPE_PRIV_H
#define SIM_SIM_SHAPE_PRIV_H
#include "sim_shape.h"

enum { SHAPE_WAYS = 2 };

struct sim_flow { /* one way of a handle */
	struct io_shape_flow flow;
	struct list waits; /* a connection's parcels that found no room */
	struct list turn;  /* among those of the phone that wait */
	uint64_t under_way;
};

struct sim_flows {
	struct sim_shape *shape;
	struct sim_flow to[SHAPE_WAYS];
};

struct shape_side {
	struct sim_shape *shape;
	enum io_shape_to to;
	struct list turn;      /* who waits, the next first */
	struct sim_event room; /* there will be some */
};

struct sim_shape {
	struct io_shape io;
	struct sim_clock *clock;
	struct shape_side side[SHAPE_WAYS];
};

static inline struct sim_conn *
shape_conn(const struct sim_parcel_in *in)
{
	return sim_conn_of(in->p.h);
}

static inline enum io_shape_to
shape_to(const struct sim_parcel_in *in)
{
	return in->p.back ? IO_SHAPE_DOWN : IO_SHAPE_UP;
}

static inline bool
shape_is_datagram(const struct sim_parcel_in *in)
{
	return in->p.type == SIM_UDP || in->p.type == SIM_DHCP;
}

/* CLOSED and CUT: whatever happens on the line, they must be told. */
static inline bool
shape_is_end(const struct sim_parcel_in *in)
{
	return !in->p.back && (in->p.deed == SIM_CLOSED || in->p.deed == SIM_CUT);
}

static inline struct sim_flow *
shape_flow(const struct sim_parcel_in *in)
{
	return &shape_conn(in)->flows->to[shape_to(in)];
}

/* It leaves: later it is carried, or arrives; or it is lost.  A datagram; a connection's piece,
 * of which there must be flows. */
void sim_shape_leave_datagram(struct sim_shape *, struct sim_parcel_in *);
void sim_shape_leave_piece(struct sim_shape *, struct sim_parcel_in *);

#endif
