/* bottleneck.h - was the farm itself the bottleneck?  Then its latencies are its own, and the
 * run has said nothing about the pool. */
#ifndef FARM_BOTTLENECK_H
#define FARM_BOTTLENECK_H
#include <stdbool.h>

#include "buf.h"
#include "metrics.h"

/*
 * Beyond these it was.  The loop's lag is in every latency, the start's lag only in those from
 * the intended start.
 */
#define FARM_LOOP_LAG_MAX_MS 100.0
#define FARM_START_LAG_MAX_MS 250.0

/*
 * Append which limits were hit, each with its figures: "loop lag p99 134 ms > 100 ms on shard
 * 1; start lag p99 980 ms > 250 ms".  false: none, and nothing is appended.
 */
bool farm_bottleneck(const struct metrics *, struct buf *out);

#endif
