/* run_report.h - what `run` shows and leaves. */
#ifndef CLI_RUN_REPORT_H
#define CLI_RUN_REPORT_H
#include "course.h"
#include "farm.h"
#include "live.h"
#include "run_live.h"
#include "run_options.h"
#include "run_plan.h"
#include "trace_filter.h"

enum { RUN_STOPPED_MAX = 300 };

struct run_report {
	const struct run_options *options;
	struct report_run run;
	struct live_look look_err, look_out; /* the live view's, the table's */
	struct live_memory memory;
	struct report_expect expect[EXPECTATIONS_MAX];
	const struct load_report *load; /* set by a rehearsal before its end; else NULL */
	char stopped[RUN_STOPPED_MAX];  /* why the run was ended before its time, or "" */
	bool pool_lost;                 /* set by whoever notices: it is part of the why */
	struct trace_choice trace;      /* whose lines are left; without the outcomes */
	struct run_live *live;          /* lent; NULL: nobody looks on */
	struct course *course;          /* NULL: nothing is left in a folder */
};

/* Zeroed memory becomes the reports of this run.  What it points to is lent. */
void run_report_init(struct run_report *, const struct run_options *, const struct run_plan *,
    unsigned threads, int argc, char **argv);

/* Free what it owns; zeroed memory is fine. */
void run_report_done(struct run_report *);

/* Once a second: the run over time goes on, and only it.  When it is not due there is nothing
 * to count or to stop for; run_report_second() does both. */
bool run_report_due(const struct run_report *, uint64_t since_us);
void run_report_count(struct run_report *, const struct metrics *, uint64_t since_us);

/* Once a second: the live view, or a line. */
void run_report_second(struct run_report *, const struct metrics *, uint64_t since_us);

/* Once a second: is an expectation broken that ends the run?  Said once, and remembered for the
 * verdict; the caller lets the phones leave. */
bool run_report_stops(struct run_report *, const struct metrics *, uint64_t since_us);

/* The end: the verdict, the table, summary.json, course.json.  `signum` is that of the first
 * signal, or 0. Returns the exit status. */
int run_report_end(struct run_report *, const struct farm_end *, int signum);

#endif
