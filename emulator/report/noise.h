/* noise.h - is it a difference, or only chance?  Tests for what two runs have counted. */
#ifndef REPORT_NOISE_H
#define REPORT_NOISE_H
#include "hist.h"

/*
 * Mann and Whitney's rank test of two histograms: how likely are values that differ so much if
 * both runs are alike?  Values of one bucket are ties, for which it is corrected.  1 when
 * either is empty or all values are ties.
 */
double noise_ranks(const struct hist *a, const struct hist *b);

/* The same for two shares, hits out of so many.  1 when either is a share of nothing. */
double noise_shares(uint64_t hits_a, uint64_t of_a, uint64_t hits_b, uint64_t of_b);

#endif
