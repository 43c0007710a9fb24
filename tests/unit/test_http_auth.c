/* test_http_auth.c - challenges and Negotiate tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "http_auth.h"
#include "rng.h"

static void
one_header_may_offer_several_schemes(void **state)
{
	struct span rest = span_of(" , Negotiate ,NTLM,  Basic realm=\"a, b=\\\"c\", Digest "
				   "nonce=x , qop=\"auth\", Negotiate oYG2MIGzoAMKAQA=");
	const char *const schemes[] = { "Negotiate", "NTLM", "Basic", "Digest", "Negotiate" };
	const char *const params[] = { "", "", "realm=\"a, b=\\\"c\"", "nonce=x , qop=\"auth\"",
		"" };
	struct http_challenge c;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(http_auth_next(&rest, &c), 1);
		assert_true(span_is(c.scheme, schemes[i]));
		assert_true(span_is(c.params, params[i]));
	}
	assert_true(span_is(c.token, "oYG2MIGzoAMKAQA="));
	assert_int_equal(http_auth_next(&rest, &c), 0);
}

static void
a_scheme_is_found_in_any_case(void **state)
{
	(void)state;
	assert_true(http_auth_offers(span_of("NTLM, negotiate"), "Negotiate"));
	assert_true(http_auth_offers(span_of("NEGOTIATE"), "Negotiate"));
	assert_true(http_auth_offers(span_of("Negotiate, (broken"), "Negotiate"));
	assert_false(http_auth_offers(span_of("Basic realm=\"Negotiate\""), "Negotiate"));
	assert_false(http_auth_offers(span_of("NegotiateX"), "Negotiate"));
	assert_false(http_auth_offers(span_of(""), "Negotiate"));
}

static void
what_cannot_be_read_is_refused(void **state)
{
	const char *const bad[] = { "(x)", "Basic realm=\"open", "Basic a=b c=d",
		"Basic =", "Negotiate (", "\x01" };
	struct http_challenge c;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct span rest = span_of(bad[i]);

		assert_int_equal(http_auth_next(&rest, &c), -EBADMSG);
	}
}

static void
a_token_comes_back_as_it_was_written(void **state)
{
	uint8_t bytes[100];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7, 0);
	for (size_t n = 1; n <= sizeof bytes; n++) {
		struct buf value = { 0 }, token = { 0 };

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)rng_u32(&rng);
		http_auth_negotiate(&value, (struct span){ bytes, n });
		assert_int_equal(http_auth_token(buf_bytes(&value), &token), 0);
		assert_true(span_eq(buf_bytes(&token), (struct span){ bytes, n }));
		buf_done(&value);
		buf_done(&token);
	}
}

static void
only_negotiate_has_a_token_for_us(void **state)
{
	struct buf token = { 0 };

	(void)state;
	assert_int_equal(http_auth_token(span_of("NTLM TlRMTVNTUAAB"), &token), -ENOENT);
	assert_int_equal(http_auth_token(span_of("Negotiate"), &token), -EBADMSG);
	assert_int_equal(http_auth_token(span_of("Negotiate ~~~~"), &token), -EBADMSG);
	assert_int_equal(http_auth_token(span_of(""), &token), -EBADMSG);
	buf_done(&token);
}

static void
random_bytes_do_no_harm(void **state)
{
	static const char alphabet[] = "Negotiate NTLM,=\"\\ \t(ab/+\x80";
	uint8_t bytes[24];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3, 0);
	for (int i = 0; i < 50000; i++) {
		struct span rest = { bytes, sizeof bytes };
		struct http_challenge c;

		for (size_t k = 0; k < sizeof bytes; k++)
			bytes[k] = (uint8_t)alphabet[rng_u32(&rng) % sizeof alphabet];
		while (http_auth_next(&rest, &c) == 1)
			;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_header_may_offer_several_schemes),
		cmocka_unit_test(a_scheme_is_found_in_any_case),
		cmocka_unit_test(what_cannot_be_read_is_refused),
		cmocka_unit_test(a_token_comes_back_as_it_was_written),
		cmocka_unit_test(only_negotiate_has_a_token_for_us),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
