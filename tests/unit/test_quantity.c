/* test_quantity.c - numbers with units: each unit, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "quantity.h"

struct good {
	const char *text;
	double value;
};

typedef int read_fn(const char *text, double *out);

static int
as_duration(const char *text, double *out)
{
	uint64_t us = 0;
	int err = duration_read(span_of(text), &us);

	*out = (double)us;
	return err;
}

static int
as_offset(const char *text, double *out)
{
	int64_t us = 0;
	int err = offset_read(span_of(text), &us);

	*out = (double)us;
	return err;
}

static int
as_share(const char *text, double *out)
{
	return share_read(span_of(text), out);
}

static int
as_size(const char *text, double *out)
{
	uint64_t bytes = 0;
	int err = size_read(span_of(text), &bytes);

	*out = (double)bytes;
	return err;
}

static int
as_rate(const char *text, double *out)
{
	uint64_t bytes = 0;
	int err = rate_read(span_of(text), &bytes);

	*out = (double)bytes;
	return err;
}

static void
assert_reads(read_fn *read, const struct good *good, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double v = -1;

		if (read(good[i].text, &v) != 0)
			fail_msg("`%s' is not read", good[i].text);
		/* cmocka compares floats, which are too coarse here. */
		if (fabs(v - good[i].value) > 1e-9)
			fail_msg("`%s' is %.12g", good[i].text, v);
	}
}

static void
assert_refuses(read_fn *read, const char *const *bad, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double v;

		if (read(bad[i], &v) == 0)
			fail_msg("`%s' is read", bad[i]);
	}
}

#define COUNT(table) (sizeof(table) / sizeof *(table))

static void
a_duration_has_one_of_four_units(void **state)
{
	static const struct good good[] = { { "250ms", 250e3 }, { "0s", 0 }, { "20s", 20e6 },
		{ "1.5m", 90e6 }, { "24h", 86400e6 }, { ".5s", 5e5 }, { "1.s", 1e6 },
		{ " 3s ", 3e6 }, { "0.5ms", 500 }, { "0.0004ms", 0 } };
	static const char *const bad[] = { "", "s", "20", "20 s", "5d", "1e3s", "-1s", "+1s",
		"1.2.3s", "20S", "20ss", "1000000000000s", "999999999999h", "NaNs", "1,5s" };

	(void)state;
	assert_reads(as_duration, good, COUNT(good));
	assert_refuses(as_duration, bad, COUNT(bad));
}

static void
an_offset_may_be_negative(void **state)
{
	static const struct good good[] = { { "20m", 1200e6 }, { "-20m", -1200e6 },
		{ "+3s", 3e6 }, { "-0s", 0 }, { " -1ms ", -1000 } };
	static const char *const bad[] = { "", "-", "+", "--1s", "- 1s", "-1", "1s-", "+-1s" };

	(void)state;
	assert_reads(as_offset, good, COUNT(good));
	assert_refuses(as_offset, bad, COUNT(bad));
}

static void
a_share_is_from_none_to_all(void **state)
{
	static const struct good good[] = { { "0%", 0 }, { "20%", 0.2 }, { "100%", 1 },
		{ "0.5%", 0.005 }, { " 7% ", 0.07 } };
	static const char *const bad[] = { "", "%", "20", "0.2", "101%", "100.1%", "-1%",
		"20 %", "20%%" };

	(void)state;
	assert_reads(as_share, good, COUNT(good));
	assert_refuses(as_share, bad, COUNT(bad));
}

static void
a_size_is_in_powers_of_ten_or_said_otherwise(void **state)
{
	static const struct good good[] = { { "1000B", 1000 }, { "0B", 0 }, { "64kB", 64e3 },
		{ "7MB", 7e6 }, { "1.5GB", 1.5e9 }, { "1KiB", 1024 }, { "15MiB", 15728640 },
		{ "2GiB", 2147483648.0 } };
	static const char *const bad[] = { "", "7", "7M", "7mb", "7KB", "7 MB", "-1B", "B",
		"2000000GB" };

	(void)state;
	assert_reads(as_size, good, COUNT(good));
	assert_refuses(as_size, bad, COUNT(bad));
}

static void
a_rate_is_a_size_or_bits_by_the_second(void **state)
{
	static const struct good good[] = { { "64kB/s", 64e3 }, { "1B/s", 1 },
		{ "100Mbit/s", 12.5e6 }, { "1Gbit/s", 125e6 }, { "56kbit/s", 7000 },
		{ " 1MB/s ", 1e6 } };
	static const char *const bad[] = { "", "/s", "64kB", "64kB/m", "0B/s", "0.5B/s", "64/s",
		"64kB /s", "1bit/s", "64kB/s/s" };

	(void)state;
	assert_reads(as_rate, good, COUNT(good));
	assert_refuses(as_rate, bad, COUNT(bad));
}

static void
given_no_number_in_front_nothing_is_taken(void **state)
{
	struct span s = span_of("x12");
	double v = -1;

	(void)state;
	assert_int_not_equal(quantity_number(&s, &v), 0);
	assert_true(span_is(s, "x12"));
	assert_float_equal(v, -1, 0);
	s = span_of("12.5x");
	assert_int_equal(quantity_number(&s, &v), 0);
	assert_true(span_is(s, "x"));
	assert_float_equal(v, 12.5, 1e-12);
	s = span_of(NULL);
	assert_int_not_equal(quantity_number(&s, &v), 0);
	assert_int_not_equal(duration_read(s, &(uint64_t){ 0 }), 0);
	assert_int_not_equal(rate_read(s, &(uint64_t){ 0 }), 0);
	assert_int_not_equal(offset_read(s, &(int64_t){ 0 }), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duration_has_one_of_four_units),
		cmocka_unit_test(an_offset_may_be_negative),
		cmocka_unit_test(a_share_is_from_none_to_all),
		cmocka_unit_test(a_size_is_in_powers_of_ten_or_said_otherwise),
		cmocka_unit_test(a_rate_is_a_size_or_bits_by_the_second),
		cmocka_unit_test(given_no_number_in_front_nothing_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
