/* test_hist.c - percentiles of a histogram. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "hist.h"

static void
given_values_a_percentile_is_within_a_thirty_second(void **state)
{
	struct hist *h = calloc(1, sizeof *h), *all = calloc(1, sizeof *all);

	(void)state;
	assert_int_equal(hist_at(h, 0.5), 0);
	for (uint64_t v = 1; v <= 100000; v++)
		hist_add(h, v);
	hist_merge(all, h);
	hist_merge(all, h);
	assert_int_equal(all->count, 200000);
	assert_in_range(hist_at(all, 0.5), 50000, 51600);
	assert_in_range(hist_at(all, 0.99), 99000, 100000);
	assert_int_equal(hist_at(all, 1.0), 100000);
	assert_true(h->sum_us == UINT64_C(5000050000));
	assert_true(all->sum_us == 2 * h->sum_us);
	hist_add(h, UINT64_MAX);
	assert_int_equal(h->max_us, UINT64_MAX);
	free(h);
	free(all);
}

/* Below the buckets' first power of two each value has its own. */
static void
each_value_is_in_a_bucket_whose_top_is_not_below_it(void **state)
{
	uint64_t v = 0;

	(void)state;
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(hist_top(i), i);
	while (v < UINT64_C(1) << 40) {
		unsigned i = hist_bucket(v);

		assert_in_range(i, 0, HIST_BUCKETS - 1);
		assert_true(hist_top(i) >= v);
		assert_true(i == 0 || hist_top(i - 1) < v);
		/* No wider than a thirty-second of what is in it. */
		assert_true(i == 0 || hist_top(i) - hist_top(i - 1) <= v / 32 + 1);
		assert_int_equal(hist_bucket(hist_top(i)), i);
		v = hist_top(i) + 1;
	}
	assert_int_equal(hist_bucket(UINT64_C(1) << 40), HIST_BUCKETS - 1);
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
}

static void
buckets_of_one_histogram_make_the_same_one_again(void **state)
{
	struct hist *h = calloc(1, sizeof *h), *again = calloc(1, sizeof *again);

	(void)state;
	for (uint64_t v = 1; v < 1000000; v = v * 5 / 4 + 1)
		hist_add_many(h, v, (uint32_t)(v % 7));
	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		hist_add_many(
		    again, hist_top(i) < h->max_us ? hist_top(i) : h->max_us, h->bucket[i]);
	/* Only the sum is not in the buckets: it is as near as they are. */
	assert_true(again->sum_us >= h->sum_us && again->sum_us <= h->sum_us / 32 * 33);
	again->sum_us = h->sum_us;
	assert_memory_equal(h, again, sizeof *h);
	hist_add_many(h, 5000000, 0);
	assert_memory_equal(h, again, sizeof *h);
	free(h);
	free(again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_values_a_percentile_is_within_a_thirty_second),
		cmocka_unit_test(each_value_is_in_a_bucket_whose_top_is_not_below_it),
		cmocka_unit_test(buckets_of_one_histogram_make_the_same_one_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
