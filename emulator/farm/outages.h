/*
 * outages.h - which slots of a shard an event has switched off, and when those that are
 * switched on again by themselves are: each at a time of its own, so they wait in a heap.
 */
#ifndef FARM_OUTAGES_H
#define FARM_OUTAGES_H
#include <stdbool.h>
#include <stdint.h>

struct outages;

#define OUTAGES_NOBODY UINT32_MAX

/* For slots 0 to n - 1, all of them on.  0 or -ENOMEM; afterwards nothing needs memory. */
int outages_new(uint32_t n, struct outages **out);

/* NULL is fine. */
void outages_free(struct outages *);

/* Is this slot off?  And does that end by itself? */
bool outages_off(const struct outages *, uint32_t slot);
bool outages_ends(const struct outages *, uint32_t slot);

/* It is off until then, UINT64_MAX: until somebody ends it; whatever it was before. */
void outages_begin(struct outages *, uint32_t slot, uint64_t until_us);

/* It is on. */
void outages_end(struct outages *, uint32_t slot);

/* The slot whose outage ends first, of the same time the lowest number, and when;
 * OUTAGES_NOBODY: no outage ends by itself. */
uint32_t outages_first(const struct outages *, uint64_t *until_us_out);

/* No outage ends by itself any more. */
void outages_stop(struct outages *);

#endif
