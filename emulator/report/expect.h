/* expect.h - do the expectations of a scenario hold?  What was measured, and the comparison. */
#ifndef REPORT_EXPECT_H
#define REPORT_EXPECT_H
#include "report.h"

/*
 * Measure and compare each of run->expect, in its order; `out` has room for as many.  What
 * there is nothing to measure for does not hold: a percentile without a sample, a server that
 * was not counted.  A share of nothing is 0%.  Returns how many there are.
 */
size_t expect_judge(
    const struct report_run *, const struct report_end *, struct report_expect *out);

#endif
