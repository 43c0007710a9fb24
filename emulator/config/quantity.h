/* quantity.h - numbers with their unit, as people write them: durations, offsets, shares,
 * sizes, rates. */
#ifndef CONFIG_QUANTITY_H
#define CONFIG_QUANTITY_H
#include <stdint.h>

#include "span.h"

/* Take a number (digits, at most one point) off the front; *s keeps what follows.  0 or
 * -EINVAL, and then *s is as it was. */
int quantity_number(struct span *s, double *out);

/* "250ms", "20s", "5m", "24h" (a fraction is fine: "1.5s") to microseconds.  0 or -EINVAL. */
int duration_read(struct span, uint64_t *us_out);

/* A duration that may have a sign: "20m", "-20m", "+3s".  0 or -EINVAL. */
int offset_read(struct span, int64_t *us_out);

/* "20%", from 0% to 100%, as 0 to 1.  0 or -EINVAL. */
int share_read(struct span, double *out);

/* "1000B", "64kB", "7MB", "1GB" (powers of ten), "15MiB" (of two) to bytes.  0 or -EINVAL. */
int size_read(struct span, uint64_t *bytes_out);

/* "200/s", "30/m", "5/h": a whole number by the second, minute or hour, at most a million; how
 * often a second.  0 or -EINVAL. */
int pace_read(struct span, double *per_s_out);

/* A size a second, "64kB/s", or bits as on a line's label, "100Mbit/s", to bytes a second.  0
 * or -EINVAL: also less than one byte. */
int rate_read(struct span, uint64_t *bytes_per_s_out);

#endif
