/* sim_twin.h - peer.h's server once more, in the simulated world: the same words and paths. */
#ifndef TESTS_SIM_TWIN_H
#define TESTS_SIM_TWIN_H
#include "two_worlds.h"

/* Everything that two_worlds.h says is at this address; the stage's certificate is filled in.
 */
void sim_twin_listen(struct stage *, uint32_t ip);

#endif
