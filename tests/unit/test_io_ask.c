/* test_io_ask.c - what may be asked, and what would be something else on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "io_ask.h"

static int
check(const char *method, const char *path, const char *name, const char *value)
{
	const struct io_header headers[] = { { "Host", "cas.contoso.com" }, { name, value } };

	return io_ask_check(&(struct io_ask){
	    .method = method, .path = path, .headers = headers, .n_headers = 2 });
}

static void
a_usual_request_may_be_sent(void **state)
{
	(void)state;
	assert_int_equal(io_ask_check(&(struct io_ask){ .method = "GET", .path = "/" }), 0);
	assert_int_equal(
	    check("POST", "/RequestHandler/ucdevice.upx", "User-Agent", "Microsoft UCPhone"),
	    0);
	/* A header without a value is one. */
	assert_int_equal(check("GET", "/", "X-Empty", ""), 0);
}

static void
what_would_end_a_line_is_not_sent_wherever_it_stands(void **state)
{
	static const char *const bad[] = { "a\r\nX: 1", "a\n", "\r", "a\tb", "a\x7f", "\x01" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(check(bad[i], "/", "X", "1"), -EINVAL);
		assert_int_equal(check("GET", bad[i], "X", "1"), -EINVAL);
		assert_int_equal(check("GET", "/", bad[i], "1"), -EINVAL);
		assert_int_equal(check("GET", "/", "X", bad[i]), -EINVAL);
	}
}

static void
blanks_are_for_values_only(void **state)
{
	(void)state;
	assert_int_equal(check("GET /", "/", "X", "1"), -EINVAL);
	assert_int_equal(check("GET", "/a HTTP/1.0", "X", "1"), -EINVAL);
	assert_int_equal(check("GET", "/", "X Y", "1"), -EINVAL);
	assert_int_equal(check("GET", "/", "X", "1 2"), 0);
}

static void
what_is_not_there_is_not_sent(void **state)
{
	(void)state;
	assert_int_equal(check("", "/", "X", "1"), -EINVAL);
	assert_int_equal(check("GET", "", "X", "1"), -EINVAL);
	assert_int_equal(check(NULL, "/", "X", "1"), -EINVAL);
	assert_int_equal(check("GET", NULL, "X", "1"), -EINVAL);
	assert_int_equal(check("GET", "/", NULL, "1"), -EINVAL);
	assert_int_equal(check("GET", "/", "X", NULL), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_request_may_be_sent),
		cmocka_unit_test(what_would_end_a_line_is_not_sent_wherever_it_stands),
		cmocka_unit_test(blanks_are_for_values_only),
		cmocka_unit_test(what_is_not_there_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
