/* run_targets.h - what a run will send where, said before the first packet, and the word that a
 * public target needs. */
#ifndef CLI_RUN_TARGETS_H
#define CLI_RUN_TARGETS_H
#include <stdbool.h>

#include "buf.h"
#include "run_plan.h"

/* May phones be sent to all that this pool file allows?  0, or -EINVAL with the complaint: a
 * public address among it, and no `yes'. */
int run_targets_check(const struct pool_file *, bool yes, struct config_error *);

/* Append who will send what to whom, a line each.  The plan must have its pool. */
void run_targets_text(const struct run_plan *, struct buf *);

/* The same as notes on standard error. */
void run_targets_tell(const struct run_plan *);

#endif
