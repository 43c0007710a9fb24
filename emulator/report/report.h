/* report.h - what all reports of a run are made from. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expectation.h"
#include "farm.h"
#include "metrics.h"

struct load_report;
struct pool_port;

/* What is known of a run before it begins. */
struct report_run {
	const char *version;
	const char *scenario, *title; /* the file as it was named; what it calls itself */
	const char *pool;             /* the pool file's name, or "embedded" */
	uint64_t seed;
	unsigned threads;
	int argc;
	char **argv;
	uint32_t planned;
	const struct farm_group *groups; /* as farm_cfg has them */
	size_t n_groups;                 /* 0: the scenario names none */
	uint64_t last_start_us, stay_us; /* for the time left */
	const struct farm_row *rows;
	size_t n_rows;
	const char *const *reasons; /* by instance_row.why; [0] is none */
	size_t n_reasons;
	const struct expectations *expect; /* NULL or empty: nothing is expected */
	const char *const *watch;          /* as farm_cfg has it: what metrics.watched counts */
	size_t n_watch;
	const struct pool_port *ports; /* where the pool's services really are, if elsewhere */
	size_t n_ports;
};

enum report_verdict { REPORT_PASS, REPORT_FAIL, REPORT_INVALID, REPORT_INTERRUPTED };

/* How an expectation came out. */
struct report_expect {
	const char *text; /* as it was written */
	char value[64];   /* what was measured, with its unit: "812.5 ms" */
	bool pass;
};

/* And when it has ended. */
struct report_end {
	enum report_verdict verdict;
	const char *why;     /* of a verdict that is not pass: one sentence, or NULL */
	const char *limit;   /* which limits the farm itself has hit, with figures; or NULL */
	const char *stopped; /* why the run was ended before its time, or NULL */
	const struct metrics *metrics;
	double wall_s, cpu_user_s, cpu_sys_s;
	uint64_t max_rss_bytes;
	const struct load_report *load;     /* of a rehearsal; else NULL */
	const struct report_expect *expect; /* expect_judge()'s */
	size_t n_expect;
};

/* How many phones a group has: those up to the next one's first. */
uint32_t report_group_phones(const struct report_run *, size_t group);

/* "pass", "fail", "invalid", "interrupted". */
const char *report_verdict_name(enum report_verdict);

#endif
