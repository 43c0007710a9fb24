/* run_machine.h - what a run needs of the machine it runs on: memory, threads, descriptors. */
#ifndef CLI_RUN_MACHINE_H
#define CLI_RUN_MACHINE_H
#include "run_plan.h"

/* How this process gets its memory; before it has any. */
void run_machine_memory(void);

/* How many threads the plan's phones live on: as many as were asked for, else one a core. */
unsigned run_machine_threads(const struct run_options *, const struct run_plan *);

/* Raise the limit of descriptors to what the plan may take.  0, or -EMFILE with the complaint:
 * this process may not have so many. */
int run_machine_descriptors(const struct run_plan *, unsigned threads, struct config_error *);

#endif
