/* rehearse_world.h - the simulated world as phones get it: network and tickets by
 * harness/sim. */
#ifndef CLI_REHEARSE_WORLD_H
#define CLI_REHEARSE_WORLD_H
#include "io_uv.h"
#include "phone_world.h"
#include "sim.h"

struct rehearse_world {
	struct phone_world base; /* first */
	struct sim *sim;
	const struct io_tls_habit *tls; /* by the number of the profile; lent */
};

void rehearse_world_init(struct rehearse_world *, struct sim *, const struct io_tls_habit *);

#endif
