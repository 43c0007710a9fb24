/*
 * rehearse.h - `run --dry-run`: the same phones, journey and farm in the simulated world.  No
 * packet is sent; what is told is how the scenario would load servers that take as long as it
 * says.
 */
#ifndef CLI_REHEARSE_H
#define CLI_REHEARSE_H
#include "run_options.h"
#include "run_plan.h"

/* Play a plan that has no pool yet, to its end.  Returns the exit status; the complaint, if
 * there is one, has been logged. */
int rehearse(struct run_plan *, const struct run_options *, int argc, char **argv);

#endif
