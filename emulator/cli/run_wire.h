/* run_wire.h - a run on an interface: into the interface's namespace, with the rights it needs,
 * and away again.  Where the pool is on the loopback, nothing of it is done. */
#ifndef CLI_RUN_WIRE_H
#define CLI_RUN_WIRE_H
#include <stdbool.h>

#include "run_plan.h"
#include "tree.h"

struct run_wire {
	bool on;
	const char *netns; /* NULL: none was entered */
	int home, there;   /* descriptors of both namespaces, if one was */
};

/* Before anything of the run's network is opened; mode host: the plan gets this machine's
 * address.  0, or -errno with the complaint. */
int run_wire_begin(struct run_wire *, struct run_plan *, struct config_error *);

/* For what is to be opened where the program was started: out, and in again. */
void run_wire_step_out(struct run_wire *);
void run_wire_step_in(struct run_wire *);

/* The worlds are made: rights that are not needed any more are given up. */
void run_wire_settle(struct run_wire *);

/* When the phones have gone; of a run that never began, too. */
void run_wire_end(struct run_wire *);

#endif
