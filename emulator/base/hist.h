/*
 * hist.h - a log-linear histogram of microseconds: 32 buckets to each power of
 * two, so a percentile is within 1/32 of the truth; from 0 to 2^40 us (12 days).
 * Zeroed memory is an empty one.
 */
#ifndef BASE_HIST_H
#define BASE_HIST_H
#include <stdint.h>

enum {
	HIST_FINE = 32, /* buckets to a power of two */
	HIST_BUCKETS = HIST_FINE * 37
};

struct hist {
	uint64_t count, max_us, sum_us;
	uint32_t bucket[HIST_BUCKETS];
};

/* Count one value. */
void hist_add(struct hist *, uint64_t us);

/* Count one value so many times: what a bucket of another histogram held. */
void hist_add_many(struct hist *, uint64_t us, uint32_t times);

/* Add all of `from` to `to`. */
void hist_merge(struct hist *to, const struct hist *from);

/* The value that a share of p (0 to 1) does not exceed, in microseconds; 0 when empty. */
uint64_t hist_at(const struct hist *, double p);

/* The bucket that a value falls into, and the largest value that falls into a bucket. */
unsigned hist_bucket(uint64_t us);
uint64_t hist_top(unsigned bucket);

#endif
