/* test_noise.c - chance is told from a difference as often as it should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "mem.h"
#include "noise.h"
#include "rng.h"

struct pair {
	struct hist a, b;
};

static struct pair *
new_pair(void)
{
	struct pair *p = mem_new(sizeof *p);

	assert_non_null(p);
	return p;
}

static void
nothing_and_nothing_but_ties_are_chance(void **state)
{
	struct pair *p = new_pair();

	(void)state;
	assert_true(noise_ranks(&p->a, &p->b) == 1);
	hist_add_many(&p->a, 500, 100);
	assert_true(noise_ranks(&p->a, &p->b) == 1);
	assert_true(noise_ranks(&p->b, &p->a) == 1);
	hist_add_many(&p->b, 500, 100);
	assert_true(noise_ranks(&p->a, &p->b) == 1);
	mem_free(p);
}

static void
a_run_is_not_different_from_itself(void **state)
{
	struct pair *p = new_pair();

	(void)state;
	for (uint64_t us = 10; us < 1000000; us = us * 5 / 4)
		hist_add_many(&p->a, us, (uint32_t)(us % 13));
	p->b = p->a;
	assert_true(fabs(noise_ranks(&p->a, &p->b) - 1) < 1e-9);
	mem_free(p);
}

/* How often a value of the set is above one that is not in it; a tie is half. */
static double
wins(const unsigned *value, unsigned set)
{
	double u = 0;

	for (unsigned at = 0; at < 16 * 16; at++) {
		unsigned i = at / 16, k = at % 16;

		if ((set >> i & 1) == 0 || (set >> k & 1) != 0)
			continue;
		u += value[i] > value[k] ? 1 : 0;
		u += value[i] == value[k] ? 0.5 : 0;
	}
	return u;
}

/* The exact test for eight and eight values: of all ways to part the sixteen, how many are at
 * least as uneven? */
static double
exact(const unsigned *value, unsigned chosen)
{
	double want = fabs(wins(value, chosen) - 32), seen = 0, extreme = 0;

	for (unsigned set = 0; set < 1u << 16; set++) {
		if (__builtin_popcount(set) != 8)
			continue;
		seen++;
		extreme += fabs(wins(value, set) - 32) >= want - 1e-9;
	}
	return extreme / seen;
}

static void
of_few_values_it_is_near_the_exact_test(void **state)
{
	/* With ties and without; values that have a bucket each. */
	static const unsigned values[2][16] = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
						    15, 16 },
		{ 1, 1, 2, 2, 2, 3, 4, 4, 5, 5, 5, 5, 6, 7, 7, 9 } };
	static const unsigned sets[] = { 0xff00, 0xfd40, 0xd5a4, 0xaaaa, 0x00ff };

	(void)state;
	for (unsigned v = 0; v < 2; v++)
		for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
			struct pair *p = new_pair();
			double is, should = exact(values[v], sets[s]);

			for (unsigned i = 0; i < 16; i++)
				hist_add((sets[s] >> i & 1) != 0 ? &p->b : &p->a, values[v][i]);
			is = noise_ranks(&p->a, &p->b);
			if (fabs(is - should) > 0.05)
				fail_msg(
				    "values %u, set %zu: %f, exactly %f", v, s, is, should);
			mem_free(p);
		}
}

/* Two draws from one distribution, a thousand times: p < 0.05 comes up in about a twentieth. */
static void
chance_is_found_different_as_often_as_it_says(void **state)
{
	struct pair *p = new_pair();
	unsigned below_5 = 0, below_1 = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7, 0);
	for (unsigned round = 0; round < 1000; round++) {
		*p = (struct pair){ 0 };
		for (unsigned i = 0; i < 60; i++)
			hist_add(&p->a, 1000 + rng_below(&rng, 4000));
		for (unsigned i = 0; i < 90; i++)
			hist_add(&p->b, 1000 + rng_below(&rng, 4000));
		below_5 += noise_ranks(&p->a, &p->b) < 0.05;
		below_1 += noise_ranks(&p->a, &p->b) < 0.01;
	}
	assert_in_range(below_5, 30, 70);
	assert_in_range(below_1, 2, 20);
	mem_free(p);
}

static void
a_shift_is_found_and_either_way_round(void **state)
{
	struct pair *p = new_pair();
	double there, back;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		hist_add(&p->a, 10000 + i * 100);
		hist_add(&p->b, 13000 + i * 100);
	}
	there = noise_ranks(&p->a, &p->b);
	back = noise_ranks(&p->b, &p->a);
	assert_true(there < 1e-6);
	assert_true(fabs(there - back) < 1e-12);
	mem_free(p);
}

/* 18,000 phones a day: no sum overflows, no figure is lost. */
static void
many_values_are_no_harder_than_few(void **state)
{
	struct pair *p = new_pair();
	double same;

	(void)state;
	for (uint64_t us = 1000; us < 2000; us += 40) {
		hist_add_many(&p->a, us, 2000000000);
		hist_add_many(&p->b, us, 2000000000);
	}
	same = noise_ranks(&p->a, &p->b);
	assert_true(same > 0.99 && same <= 1);
	hist_add_many(&p->b, 1000000, 2000000000);
	assert_true(noise_ranks(&p->a, &p->b) < 1e-9);
	mem_free(p);
}

static void
shares_of_nothing_all_and_none_are_chance(void **state)
{
	(void)state;
	assert_true(noise_shares(0, 0, 5, 10) == 1);
	assert_true(noise_shares(5, 10, 0, 0) == 1);
	assert_true(noise_shares(0, 10, 0, 20) == 1);
	assert_true(noise_shares(10, 10, 20, 20) == 1);
	assert_true(noise_shares(5, 10, 10, 20) == 1);
}

/* By hand: 10 of 100 and 20 of 100 are 0.1 apart, the deviation is the root of 0.15 * 0.85 *
 * 0.02, so z = 1.98 and p = 0.0477. */
static void
shares_are_told_apart_by_how_many_they_are_of(void **state)
{
	(void)state;
	assert_true(fabs(noise_shares(10, 100, 20, 100) - 0.0477) < 0.0002);
	assert_true(noise_shares(1, 10, 2, 10) > 0.5);
	assert_true(noise_shares(100, 1000, 200, 1000) < 1e-6);
	assert_true(noise_shares(0, 300, 30, 300) < 1e-6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_and_nothing_but_ties_are_chance),
		cmocka_unit_test(a_run_is_not_different_from_itself),
		cmocka_unit_test(of_few_values_it_is_near_the_exact_test),
		cmocka_unit_test(chance_is_found_different_as_often_as_it_says),
		cmocka_unit_test(a_shift_is_found_and_either_way_round),
		cmocka_unit_test(many_values_are_no_harder_than_few),
		cmocka_unit_test(shares_of_nothing_all_and_none_are_chance),
		cmocka_unit_test(shares_are_told_apart_by_how_many_they_are_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
