/* expect_find.h - what a run has to say of an expectation's subject. */
#ifndef REPORT_EXPECT_FIND_H
#define REPORT_EXPECT_FIND_H
#include "report.h"

/* What was found for one expectation. */
struct expect_found {
	double v;         /* a count, seconds, bytes */
	double of;        /* what a share is of */
	const char *none; /* why there is nothing to compare; or NULL */
};

/* Of the end's figures: its metrics, times, cost and load. */
struct expect_found expect_find(
    const struct expectation *, const struct report_run *, const struct report_end *);

#endif
