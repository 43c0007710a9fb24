/* plan_groups.h - what the phones of each group do, and when each of them is switched on. */
#ifndef CLI_PLAN_GROUPS_H
#define CLI_PLAN_GROUPS_H
#include "run_plan.h"

/* How the plan's phones divide among the scenario's groups, and each group's journey and line.
 * 0, or -errno with the error. */
int plan_groups(struct run_plan *, const struct run_options *, struct config_error *);

/*
 * When each phone starts: every group by its own arrivals, all together in one order; of the
 * same moment the lower number first.  Gives plan->start_us and ->order.  0, or -errno with the
 * error.
 */
int plan_starts(struct run_plan *, struct config_error *);

#endif
