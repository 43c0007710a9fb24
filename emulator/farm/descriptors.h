/* descriptors.h - are there enough descriptors for so many phones?  Asked before the first
 * starts.
 */
#ifndef FARM_DESCRIPTORS_H
#define FARM_DESCRIPTORS_H
#include <stdint.h>

struct descriptors_load {
	uint32_t phones;
	uint32_t transit; /* phones likely on their way at once */
	unsigned threads;
	uint32_t lines; /* phones that keep their SIP line until the run ends */
};

/* Arrivals within this long are likely in transit together: about the time of a boot. */
#define DESCRIPTORS_TRANSIT_US UINT64_C(10000000)

/* How many descriptors that may take. */
uint64_t descriptors_needed(const struct descriptors_load *);

/* Raise this process's soft limit to its hard one.  0, or -EMFILE if that is less than
 * needed; *have_out is what there is, always written. */
int descriptors_raise(uint64_t needed, uint64_t *have_out);

#endif
