/* test_sha1.c - RFC 3174 section 7.3 and FIPS 180 vectors; openssl for the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "sha1.h"

static void
is_digest(struct span in, const char *hex)
{
	char text[2 * SHA1_SIZE + 1];
	uint8_t out[SHA1_SIZE];
	struct buf b;

	sha1_of(in, out);
	buf_over(&b, text, sizeof text);
	buf_hex(&b, (struct span){ out, sizeof out }, false);
	assert_string_equal(buf_cstr(&b), hex);
}

static void
it_gives_the_digests_of_the_rfc(void **state)
{
	struct buf million = { 0 };

	(void)state;
	is_digest(span_of(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	is_digest(span_of("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
	is_digest(span_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	for (int i = 0; i < 1000000; i++)
		buf_put(&million, "a", 1);
	is_digest(buf_bytes(&million), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	buf_done(&million);
}

static void
it_does_not_matter_how_the_bytes_are_cut(void **state)
{
	uint8_t bytes[300], whole[SHA1_SIZE], pieces[SHA1_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		sha1_of((struct span){ bytes, n }, whole);
		for (size_t cut = 0; cut <= n; cut += 13) {
			struct sha1 s;

			sha1_init(&s);
			sha1_put(&s, (struct span){ bytes, cut });
			sha1_put(&s, (struct span){ bytes + cut, n - cut });
			sha1_done(&s, pieces);
			assert_memory_equal(whole, pieces, SHA1_SIZE);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_gives_the_digests_of_the_rfc),
		cmocka_unit_test(it_does_not_matter_how_the_bytes_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
