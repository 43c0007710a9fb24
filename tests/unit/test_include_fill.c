/* test_include_fill.c - variables of the environment in a file's values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include.h"
#include "mem.h"
#include "scenario.h"
#include "temp_file.h"

/* What the one scalar of a file becomes; the tree is the caller's. */
static struct tree
filled(const char *yaml)
{
	struct config_error error = { "" };
	struct tree t;

	assert_int_equal(tree_parse(span_of(yaml), "f.yaml", &t, &error), 0);
	if (include_fill(t.root, "f.yaml", &error) != 0)
		fail_msg("%s", error.text);
	return t;
}

static void
assert_filled(const char *yaml, const char *wanted)
{
	struct tree t = filled(yaml);

	assert_string_equal(t.root->text, wanted);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
}

static void
assert_error(const char *yaml, const char *wanted)
{
	struct config_error error = { "" };
	struct tree t;

	assert_int_equal(tree_parse(span_of(yaml), "f.yaml", &t, &error), 0);
	assert_int_not_equal(include_fill(t.root, "f.yaml", &error), 0);
	assert_string_equal(error.text, wanted);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
}

static int
set_up(void **state)
{
	(void)state;
	setenv("CX_SITE", "campus", 1);
	setenv("CX_EMPTY", "", 1);
	setenv("_cx9", "nine", 1);
	setenv("CX_DOLLAR", "a${CX_SITE}b$", 1);
	setenv("CX_YAML", "5\nphones: 7", 1);
	setenv("CX_LATIN", "caf\xe9", 1);
	setenv("CX_UTF8", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\x9e", 1);
	unsetenv("CX_UNSET");
	return 0;
}

static void
a_variable_is_put_in_wherever_it_stands(void **state)
{
	(void)state;
	assert_filled("${CX_SITE}", "campus");
	assert_filled("the ${CX_SITE} of ${_cx9}", "the campus of nine");
	assert_filled("'${CX_SITE}'", "campus");
	assert_filled("\"${CX_SITE}${CX_SITE}\"", "campuscampus");
	assert_filled("${CX_EMPTY}", "");
	assert_filled("a${CX_EMPTY}b", "ab");
	assert_filled("${CX_UTF8}", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\x9e");
	assert_filled("plain", "plain");
}

static void
a_default_stands_in_for_what_is_not_set_or_empty(void **state)
{
	(void)state;
	assert_filled("${CX_UNSET:-lab}", "lab");
	assert_filled("${CX_EMPTY:-lab}", "lab");
	assert_filled("${CX_SITE:-lab}", "campus");
	assert_filled("${CX_UNSET:-}", "");
	assert_filled("x${CX_UNSET:-a:-b}y", "xa:-by");
	assert_filled("${CX_UNSET:-$$5}", "$$5");
}

static void
two_dollars_are_one(void **state)
{
	(void)state;
	assert_filled("$$", "$");
	assert_filled("$$$$", "$$");
	assert_filled("$${CX_SITE}", "${CX_SITE}");
	assert_filled("5$$ and ${CX_SITE}$$", "5$ and campus$");
}

static void
what_comes_from_a_variable_is_not_looked_at_again(void **state)
{
	(void)state;
	assert_filled("${CX_DOLLAR}", "a${CX_SITE}b$");
	assert_filled("${CX_YAML}", "5\nphones: 7");
}

static void
keys_are_left_alone_and_all_values_are_not(void **state)
{
	struct tree t =
	    filled("'${CX_SITE}': [a, '${CX_SITE}', {b: '${_cx9}'}]\nc: {d: '${CX_SITE}'}\n");

	(void)state;
	assert_string_equal(t.root->first->key, "${CX_SITE}");
	assert_string_equal(t.root->first->first->next->text, "campus");
	assert_string_equal(t.root->first->first->next->next->first->text, "nine");
	assert_string_equal(tree_get(t.root, "c")->first->text, "campus");
	tree_free(&t);
}

static void
what_is_not_set_is_an_error_at_its_place(void **state)
{
	(void)state;
	assert_error("${CX_UNSET}",
	    "f.yaml:1:1: $CX_UNSET is not set, and there is no ${NAME:-default}");
	assert_error("a: {b: 'x ${CX_UNSET}'}",
	    "f.yaml:1:11: $CX_UNSET is not set, and there is no ${NAME:-default}");
	assert_error("- ${CX_SITE}\n- at ${CX_SITE} or ${CX_UNSET}\n",
	    "f.yaml:2:20: $CX_UNSET is not set, and there is no ${NAME:-default}");
	assert_error("${CX_LATIN}", "f.yaml:1:1: $CX_LATIN is not in UTF-8");
}

static void
what_is_no_variable_is_an_error_too(void **state)
{
	static const char *const bad[] = { "$", "5$", "$CX_SITE", "${", "${}", "${CX_SITE",
		"${CX SITE}", "${9a}", "${CX_SITE-x}", "${CX_SITE:x}", "${CX_SITE:=x}",
		"${:-x}", "${a.b}", "$(ls)" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char yaml[100], wanted[200];

		snprintf(yaml, sizeof yaml, "'%s'", bad[i]);
		snprintf(wanted, sizeof wanted,
		    "f.yaml:1:%d: a variable is ${NAME} or ${NAME:-default}, and a $ is $$",
		    (int)(strchr(bad[i], '$') - bad[i]) + 2);
		assert_error(yaml, wanted);
	}
}

static void
bytes_that_are_no_utf8_are_refused(void **state)
{
	static const char *const bad[] = { "\x80", "a\xc3", "\xc0\xaf", "\xe2\x82",
		"\xf5\x80\x80\x80", "\xf0\x9f\x93", "\xff", "\xe2x\x82" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		setenv("CX_BYTES", bad[i], 1);
		assert_error("${CX_BYTES}", "f.yaml:1:1: $CX_BYTES is not in UTF-8");
	}
}

static void
too_much_of_a_good_thing_is_an_error(void **state)
{
	char *big = mem_new(70001), name[200] = "${";

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 70000);
	setenv("CX_BIG", big, 1);
	mem_free(big);
	assert_error("a ${CX_BIG}", "f.yaml:1:1: this is too long");
	memset(name + 2, 'N', 70);
	strcat(name, "}");
	assert_error(
	    name, "f.yaml:1:1: a variable is ${NAME} or ${NAME:-default}, and a $ is $$");
}

static void
a_scenario_is_filled_before_it_is_read(void **state)
{
	static const char text[] =
	    "title: ${CX_SITE}\nphones: ${CX_N}\narrival: [{at_once: \"${CX_N}\"}]\n"
	    "journey: {stay: '${CX_STAY:-5m}'}\n";
	struct scenario *s = mem_new(sizeof *s);
	struct config_error error = { "" };
	const char *path = temp_file("s.yaml", text, sizeof text - 1);

	(void)state;
	assert_non_null(s);
	setenv("CX_N", "12", 1);
	if (scenario_load(path, s, &error) != 0)
		fail_msg("%s", error.text);
	assert_string_equal(s->title, "campus");
	assert_int_equal(s->phones, 12);
	/* Quotes are for YAML: what comes from outside may be a number. */
	assert_int_equal(s->group[0].arrival[0].count, 12);
	assert_int_equal(s->group[0].journey.stay_us, 300000000);
	scenario_done(s);

	/* What is in it is checked as if it had been written there. */
	setenv("CX_N", "5\nseed: 7", 1);
	assert_int_not_equal(scenario_load(path, s, &error), 0);
	assert_non_null(
	    strstr(error.text, "s.yaml:2:9: `phones' must be a whole number, not `5"));
	setenv("CX_N", "12", 1);
	setenv("CX_SITE", "a\nb", 1);
	assert_int_not_equal(scenario_load(path, s, &error), 0);
	assert_non_null(
	    strstr(error.text, "s.yaml:1:8: `title' must be one line without control"));
	mem_free(s);
	temp_clean();
}

static void
given_no_memory_at_the_nth_allocation_nothing_leaks(void **state)
{
	struct config_error error = { "" };
	int err = -1;

	(void)state;
	for (long n = 1; err != 0; n++) {
		struct tree t;

		assert_in_range(n, 1, 100);
		assert_int_equal(
		    tree_parse(span_of("[a, '${CX_SITE}', '$$']"), "f", &t, &error), 0);
		mem_fail_at(n);
		err = include_fill(t.root, "f", &error);
		mem_fail_at(0);
		tree_free(&t);
		assert_int_equal(mem_out(), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_variable_is_put_in_wherever_it_stands),
		cmocka_unit_test(a_default_stands_in_for_what_is_not_set_or_empty),
		cmocka_unit_test(two_dollars_are_one),
		cmocka_unit_test(what_comes_from_a_variable_is_not_looked_at_again),
		cmocka_unit_test(keys_are_left_alone_and_all_values_are_not),
		cmocka_unit_test(what_is_not_set_is_an_error_at_its_place),
		cmocka_unit_test(what_is_no_variable_is_an_error_too),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
		cmocka_unit_test(too_much_of_a_good_thing_is_an_error),
		cmocka_unit_test(a_scenario_is_filled_before_it_is_read),
		cmocka_unit_test(given_no_memory_at_the_nth_allocation_nothing_leaks),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
