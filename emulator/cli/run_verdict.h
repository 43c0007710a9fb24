/* run_verdict.h - what a run has come to, in a word, a sentence and an exit status. */
#ifndef CLI_RUN_VERDICT_H
#define CLI_RUN_VERDICT_H
#include "run_report.h"

enum { RUN_WHY_MAX = 400 };

struct run_verdict { /* the sentences; the end points into it */
	char why[RUN_WHY_MAX], limit[RUN_WHY_MAX];
	bool unwritten; /* failed only because the trace is not whole */
};

/*
 * Judge the run.  The end's metrics, cost and expectations are there; its verdict, why, limit
 * and stopped are filled in.  What makes the numbers meaningless comes before what they say: a
 * signal, a farm that was itself the bottleneck; then what stopped the run, what was expected,
 * what could not be written.
 */
void run_verdict(const struct run_report *, const struct farm_end *, int signum,
    struct run_verdict *, struct report_end *);

/* The exit status; of a signal, what a shell would say: 128 and its number. */
int run_verdict_status(enum report_verdict, int signum);

#endif
