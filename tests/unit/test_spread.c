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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_durations_and_spreads_they_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
