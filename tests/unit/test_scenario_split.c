/* test_scenario_split.c - how any number of phones divides among a scenario's groups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "scenario.h"

/* Groups a, b, c ... of these sizes; 0 ends them. */
static void
groups(struct scenario *s, const uint32_t *sizes)
{
	memset(s, 0, sizeof *s);
	for (; sizes[s->n_groups] != 0; s->n_groups++) {
		struct scenario_group *g = &s->group[s->n_groups];

		snprintf(g->name, sizeof g->name, "%c", (char)('a' + s->n_groups));
		g->phones = sizes[s->n_groups];
		s->phones += g->phones;
	}
}

static void
assert_split(const struct scenario *s, uint32_t total, const uint32_t *sizes)
{
	uint32_t first[SCENARIO_GROUPS_MAX + 1] = { 9 };

	scenario_split(s, total, first);
	assert_int_equal(first[0], 0);
	for (size_t i = 0; i < s->n_groups; i++)
		assert_int_equal(first[i + 1] - first[i], sizes[i]);
	assert_int_equal(first[s->n_groups], total);
}

static void
the_files_own_number_gives_the_files_own_groups(void **state)
{
	const uint32_t sizes[] = { 1, 4000, 999, 0 };
	struct scenario s;

	(void)state;
	groups(&s, sizes);
	assert_split(&s, 5000, sizes);
}

static void
another_number_keeps_the_shares(void **state)
{
	struct scenario s;

	(void)state;
	groups(&s, (const uint32_t[]){ 1000, 3000, 1000, 0 });
	assert_split(&s, 50, (const uint32_t[]){ 10, 30, 10 });
	assert_split(&s, 50000, (const uint32_t[]){ 10000, 30000, 10000 });
	assert_split(&s, 1000000, (const uint32_t[]){ 200000, 600000, 200000 });
}

static void
what_cannot_be_cut_goes_to_the_largest_remainders(void **state)
{
	struct scenario s;

	(void)state;
	/* 0.7, 0.2 and 0.1 of 9: 6.3, 1.8 and 0.9. */
	groups(&s, (const uint32_t[]){ 70, 20, 10, 0 });
	assert_split(&s, 9, (const uint32_t[]){ 6, 2, 1 });
	assert_split(&s, 4, (const uint32_t[]){ 3, 1, 0 });
	assert_split(&s, 1, (const uint32_t[]){ 1, 0, 0 });
	assert_split(&s, 0, (const uint32_t[]){ 0, 0, 0 });
	/* Of the same remainder the first. */
	groups(&s, (const uint32_t[]){ 5, 5, 5, 5, 0 });
	assert_split(&s, 6, (const uint32_t[]){ 2, 2, 1, 1 });
}

static void
one_group_has_them_all(void **state)
{
	struct scenario s;

	(void)state;
	groups(&s, (const uint32_t[]){ 1000000, 0 });
	assert_split(&s, 7, (const uint32_t[]){ 7 });
	assert_split(&s, 1000000, (const uint32_t[]){ 1000000 });
}

static void
a_groups_phones_are_its_numbers(void **state)
{
	struct phones who = { .group = "b" }, got;
	uint32_t first[SCENARIO_GROUPS_MAX + 1];
	struct scenario s;

	(void)state;
	groups(&s, (const uint32_t[]){ 70, 20, 10, 0 });
	scenario_split(&s, 100, first);
	got = scenario_phones(&s, &who, first);
	assert_string_equal(got.group, "");
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(phones_has(&got, 1, i, 100), i >= 70 && i < 90);
	/* By itself the name is nobody. */
	assert_false(phones_has(&who, 1, 75, 100));
	/* A run so small that it has none of them. */
	scenario_split(&s, 1, first);
	got = scenario_phones(&s, &who, first);
	assert_false(phones_has(&got, 1, 0, 1));
}

static void
shares_and_lists_stay_what_they_are(void **state)
{
	struct phones share = { .share = 0.1 };
	struct phones list = { .range = { { 3, 3 }, { 7, 9 } }, .n_ranges = 2 };
	uint32_t first[SCENARIO_GROUPS_MAX + 1];
	struct phones got;
	struct scenario s;

	(void)state;
	groups(&s, (const uint32_t[]){ 70, 20, 10, 0 });
	scenario_split(&s, 100, first);
	got = scenario_phones(&s, &share, first);
	assert_memory_equal(&got, &share, sizeof got);
	got = scenario_phones(&s, &list, first);
	assert_memory_equal(&got, &list, sizeof got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_files_own_number_gives_the_files_own_groups),
		cmocka_unit_test(another_number_keeps_the_shares),
		cmocka_unit_test(what_cannot_be_cut_goes_to_the_largest_remainders),
		cmocka_unit_test(one_group_has_them_all),
		cmocka_unit_test(a_groups_phones_are_its_numbers),
		cmocka_unit_test(shares_and_lists_stay_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
