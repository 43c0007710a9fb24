/*
 * pacing.h - when each phone is meant to be switched on: an open model, fixed
 * before the run, so that a slow pool never slows the arrivals down.
 *
 * Phone k starts when the arrival items, one after the other, have reached more
 * than k starts: `steady: 200/s` starts phones 0, 1, 2 ... at 0, 5, 10 ms.
 */
#ifndef FARM_PACING_H
#define FARM_PACING_H
#include <stddef.h>
#include <stdint.h>

#include "scenario.h"

/*
 * The intended start of `phones` phones, in order, in microseconds from the
 * run's beginning.  When the items start fewer, the last one goes on with its
 * (last) rate.  One call for each group, with its number of phones: storm and
 * rolling take those that are left.  The seed is for poisson, another one for
 * each group.  0, or -ERANGE: it cannot go on, its rate is 0.
 */
int pacing_plan(
    const struct arrival *, size_t n, uint32_t phones, uint64_t seed, uint64_t *start_us_out);

/* The most starts of an ascending plan within any span of window_us. */
uint32_t pacing_peak(const uint64_t *start_us, uint32_t phones, uint64_t window_us);

#endif
