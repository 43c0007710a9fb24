/* test_outages.c - who is off and comes on again when: the first of many, moved, ended, and
 * compared with a plain search through all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mem.h"
#include "outages.h"
#include "rng.h"

enum { SLOTS = 97 };

static struct outages *
made(void)
{
	struct outages *o;

	assert_int_equal(outages_new(SLOTS, &o), 0);
	return o;
}

static void
done(struct outages *o)
{
	outages_free(o);
	assert_int_equal(mem_out(), 0);
}

/* The first must be this one, at that time; and it ends. */
static void
first_is(struct outages *o, uint32_t slot, uint64_t until_us)
{
	uint64_t at_us = 0;

	assert_int_equal(outages_first(o, &at_us), slot);
	assert_int_equal(at_us, until_us);
	assert_true(outages_off(o, slot));
	outages_end(o, slot);
	assert_false(outages_off(o, slot));
	assert_false(outages_ends(o, slot));
}

static void
none_left(const struct outages *o)
{
	uint64_t at_us = 17;

	assert_int_equal(outages_first(o, &at_us), OUTAGES_NOBODY);
	assert_int_equal(at_us, 17);
}

static void
at_first_all_are_on(void **state)
{
	struct outages *o = made();

	(void)state;
	none_left(o);
	for (uint32_t s = 0; s < SLOTS; s++) {
		assert_false(outages_off(o, s));
		assert_false(outages_ends(o, s));
	}
	done(o);
}

static void
whoever_ends_first_comes_first_whenever_it_began(void **state)
{
	struct outages *o = made();

	(void)state;
	outages_begin(o, 3, 30);
	outages_begin(o, 1, 10);
	outages_begin(o, 4, 40);
	outages_begin(o, 2, 20);
	first_is(o, 1, 10);
	outages_begin(o, 5, 25);
	first_is(o, 2, 20);
	first_is(o, 5, 25);
	first_is(o, 3, 30);
	first_is(o, 4, 40);
	none_left(o);
	done(o);
}

/* Or two runs of the same seed would differ. */
static void
of_the_same_time_the_lowest_number_comes_first(void **state)
{
	static const uint32_t began[] = { 7, 2, 90, 0, 11, 5 }, end[] = { 0, 2, 5, 7, 11, 90 };
	struct outages *o = made();

	(void)state;
	for (size_t i = 0; i < 6; i++)
		outages_begin(o, began[i], 1000);
	for (size_t i = 0; i < 6; i++)
		first_is(o, end[i], 1000);
	done(o);
}

static void
an_outage_that_begins_again_ends_at_its_new_time_only(void **state)
{
	struct outages *o = made();

	(void)state;
	outages_begin(o, 1, 10);
	outages_begin(o, 2, 20);
	outages_begin(o, 1, 30);
	first_is(o, 2, 20);
	first_is(o, 1, 30);
	none_left(o);
	done(o);
}

static void
an_outage_without_an_end_is_nobodys_turn(void **state)
{
	struct outages *o = made();

	(void)state;
	outages_begin(o, 1, UINT64_MAX);
	assert_true(outages_off(o, 1));
	assert_false(outages_ends(o, 1));
	none_left(o);
	/* One that had an end loses it, and one that had none gets one. */
	outages_begin(o, 2, 20);
	assert_true(outages_ends(o, 2));
	outages_begin(o, 2, UINT64_MAX);
	none_left(o);
	outages_begin(o, 1, 15);
	first_is(o, 1, 15);
	assert_true(outages_off(o, 2));
	done(o);
}

static void
stopped_all_stay_as_they_are_and_nobody_comes_on_again(void **state)
{
	struct outages *o = made();

	(void)state;
	for (uint32_t s = 0; s < SLOTS; s += 2)
		outages_begin(o, s, 100 - s);
	outages_stop(o);
	none_left(o);
	for (uint32_t s = 0; s < SLOTS; s++) {
		assert_int_equal(outages_off(o, s), s % 2 == 0);
		assert_false(outages_ends(o, s));
	}
	outages_end(o, 4);
	assert_false(outages_off(o, 4));
	outages_begin(o, 6, 5);
	first_is(o, 6, 5);
	none_left(o);
	done(o);
}

/* What a search through all of them finds. */
static uint32_t
first_of(const uint64_t *until_us)
{
	uint32_t first = OUTAGES_NOBODY;

	for (uint32_t s = 0; s < SLOTS; s++)
		if (until_us[s] != UINT64_MAX &&
		    (first == OUTAGES_NOBODY || until_us[s] < until_us[first]))
			first = s;
	return first;
}

static void
the_first_is_always_the_one_that_a_search_finds(void **state)
{
	struct outages *o = made();
	uint64_t until_us[SLOTS], at_us = 0;
	struct rng rng;
	size_t ended = 0;

	(void)state;
	rng_seed(&rng, 4, 4);
	for (uint32_t s = 0; s < SLOTS; s++)
		until_us[s] = UINT64_MAX;
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t s = rng_u32(&rng) % SLOTS, what = rng_u32(&rng) % 3;

		if (what == 0) {
			outages_end(o, s);
			ended += until_us[s] != UINT64_MAX;
			until_us[s] = UINT64_MAX;
		} else {
			/* Few times, so that many are the same. */
			until_us[s] = rng_u32(&rng) % 50;
			outages_begin(o, s, until_us[s]);
		}
		assert_int_equal(outages_first(o, &at_us), first_of(until_us));
		if (first_of(until_us) != OUTAGES_NOBODY)
			assert_int_equal(at_us, until_us[first_of(until_us)]);
	}
	assert_in_range(ended, 1000, 20000);
	done(o);
}

static void
a_shard_without_slots_has_none(void **state)
{
	struct outages *o;

	(void)state;
	assert_int_equal(outages_new(0, &o), 0);
	none_left(o);
	outages_stop(o);
	outages_free(NULL);
	done(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_all_are_on),
		cmocka_unit_test(whoever_ends_first_comes_first_whenever_it_began),
		cmocka_unit_test(of_the_same_time_the_lowest_number_comes_first),
		cmocka_unit_test(an_outage_that_begins_again_ends_at_its_new_time_only),
		cmocka_unit_test(an_outage_without_an_end_is_nobodys_turn),
		cmocka_unit_test(stopped_all_stay_as_they_are_and_nobody_comes_on_again),
		cmocka_unit_test(the_first_is_always_the_one_that_a_search_finds),
		cmocka_unit_test(a_shard_without_slots_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
