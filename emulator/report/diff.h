/*
 * diff.h - what has changed from one run to another, and is it more than noise?
 *
 * A step's latency has changed if a rank test of all its values says so (p < 0.01) and its
 * median or its p95 is off by more than 10 % and more than 5 ms: a test alone finds differences
 * that nobody would feel, a shift alone finds those of chance.  Where the farm itself was late
 * by more than 5 ms (loop lag p99), that is what a median has to be off by, and tails are not
 * judged: they are the machine's.  Failures and lost tries have changed if their share is off
 * by more than a hundredth, and that is not by chance.
 */
#ifndef REPORT_DIFF_H
#define REPORT_DIFF_H
#include "buf.h"
#include "run_dir.h"

enum {
	DIFF_STEPS = 64,
	DIFF_NOTES = 12,
	DIFF_FEW = 8 /* values of either run: with fewer nothing is said of a latency */
};

enum diff_change { DIFF_SAME, DIFF_BETTER, DIFF_WORSE, DIFF_ONLY_A, DIFF_ONLY_B, DIFF_TOO_FEW };

/* Each pair is of run A and run B. */
struct diff_step {
	const char *name; /* a step's, or "boot": from the intended start to arrival */
	uint64_t n[2];    /* done */
	double p50_ms[2], p95_ms[2];
	uint64_t rows[2], failed[2];   /* that were not skipped */
	uint64_t attempts[2], lost[2]; /* tries */
	double p;                      /* how likely such latencies are by chance */
	enum diff_change latency, failures, tries;
	enum diff_change all; /* the worst of the three */
};

struct diff { /* lends from the folders */
	const struct run_dir *run[2];
	struct diff_step step[DIFF_STEPS];
	size_t n_steps;
	uint64_t planned[2], finished[2], failed[2];
	const char *verdict[2];
	double lag_ms;              /* the farm's own in the worse of the two runs */
	char note[DIFF_NOTES][160]; /* why they may not be comparable */
	size_t n_notes;
	enum diff_change all; /* SAME, BETTER, or WORSE as soon as anything is */
};

/* Compare B with A, which comes first.  0 or -ENOMEM. */
int diff_runs(const struct run_dir *a, const struct run_dir *b, struct diff *out);

/* "same", "better", "worse", "only in A", "only in B", "too few". */
const char *diff_word(enum diff_change);

/* Append a table for people. */
void diff_text(const struct diff *, struct buf *out);

/* Append JSON, format cx700farm-diff/1.  0 or -ENOMEM. */
int diff_json(const struct diff *, struct buf *out);

#endif
