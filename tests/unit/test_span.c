/* test_span.c - bytes of somebody else: cut, trimmed, compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "span.h"

static void
given_a_separator_span_cut_takes_the_head(void **state)
{
	struct span rest = span_of("a.b.");

	(void)state;
	assert_true(span_is(span_cut(&rest, '.'), "a"));
	assert_true(span_is(span_cut(&rest, '.'), "b"));
	assert_int_equal(rest.n, 0);
	assert_int_equal(span_cut(&rest, '.').n, 0);
	rest = (struct span){ NULL, 0 };
	assert_null(span_cut(&rest, '.').p);
	assert_null(rest.p);
	assert_true(span_is(span_trim(span_of(" \t x y\r\n")), "x y"));
	assert_true(span_is_nocase(span_of("VIA"), "via"));
	assert_false(span_is(span_of("VIA"), "via"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_separator_span_cut_takes_the_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
