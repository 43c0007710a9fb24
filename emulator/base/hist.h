/*
 * hist.h - a log-linear histogram of microseconds: 16 buckets to each power of
 * two, so a percentile is within 1/16 of the truth; from 0 to 2^40 us (12 days).
 */
#ifndef BASE_HIST_H
#define BASE_HIST_H
#include <stdint.h>

enum { HIST_BUCKETS = 16 * 38 };

struct hist {
	uint64_t count, max_us;
	uint32_t bucket[HIST_BUCKETS];
};

/* Count one value. */
void hist_add(struct hist *, uint64_t us);

/* Add all of `from` to `to`. */
void hist_merge(struct hist *to, const struct hist *from);

/* The value that a share of p (0 to 1) does not exceed, in microseconds; 0 when empty. */
uint64_t hist_at(const struct hist *, double p);

#endif
