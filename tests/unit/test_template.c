/* test_template.c - texts with places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "template.h"

static void
given_a_template_its_places_are_filled_and_escaped(void **state)
{
	static const struct template_value values[] = { { "a", "<1>" }, { "b", "two" } };
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(template_fill(&b, "x{a}y{{z{b}", values, 2, true), 0);
	assert_string_equal(buf_cstr(&b), "x&lt;1&gt;y{ztwo");
	assert_int_not_equal(template_fill(&b, "{c}", values, 2, false), 0);
	assert_int_not_equal(template_fill(&b, "{a", values, 2, false), 0);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_template_its_places_are_filled_and_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
