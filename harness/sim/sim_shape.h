/*
 * sim_shape.h - a phone's own line in the simulated world, between the phone and all ways: what
 * it says passes the line before it is carried, what it is told after it has arrived.  The
 * arithmetic is the real world's (io_shape.h).
 *
 * A connection's pieces that find no room on the wire wait in order; connections take turns, so
 * that a download leaves room for a keep-alive.  Datagrams never wait here.
 */
#ifndef SIM_SIM_SHAPE_H
#define SIM_SIM_SHAPE_H
#include "io_shape.h"
#include "sim_priv.h"

/* For sim_phone_new(), with cfg->link: 0 or -ENOMEM.  It outlives all its phone's open handles;
 * NULL is fine to free. */
int sim_shape_new(struct sim *, const struct sim_phone_cfg *, struct sim_shape **out);
void sim_shape_free(struct sim_shape *);

/* What a handle needs of it, from its opening to its end: 0 or -ENOMEM. */
int sim_flows_new(struct sim_shape *, struct sim_flows **out);
void sim_flows_free(struct sim_conn *);

/* The line of this handle's phone; it must have one. */
struct sim_shape *sim_shape_of(const struct sim_conn *);
/* The line over which this answer comes to its phone; NULL: none, or nobody listens. */
struct sim_shape *sim_shape_for(const struct sim_parcel_in *);

/* It is on the line, or waits for it: later it is carried, or arrives; or it is lost. */
void sim_shape_put(struct sim_shape *, struct sim_parcel_in *);
/* It is not on the line any more, or never was. */
void sim_shape_landed(struct sim_parcel_in *);

/* The phone's power was cut: what waits is gone, but ends are told. */
void sim_shape_cut(struct sim_shape *);

#endif
