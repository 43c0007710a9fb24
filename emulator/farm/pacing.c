/* pacing.c - see pacing.h. */
#include "pacing.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>

#include "rng.h"

/* The stream of chance that is pacing's; phones have their indexes. */
#define PACING_STREAM UINT64_C(0x70616365)

/* What is closer to a whole start than this has reached it: sums of rates are not exact. */
static const double pacing_hair = 1e-6;

struct pacer {
	const struct arrival *item, *last;
	double before;  /* starts of the items before this one */
	double from_s;  /* when this item begins */
	double spent_s; /* poisson: the last start, from its beginning */
	uint32_t phones;
	struct rng rng;
};

/* A ramp's rate grows evenly, so its starts grow as a parabola: solved here for the time. */
static double
pacing_ramp_s(const struct arrival *a, double starts)
{
	double for_s = (double)a->for_us / 1e6;
	double slope = (a->to_per_s - a->from_per_s) / for_s;
	double whole = arrival_starts(a);
	double root;

	if (starts >= whole)
		return for_s + (starts - whole) / a->to_per_s;
	root = a->from_per_s * a->from_per_s + 2 * slope * starts;
	return starts <= 0 ? 0 : 2 * starts / (a->from_per_s + sqrt(root > 0 ? root : 0));
}

/* Power returns to `all` phones: most are on at once, the last ones much later.  Twice the mean
 * rate falling to 0 has 2x - x^2 of them started at x of the time: solved here for x. */
static double
pacing_storm_s(const struct arrival *a, uint64_t i, uint64_t all)
{
	return (double)a->for_us / 1e6 * (1 - sqrt(1 - (double)i / (double)all));
}

/* `all` phones in waves that differ by one phone at most, each wave evenly over its time. */
static double
pacing_wave_s(const struct arrival *a, uint64_t i, uint64_t all)
{
	uint64_t wave = ((i + 1) * a->count - 1) / all;
	uint64_t first = wave * all / a->count, next = (wave + 1) * all / a->count;

	return ((double)(wave * a->every_us) +
		   (double)a->for_us * (double)(i - first) / (double)(next - first)) /
	    1e6;
}

/* Those that take all phones that are left count them themselves: which of how many. */
static double
pacing_left_s(const struct pacer *p, uint32_t k)
{
	uint32_t first = (uint32_t)ceil(p->before - pacing_hair);

	if (p->item->kind == ARRIVAL_STORM)
		return pacing_storm_s(p->item, k - first, p->phones - first);
	return pacing_wave_s(p->item, k - first, p->phones - first);
}

/* When an item starts phone k, from its beginning. */
static double
pacing_item_s(struct pacer *p, uint32_t k)
{
	double starts = (double)k - p->before;

	switch (p->item->kind) {
	case ARRIVAL_AT_ONCE:
		return 0;
	case ARRIVAL_RAMP:
		return pacing_ramp_s(p->item, starts);
	case ARRIVAL_STEADY:
		return starts / p->item->from_per_s;
	case ARRIVAL_STORM:
	case ARRIVAL_ROLLING:
	case ARRIVAL_BLACKOUT:
		return pacing_left_s(p, k);
	case ARRIVAL_POISSON:
		p->spent_s += rng_exp(&p->rng) / p->item->from_per_s;
		return p->spent_s;
	}
	return 0;
}

/* Does start number k come after this item's end?  `at_s` is where the item would put it. */
static bool
pacing_is_over(const struct pacer *p, uint32_t k, double at_s)
{
	if (p->item == p->last)
		return false;
	if (p->item->kind == ARRIVAL_POISSON)
		return at_s * 1e6 >= (double)p->item->for_us;
	return (double)k > p->before + arrival_starts(p->item) - pacing_hair;
}

static void
pacing_next_item(struct pacer *p, uint32_t k)
{
	/* A Poisson item ends by its time, with however many starts it had. */
	if (p->item->kind == ARRIVAL_POISSON)
		p->before = k;
	else
		p->before += arrival_starts(p->item);
	/* at_once takes no time. */
	if (p->item->kind != ARRIVAL_AT_ONCE)
		p->from_s += (double)p->item->for_us / 1e6;
	p->spent_s = 0;
	p->item++;
}

int
pacing_plan(const struct arrival *items, size_t n, uint32_t phones, uint64_t seed,
    uint64_t *start_us_out)
{
	struct pacer p = { .item = items, .last = items + n - 1, .phones = phones };

	if (n == 0)
		return -EINVAL;
	rng_seed(&p.rng, seed, PACING_STREAM);
	for (uint32_t k = 0; k < phones; k++) {
		double at_s = pacing_item_s(&p, k);

		/* An item may be so short that no start falls into it. */
		while (pacing_is_over(&p, k, at_s)) {
			pacing_next_item(&p, k);
			at_s = pacing_item_s(&p, k);
		}
		/* A rate of 0 puts the next start at infinity. */
		if (!isfinite(at_s))
			return -ERANGE;
		start_us_out[k] = (uint64_t)llround((p.from_s + at_s) * 1e6);
	}
	return 0;
}

/* A window slides over the plan: start k and those less than window_us before it. */
uint32_t
pacing_peak(const uint64_t *start_us, uint32_t phones, uint64_t window_us)
{
	uint32_t most = 0, first = 0;

	for (uint32_t k = 0; k < phones; k++) {
		while (start_us[k] - start_us[first] >= window_us)
			first++;
		if (k - first + 1 > most)
			most = k - first + 1;
	}
	return most;
}
