/* test_hist.c - percentiles of a histogram. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "hist.h"

static void
given_values_a_percentile_is_within_a_sixteenth(void **state)
{
	struct hist *h = calloc(1, sizeof *h), *all = calloc(1, sizeof *all);

	(void)state;
	assert_int_equal(hist_at(h, 0.5), 0);
	for (uint64_t v = 1; v <= 100000; v++)
		hist_add(h, v);
	hist_merge(all, h);
	hist_merge(all, h);
	assert_int_equal(all->count, 200000);
	assert_in_range(hist_at(all, 0.5), 50000, 53200);
	assert_in_range(hist_at(all, 0.99), 99000, 100000);
	assert_int_equal(hist_at(all, 1.0), 100000);
	hist_add(h, UINT64_MAX);
	assert_int_equal(h->max_us, UINT64_MAX);
	free(h);
	free(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_values_a_percentile_is_within_a_sixteenth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
