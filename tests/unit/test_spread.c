/* test_spread.c - durations and distributions of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quantity.h"
#include "rng.h"
#include "spread.h"

static void
given_durations_and_spreads_they_are_read_strictly(void **state)
{
	static const char *const bad[] = { "", "20", "s", "-1s", "1.2.3s", "20 s 3", "5d",
		"1e3s", "20s±", "±3s" };
	struct spread s;
	struct rng r;
	uint64_t us;

	(void)state;
	assert_int_equal(duration_read(span_of("1.5s"), &us), 0);
	assert_int_equal(us, 1500000);
	assert_int_equal(duration_read(span_of("24h"), &us), 0);
	assert_int_equal(us, 86400000000);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_not_equal(spread_read(span_of(bad[i]), &s), 0);
	assert_int_equal(spread_read(span_of("2s+-3s"), &s), 0);
	rng_seed(&r, 1, 1);
	for (int i = 0; i < 1000; i++)
		assert_in_range(spread_draw(&s, &r), 0, 5000000);
}

/* The mean of so many draws, in seconds; and never below zero. */
static double
mean_of(const struct spread *s, double *share_of_zero)
{
	enum { DRAWS = 20000 };
	double sum = 0;
	unsigned zeros = 0;
	struct rng r;

	rng_seed(&r, 3, 5);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t us = spread_draw(s, &r);

		sum += (double)us / 1e6;
		zeros += us == 0;
	}
	*share_of_zero = (double)zeros / DRAWS;
	return sum / DRAWS;
}

static void
each_distribution_has_its_mean(void **state)
{
	const struct spread even = { SPREAD_UNIFORM, 20000000, 8000000 };
	const struct spread normal = { SPREAD_NORMAL, 20000000, 4000000 };
	const struct spread expo = { SPREAD_EXP, 5000000, 0 };
	const struct spread never = { SPREAD_UNIFORM, 0, 0 };
	double zeros;

	(void)state;
	assert_in_range((uint64_t)(1000 * mean_of(&even, &zeros)), 19900, 20100);
	assert_in_range((uint64_t)(1000 * mean_of(&normal, &zeros)), 19900, 20100);
	assert_in_range((uint64_t)(1000 * mean_of(&expo, &zeros)), 4900, 5100);
	assert_in_range((uint64_t)(1000 * mean_of(&never, &zeros)), 0, 0);
	assert_true(zeros >= 1);
}

static void
what_would_be_before_its_beginning_is_at_once(void **state)
{
	const struct spread normal = { SPREAD_NORMAL, 0, 1000000 };
	double zeros, mean = mean_of(&normal, &zeros);

	(void)state;
	/* The left half of the bell is zero, the right one has the mean 1 / sqrt(2 pi). */
	assert_in_range((uint64_t)(1000 * zeros), 480, 520);
	assert_in_range((uint64_t)(1000 * mean), 389, 409);
}

static void
the_same_seed_draws_the_same(void **state)
{
	const struct spread s = { SPREAD_EXP, 5000000, 0 };
	struct rng a, b, c;
	unsigned same = 0;

	(void)state;
	rng_seed(&a, 1, 1);
	rng_seed(&b, 1, 1);
	rng_seed(&c, 2, 1);
	for (int i = 0; i < 100; i++) {
		uint64_t us = spread_draw(&s, &a);

		assert_int_equal(us, spread_draw(&s, &b));
		same += us == spread_draw(&s, &c);
	}
	assert_in_range(same, 0, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_durations_and_spreads_they_are_read_strictly),
		cmocka_unit_test(each_distribution_has_its_mean),
		cmocka_unit_test(what_would_be_before_its_beginning_is_at_once),
		cmocka_unit_test(the_same_seed_draws_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
