/* plan_events.h - a scenario's events as the farm plays them. */
#ifndef CLI_PLAN_EVENTS_H
#define CLI_PLAN_EVENTS_H
#include "run_plan.h"

/* Fill in plan->events; plan_names() has found the steps they name. */
void plan_events(struct run_plan *);

/* How many phones may be on their way at once: those that arrive together, or those whose power
 * comes back together. */
uint32_t plan_transit(const struct run_plan *);

#endif
