/* step_wire.h - for tests: an ear between a phone and its world, for step_case.c. */
#ifndef TESTS_FAKE_STEP_WIRE_H
#define TESTS_FAKE_STEP_WIRE_H
#include "step_case.h"

/* From now on what the first phone of c->r sends goes into c->sent, and comes back from a
 * stranger if c->stranger says so.  One case at a time. */
void step_wire_on(struct step_case *c);

#endif
