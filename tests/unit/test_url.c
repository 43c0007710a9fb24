/* test_url.c - http and https URLs in their parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edge.h"
#include "rng.h"
#include "url.h"

static void
given_urls_their_parts_are_read(void **state)
{
	static const char *const bad[] = { "", "ftp://x/", "http://", "http://a:0/",
		"http://a:99999/", "http://a b/", "http://u@h/", "http://[::1]/", "http://a?x/",
		"http://a#x/", "http://a;b/", "http:///x", "http://a/b c", "//a" };
	struct url u;

	(void)state;
	assert_int_equal(
	    url_read(span_of("https://fe01.contoso.test:443/RequestHandler/ucdevice.upx"), &u),
	    0);
	assert_true(u.tls);
	assert_int_equal(u.port, 443);
	assert_string_equal(u.host, "fe01.contoso.test");
	assert_string_equal(u.path, "/RequestHandler/ucdevice.upx");
	assert_true(url_port_is_default(&u));
	assert_int_equal(url_read(span_of("HTTP://192.168.7.81"), &u), 0);
	assert_int_equal(u.port, 80);
	assert_string_equal(u.path, "/");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_not_equal(url_read(span_of(bad[i]), &u), 0);
}

static void
given_random_bytes_there_is_no_url(void **state)
{
	static const char letters[] = "<>/=\"'& aB!?-[]\n";
	uint8_t bytes[200];
	struct rng r;
	struct url u;

	(void)state;
	rng_seed(&r, 3, 0);
	for (int i = 0; i < 3000; i++) {
		size_t n = rng_below(&r, sizeof bytes);

		for (size_t k = 0; k < n; k++)
			bytes[k] = i % 2 ? (uint8_t)rng_u32(&r)
					 : (uint8_t)letters[rng_below(&r, sizeof letters - 1)];
		assert_int_not_equal(url_read(edge((struct span){ bytes, n }), &u), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_urls_their_parts_are_read),
		cmocka_unit_test(given_random_bytes_there_is_no_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
