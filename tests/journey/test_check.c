/* test_check.c - the page is right, and the check would notice if it were not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "toy_steps.h"

static const struct leg good[] = {
	{ .first = 1,
	    .last = 9,
	    .step = &toy_a,
	    .gives = FACT_ADDRESS,
	    .tries = 1,
	    .limit_ms = 1 },
	{ .step = &toy_b,
	    .needs = FACT_ADDRESS,
	    .gives = FACT_ROOT,
	    .tries = 1,
	    .limit_ms = 1 },
	{ .first = 10,
	    .last = 28,
	    .step = &toy_c,
	    .needs = FACT_ROOT,
	    .tries = 1,
	    .limit_ms = 1,
	    .retry_from = &toy_a },
};

/* The good table with one row changed. */
#define ASSERT_WRONG(row, field, value, name)                        \
	do {                                                         \
		struct leg bad[3];                                   \
		memcpy(bad, good, sizeof bad);                       \
		bad[row].field = value;                              \
		assert_string_equal(journey_check(bad, 3, 0), name); \
	} while (0)

static void
a_good_table_passes(void **state)
{
	(void)state;
	assert_null(journey_check(good, 3, 0));
	assert_null(journey_check(good, 3, FACT_ROOT));
}

static void
gaps_and_overlaps_in_the_guides_numbers_are_named(void **state)
{
	(void)state;
	ASSERT_WRONG(0, first, 2, "toy_a");
	ASSERT_WRONG(0, last, 8, "toy_c");
	ASSERT_WRONG(2, first, 9, "toy_c");
	ASSERT_WRONG(2, last, 9, "toy_c");
	ASSERT_WRONG(2, last, 27, "toy_c");
	ASSERT_WRONG(1, first, 10, "toy_b");
}

static void
a_row_that_nobody_feeds_is_named(void **state)
{
	(void)state;
	ASSERT_WRONG(1, needs, FACT_TGT, "toy_b");
	ASSERT_WRONG(0, gives, 0, "toy_b");
	/* When the root is known, row b is left out, but then c has it anyway. */
	ASSERT_WRONG(1, gives, 0, "toy_c");
}

static void
a_row_left_out_when_warm_must_not_be_the_only_source(void **state)
{
	struct leg bad[3];

	(void)state;
	memcpy(bad, good, sizeof bad);
	bad[1].skip_if = FACT_USER;
	assert_null(journey_check(bad, 3, 0));
	assert_string_equal(journey_check(bad, 3, FACT_USER), "toy_c");
}

static void
tries_limits_and_ways_back_are_checked(void **state)
{
	(void)state;
	ASSERT_WRONG(1, tries, 0, "toy_b");
	ASSERT_WRONG(1, limit_ms, 0, "toy_b");
	ASSERT_WRONG(1, retry_from, &toy_c, "toy_b");
	ASSERT_WRONG(1, retry_from, &toy_d, "toy_b");
}

static void
the_page_is_right_cold_and_warm(void **state)
{
	(void)state;
	assert_null(journey_check_all());
	assert_int_equal(journey_table[0].first, 1);
	assert_int_equal(journey_table[journey_rows - 1].last, 28);
	for (size_t i = 0; i < journey_rows; i++)
		assert_ptr_equal(journey_find(journey_table[i].step->name), &journey_table[i]);
	assert_null(journey_find("nothing"));
}

static void
the_chores_rows_are_fed_by_a_phone_that_has_arrived(void **state)
{
	uint32_t arrived = FACT_USER;

	(void)state;
	for (size_t i = 0; i < journey_rows; i++)
		arrived |= journey_table[i].gives;
	assert_true(chores_count <= JOURNEY_CHORES_MAX);
	for (size_t i = 0; i < chores_count; i++) {
		const struct chore *c = &chores_table[i];

		assert_true(c->n_rows > 0);
		assert_true((c->when == CHORE_TIMED || c->when == CHORE_UPDATE) ==
		    (c->after_us != NULL));
		assert_int_equal(c->needs & ~arrived, 0);
		for (size_t k = 0; k < c->n_rows; k++) {
			assert_int_equal(c->rows[k].needs & ~arrived, 0);
			assert_true(c->rows[k].tries > 0 && c->rows[k].limit_ms > 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_table_passes),
		cmocka_unit_test(gaps_and_overlaps_in_the_guides_numbers_are_named),
		cmocka_unit_test(a_row_that_nobody_feeds_is_named),
		cmocka_unit_test(a_row_left_out_when_warm_must_not_be_the_only_source),
		cmocka_unit_test(tries_limits_and_ways_back_are_checked),
		cmocka_unit_test(the_page_is_right_cold_and_warm),
		cmocka_unit_test(the_chores_rows_are_fed_by_a_phone_that_has_arrived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
