/*
 * sim_world.h - what a phone stands in when it is rehearsed: the network, the tickets and the
 * clock of harness/sim.  The twin of phone/phone_world_real.c.
 */
#ifndef CLI_SIM_WORLD_H
#define CLI_SIM_WORLD_H
#include <stddef.h>

#include "io_uv.h"
#include "phone_world.h"
#include "sim.h"

struct sim_world {
	struct phone_world base; /* first; for phone_cfg.world */
	struct sim *sim;         /* lent */
	const struct io_tls_habit
	    *tls; /* lent for good; by profile, as in phone_cfg.profiles */
	size_t n_tls;
};

/* At least one profile's TLS habits. */
void sim_world_init(
    struct sim_world *, struct sim *, const struct io_tls_habit *tls, size_t n_tls);

#endif
