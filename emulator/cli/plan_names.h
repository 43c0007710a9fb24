/* plan_names.h - what a scenario says and only others know whether it can be: names of steps,
 * reasons and servers, and what can be played where. */
#ifndef CLI_PLAN_NAMES_H
#define CLI_PLAN_NAMES_H
#include "run_plan.h"

/* Are the steps, reasons and servers of `events` and `expect` any?  The plan's rows and reasons
 * are there.  0, or -EINVAL with the error. */
int plan_names(const struct run_plan *, struct config_error *);

/* -EINVAL with the error: the journey's table has no step of this name; which one is most like
 * it. */
int plan_no_step(const char *file, struct mark, const char *name, struct config_error *error);

/* Can it be rehearsed?  Expectations of protocols, which only a real run counts, cannot.  0, or
 * -EINVAL with the error. */
int plan_for_rehearsal(const struct run_plan *, struct config_error *);

/* Can it be run with the embedded pool, whose sockets, KDC and clock are real?  0, or -EINVAL
 * with the error. */
int plan_for_embedded(const struct run_plan *, struct config_error *);

/* Can it be run with servers that are not ours, which have no faults on purpose?  0, or -EINVAL
 * with the error. */
int plan_for_real(const struct run_plan *, struct config_error *);

#endif
