/* test_phones.c - some of the phones: shares that are exact, lists, and what is neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mem.h"
#include "phones.h"

static int
read_text(const char *text, struct phones *out, struct config_error *error)
{
	static const struct field f = { .key = "phones", .type = FIELD_PHONES };
	struct field_place at = { .file = "p.yaml", .error = error };
	struct tree t;
	int err;

	*error = (struct config_error){ "" };
	assert_int_equal(tree_parse(span_of(text), "p.yaml", &t, error), 0);
	err = phones_node(&at, t.root, &f, out);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
	return err;
}

static struct phones
phones_of(const char *text)
{
	struct config_error error;
	struct phones p;

	if (read_text(text, &p, &error) != 0)
		fail_msg("%s", error.text);
	return p;
}

static uint32_t
count(const struct phones *p, uint64_t seed, uint32_t total)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < total; i++)
		n += phones_has(p, seed, i, total);
	return n;
}

static void
a_share_takes_exactly_so_many_whatever_the_seed(void **state)
{
	struct phones tenth = phones_of("10%"), all = phones_of("100%"), none = phones_of("0%");

	(void)state;
	for (uint64_t seed = 0; seed < 5; seed++) {
		assert_int_equal(count(&tenth, seed, 1000), 100);
		assert_int_equal(count(&tenth, seed, 4096), 410);
		assert_int_equal(count(&tenth, seed, 4), 0);
		assert_int_equal(count(&tenth, seed, 5), 1);
		assert_int_equal(count(&all, seed, 777), 777);
		assert_int_equal(count(&all, seed, 1), 1);
		assert_int_equal(count(&none, seed, 777), 0);
	}
}

static void
another_seed_takes_others_and_the_same_the_same(void **state)
{
	struct phones p = phones_of("50%");
	uint32_t same = 0, again = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		same += phones_has(&p, 1, i, 1000) == phones_has(&p, 2, i, 1000);
		again += phones_has(&p, 1, i, 1000) == phones_has(&p, 1, i, 1000);
	}
	assert_int_equal(again, 1000);
	/* Independent halves agree about half of the time. */
	assert_in_range(same, 400, 600);
}

static void
a_share_is_spread_over_all_and_no_block(void **state)
{
	struct phones p = phones_of("30%");
	uint32_t runs = 0;

	(void)state;
	for (uint32_t i = 1; i < 1000; i++)
		runs += phones_has(&p, 7, i, 1000) != phones_has(&p, 7, i - 1, 1000);
	/* By chance 2 * 0.3 * 0.7 of the neighbours differ. */
	assert_in_range(runs, 350, 490);
}

static void
a_list_names_phones_and_ranges_of_them(void **state)
{
	static const char *const forms[] = { "'3,7-9'", "3,7-9", "[3, 7-9]", "['3', '7-9']",
		"[3, 7, 8-9]", "' 3 , 7 - 9 '", "[\"3,7\", 8-9]" };

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct phones p = phones_of(forms[i]);

		for (uint32_t k = 0; k < 20; k++)
			assert_int_equal(
			    phones_has(&p, 1, k, 20), k == 3 || (k >= 7 && k <= 9));
		assert_int_equal(phones_last(&p), 9);
	}
}

static void
a_phone_that_is_not_there_is_never_taken(void **state)
{
	struct phones list = phones_of("3-9"), all = phones_of("100%"), nobody = { 0 };

	(void)state;
	assert_true(phones_has(&list, 1, 4, 5));
	assert_false(phones_has(&list, 1, 5, 5));
	assert_false(phones_has(&all, 1, 5, 5));
	assert_false(phones_has(&all, 1, 0, 0));
	assert_false(phones_has(&nobody, 1, 0, 5));
	assert_int_equal(phones_last(&all), 0);
}

static void
given_neither_share_nor_list_it_says_what_would_do(void **state)
{
	static const char *const bad[] = { "''", "x", "101%", "-3", "3-", "9-7", "3,,4", "3,",
		"{a: 1}", "[]", "[3, [4]]", "[3, 10%]", "1000000", "1.5", "[~]" };
	char many[400] = "";
	struct config_error error;
	struct phones p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (read_text(bad[i], &p, &error) == 0)
			fail_msg("`%s' is read", bad[i]);
		if (strstr(error.text,
			"`phones' must be a share such as 10% or a list such as "
			"[3, 7-9]") == NULL)
			fail_msg("`%s': %s", bad[i], error.text);
	}
	assert_int_not_equal(read_text("[3, x]", &p, &error), 0);
	assert_non_null(strstr(error.text, "p.yaml:1:5: "));
	for (int i = 0; i < 33; i++)
		strcat(many, i ? ",5" : "'5");
	strcat(many, "'");
	assert_int_not_equal(read_text(many, &p, &error), 0);
	assert_string_equal(error.text, "p.yaml:1:1: `phones' has more than 32 parts");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_share_takes_exactly_so_many_whatever_the_seed),
		cmocka_unit_test(another_seed_takes_others_and_the_same_the_same),
		cmocka_unit_test(a_share_is_spread_over_all_and_no_block),
		cmocka_unit_test(a_list_names_phones_and_ranges_of_them),
		cmocka_unit_test(a_phone_that_is_not_there_is_never_taken),
		cmocka_unit_test(given_neither_share_nor_list_it_says_what_would_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
