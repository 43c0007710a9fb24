/* test_mem.c - the one door to the heap: counted, and made to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"

static void
given_allocations_they_are_counted_until_they_are_freed(void **state)
{
	char *a = mem_new(16), *b = mem_copy("ab", 2), *c = mem_realloc(NULL, 4);

	(void)state;
	assert_int_equal(mem_out(), 3);
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(a[i], 0);
	assert_string_equal(b, "ab");
	c = mem_realloc(c, 4000);
	assert_int_equal(mem_out(), 3);
	mem_free(a);
	mem_free(b);
	mem_free(c);
	mem_free(NULL);
	assert_int_equal(mem_out(), 0);
}

static void
given_no_bytes_there_is_memory_all_the_same(void **state)
{
	void *a = mem_new(0);
	char *b = mem_copy(NULL, 0);

	(void)state;
	assert_non_null(a);
	assert_string_equal(b, "");
	mem_free(a);
	mem_free(b);
	mem_wipe(NULL, 0);
}

static void
given_a_number_only_that_allocation_fails(void **state)
{
	char *p = mem_new(4), *q;

	(void)state;
	strcpy(p, "abc");
	mem_fail_at(2);
	q = mem_copy("x", 1);
	assert_non_null(q);
	assert_null(mem_realloc(p, 100)); /* as realloc: the old bytes stay */
	assert_string_equal(p, "abc");
	mem_free(q);
	q = mem_new(1);
	assert_non_null(q);
	mem_free(q);
	mem_free(p);
	assert_int_equal(mem_out(), 0);
}

static void
given_a_number_it_is_told_how_far_that_allocation_is(void **state)
{
	(void)state;
	mem_fail_at(0);
	assert_int_equal(mem_fail_at(3), 0); /* nothing was asked for */
	mem_free(mem_new(1));
	assert_int_equal(mem_fail_at(1), 2); /* asked anew before it came */
	assert_null(mem_new(1));
	assert_true(mem_fail_at(0) < 0); /* it has failed */
	assert_int_equal(mem_fail_at(0), 0);
}

static void
given_a_pause_its_allocations_neither_fail_nor_count(void **state)
{
	long left;

	(void)state;
	mem_fail_at(2);
	mem_free(mem_new(1));
	left = mem_fail_at(0);
	for (int i = 0; i < 3; i++) {
		void *p = mem_new(1);

		assert_non_null(p);
		mem_free(p);
	}
	mem_fail_at(left);
	assert_null(mem_new(1));

	/* Also one after the failure: it is not forgotten. */
	left = mem_fail_at(0);
	mem_fail_at(left);
	assert_true(mem_fail_at(0) < 0);
}

static void
given_a_librarys_allocation_it_is_counted_with_ours(void **state)
{
	(void)state;
	mem_fail_at(3);
	assert_false(mem_fails());
	mem_free(mem_new(1));
	assert_true(mem_fails());
	assert_false(mem_fails());
	assert_true(mem_fail_at(0) < 0);
}

static void
given_a_secret_nothing_of_it_is_left(void **state)
{
	char secret[] = "hunter2", zero[sizeof secret] = "";

	(void)state;
	mem_wipe(secret, sizeof secret);
	assert_memory_equal(secret, zero, sizeof secret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_allocations_they_are_counted_until_they_are_freed),
		cmocka_unit_test(given_no_bytes_there_is_memory_all_the_same),
		cmocka_unit_test(given_a_number_only_that_allocation_fails),
		cmocka_unit_test(given_a_number_it_is_told_how_far_that_allocation_is),
		cmocka_unit_test(given_a_pause_its_allocations_neither_fail_nor_count),
		cmocka_unit_test(given_a_librarys_allocation_it_is_counted_with_ours),
		cmocka_unit_test(given_a_secret_nothing_of_it_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
