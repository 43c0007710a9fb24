/* fuzz_spread.c - any bytes as a duration or a distribution of durations, and what is drawn. */
#include "spread.h"

#include "fuzz.h"

/* The longest duration that can be written: more than 30 years is a typing error. */
#define DURATION_MAX UINT64_C(1000000000000000)

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct spread spread;
	uint64_t us = 99;
	struct rng rng;

	if (duration_read(s, &us) != 0)
		HOLDS(us == 99);
	else
		HOLDS(us <= DURATION_MAX);
	fuzz_mark(&spread, sizeof spread);
	if (spread_read(s, &spread) != 0) {
		HOLDS(fuzz_untouched(&spread, sizeof spread));
		return 0;
	}
	HOLDS(spread.kind == SPREAD_UNIFORM && spread.a_us <= DURATION_MAX);
	HOLDS(spread.b_us <= DURATION_MAX);
	rng_seed(&rng, n, 0);
	for (int i = 0; i < 8; i++)
		HOLDS(spread_draw(&spread, &rng) <= spread.a_us + spread.b_us);
	return 0;
}
