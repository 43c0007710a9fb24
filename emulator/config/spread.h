/* spread.h - a duration, or a distribution of durations: `20s`, `20s±8s`, `{normal: 20s, sd:
 * 4s}`, `{exp: 5s}`. */
#ifndef CONFIG_SPREAD_H
#define CONFIG_SPREAD_H
#include <stdint.h>

#include "rng.h"
#include "span.h"

struct spread { /* zeroed memory: always 0 */
	enum { SPREAD_UNIFORM, SPREAD_NORMAL, SPREAD_EXP } kind;
	uint64_t a_us; /* middle or mean */
	uint64_t b_us; /* half the width, or the standard deviation */
};

/* One draw, in microseconds, never below 0. */
uint64_t spread_draw(const struct spread *, struct rng *);

/* A duration or A±B (also A+-B).  0 or -EINVAL. */
int spread_read(struct span, struct spread *out);

#endif
