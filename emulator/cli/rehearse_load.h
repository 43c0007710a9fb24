/* rehearse_load.h - what a rehearsal shows and leaves besides a run's report: the load of each
 * server. */
#ifndef CLI_REHEARSE_LOAD_H
#define CLI_REHEARSE_LOAD_H
#include "farm.h"
#include "metrics.h"
#include "run_report.h"
#include "servers.h"
#include "sim_pool.h"

/* Add what the phones have sent to each server and got from it: in a real run their world
 * counts that, by protocol. */
void rehearse_count(const struct sim_pool *, struct metrics *);

/* run_report_stops() by the servers' own counts, as rehearse_tell() judges them at the end. */
bool rehearse_stops(
    const struct sim_pool *, struct run_report *, const struct metrics *, uint64_t since_us);

/* The run's report, with the servers' counts in it, then the load: on standard output and in
 * DIR/load.json.  Returns the exit status. */
int rehearse_tell(const struct sim_pool *, struct run_report *, const struct farm_end *,
    int signum, const struct servers_cost *);

#endif
