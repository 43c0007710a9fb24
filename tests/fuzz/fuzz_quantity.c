/* fuzz_quantity.c - any bytes as a number with a unit: durations and their distributions,
 * offsets, shares, sizes, rates; and what is drawn from them. */
#include "quantity.h"

#include "fuzz.h"
#include "spread.h"

/* The most that can be written: more than 30 years, or a petabyte, is a typing error. */
#define MOST UINT64_C(1000000000000000)

static void
read_duration(struct span s)
{
	struct buf negative = { 0 };
	uint64_t us = 99;
	int64_t offset = 99;

	if (duration_read(s, &us) != 0) {
		HOLDS(us == 99);
		return;
	}
	HOLDS(us <= MOST);
	/* What is a duration is also an offset, and has one that is as far behind. */
	HOLDS(offset_read(s, &offset) == 0 && offset == (int64_t)us);
	buf_text(&negative, "-");
	buf_span(&negative, span_trim(s));
	HOLDS(offset_read(buf_bytes(&negative), &offset) == 0 && offset == -(int64_t)us);
	buf_done(&negative);
}

static void
read_others(struct span s)
{
	struct span rest = s;
	uint64_t size = 99, rate = 99;
	int64_t offset = 99;
	double share = 99, number = 99;

	HOLDS(offset_read(s, &offset) == 0 ? offset <= (int64_t)MOST && offset >= -(int64_t)MOST
					   : offset == 99);
	HOLDS(share_read(s, &share) == 0 ? share >= 0 && share <= 1 : share == 99);
	HOLDS(size_read(s, &size) == 0 ? size <= MOST : size == 99);
	HOLDS(rate_read(s, &rate) == 0 ? rate > 0 && rate <= MOST : rate == 99);
	if (quantity_number(&rest, &number) == 0)
		HOLDS(number >= 0 && rest.n < s.n && fuzz_inside(rest, s));
	else
		HOLDS(number == 99 && rest.p == s.p && rest.n == s.n);
}

/* An even spread reaches from a - b, but not below zero, to a + b. */
static void
draw(const struct spread *spread, uint64_t seed)
{
	struct rng rng;

	HOLDS(spread->kind == SPREAD_UNIFORM && spread->a_us <= MOST && spread->b_us <= MOST);
	rng_seed(&rng, seed, 0);
	for (int i = 0; i < 8; i++) {
		uint64_t us = spread_draw(spread, &rng);

		HOLDS(us <= spread->a_us + spread->b_us);
		HOLDS(us + spread->b_us + 1 >= spread->a_us);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span s = { p, n };
	struct spread spread;

	read_duration(s);
	read_others(s);
	fuzz_mark(&spread, sizeof spread);
	if (spread_read(s, &spread) == 0)
		draw(&spread, n);
	else
		HOLDS(fuzz_untouched(&spread, sizeof spread));
	return 0;
}
