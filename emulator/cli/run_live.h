/* run_live.h - who looks on while a run goes on: --metrics and --ui. */
#ifndef CLI_RUN_LIVE_H
#define CLI_RUN_LIVE_H
#include "report.h"
#include "run_options.h"
#include "run_plan.h"

struct board;
struct loop;
struct run_live;

struct run_live_cfg { /* all lent */
	struct loop *loop;
	const struct run_options *options;
	const struct run_plan *plan;
	const struct report_run *run; /* read when the loop runs, not before */
};

/* Open what the options ask for; *out is NULL if they ask for nothing.  0, or -errno with the
 * complaint: an address that is taken, or not this machine's. */
int run_live_open(const struct run_live_cfg *, struct run_live **out, struct config_error *);

/* What the farm is to write to, or NULL. */
struct board *run_live_board(const struct run_live *);

/* The counts of the whole farm, once a second, lent until the next time. */
void run_live_second(struct run_live *, const struct metrics *, uint64_t since_began_us);

/* The run has ended like this; of it only the metrics are lent.  Returns when those who look on
 * have seen it, in two seconds at the latest; the loop runs meanwhile. */
void run_live_end(struct run_live *, const struct report_end *);

/* After the farm, which writes to its board, and before the loop.  Of all these NULL is fine.
 */
void run_live_free(struct run_live *);

#endif
