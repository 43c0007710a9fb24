/* test_rng.c - chance that repeats itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rng.h"

static void
given_the_same_seed_chance_repeats_itself(void **state)
{
	struct rng a, b, c;
	double sum = 0;

	(void)state;
	rng_seed(&a, 7, 1);
	rng_seed(&b, 7, 1);
	rng_seed(&c, 7, 2);
	for (int i = 0; i < 100; i++)
		assert_int_equal(rng_u64(&a), rng_u64(&b));
	assert_int_not_equal(rng_u64(&a), rng_u64(&c));
	for (int i = 0; i < 10000; i++) {
		assert_in_range(rng_below(&a, 10), 0, 9);
		sum += rng_exp(&a) + rng_normal(&a);
	}
	assert_true(sum / 10000 > 0.9 && sum / 10000 < 1.1);
	assert_int_equal(rng_below(&a, 0), 0);
}

/* Worked out by another program (integers of any size, in Python). */
static void
given_a_seed_and_a_stream_the_numbers_are_these_on_every_machine(void **state)
{
	static const uint64_t want[] = { UINT64_C(0x9c5c7575cd2893f7),
		UINT64_C(0x760c84b0e202d3ed), UINT64_C(0xbd3ae2b2908af351) };
	struct rng r;

	(void)state;
	rng_seed(&r, 7, 1);
	for (size_t i = 0; i < 3; i++)
		assert_true(rng_u64(&r) == want[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_same_seed_chance_repeats_itself),
		cmocka_unit_test(
		    given_a_seed_and_a_stream_the_numbers_are_these_on_every_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
