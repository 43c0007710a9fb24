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

/* Is there any that stops the run? */
bool expect_may_stop(const struct report_run *);

/*
 * Judge those that stop the run, by the counts of this moment, which is end->wall_s since the
 * beginning.  True: one is broken, and *out says which and by what.  Those whose grace is not
 * over, and those that there is nothing to measure for as yet, are not.
 */
bool expect_broken_now(
    const struct report_run *, const struct report_end *, struct report_expect *out);

#endif
