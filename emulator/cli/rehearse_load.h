/* rehearse_load.h - what a rehearsal shows and leaves besides a run's report: the load of each
 * server. */
#ifndef CLI_REHEARSE_LOAD_H
#define CLI_REHEARSE_LOAD_H
#include "farm.h"
#include "run_report.h"
#include "servers.h"
#include "sim_pool.h"

/* The run's report, with the servers' counts in it, then the load: on standard output and in
 * DIR/load.json.  Returns the exit status. */
int rehearse_tell(const struct sim_pool *, struct run_report *, const struct farm_end *,
    int signum, const struct servers_cost *);

#endif
