/* hist.c - see hist.h. */
#include "hist.h"

/* Values below 32 have a bucket each; above, the five bits behind the leading one choose. */
unsigned
hist_bucket(uint64_t us)
{
	unsigned top;

	if (us < HIST_FINE)
		return (unsigned)us;
	if (us >> 40)
		return HIST_BUCKETS - 1;
	top = 63 - (unsigned)__builtin_clzll(us);
	return HIST_FINE * (top - 4) + (unsigned)(us >> (top - 5) & (HIST_FINE - 1));
}

uint64_t
hist_top(unsigned i)
{
	unsigned shift;

	if (i < HIST_FINE)
		return i;
	shift = i / HIST_FINE - 1;
	return ((uint64_t)(HIST_FINE + i % HIST_FINE + 1) << shift) - 1;
}

void
hist_add_many(struct hist *h, uint64_t us, uint32_t times)
{
	if (times == 0)
		return;
	h->count += times;
	h->sum_us += us * times;
	h->bucket[hist_bucket(us)] += times;
	if (us > h->max_us)
		h->max_us = us;
}

void
hist_add(struct hist *h, uint64_t us)
{
	hist_add_many(h, us, 1);
}

void
hist_merge(struct hist *to, const struct hist *from)
{
	/* Most rows of a run are empty most of the time, and the farm adds up every second. */
	if (from->count == 0)
		return;
	to->count += from->count;
	to->sum_us += from->sum_us;
	if (from->max_us > to->max_us)
		to->max_us = from->max_us;
	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

uint64_t
hist_at(const struct hist *h, double p)
{
	uint64_t want, seen = 0;

	if (h->count == 0)
		return 0;
	want = (uint64_t)(p * (double)h->count + 0.999999);
	if (want < 1)
		want = 1;
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen >= want)
			return hist_top(i) < h->max_us ? hist_top(i) : h->max_us;
	}
	return h->max_us;
}
