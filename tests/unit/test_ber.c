/* test_ber.c - BER element by element; lengths that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "ber.h"
#include "edge.h"
#include "rng.h"

static int
number(const char *bytes, size_t n, int *out)
{
	return ber_number((struct span){ (const uint8_t *)bytes, n }, out);
}

static void
given_elements_they_come_one_by_one(void **state)
{
	static const uint8_t bytes[] = { 2, 1, 5, 4, 0x81, 2, 'h', 'i', 0x30, 0 };
	struct span rest = { bytes, sizeof bytes }, content;
	BerElement *reader = ber_reader();

	(void)state;
	assert_int_equal(ber_take(reader, &rest, &content), LBER_INTEGER);
	assert_ptr_equal(content.p, bytes + 2);
	assert_int_equal(ber_take(reader, &rest, &content), LBER_OCTETSTRING);
	assert_true(span_is(content, "hi"));
	assert_int_equal(ber_take(reader, &rest, &content), LBER_SEQUENCE);
	assert_int_equal(content.n, 0);
	assert_int_equal(ber_take(reader, &rest, &content), LBER_DEFAULT);
	ber_free(reader, 0);
}

static void
given_a_length_beyond_the_end_nothing_is_taken(void **state)
{
	static const char *const bad[] = { "\x04", "\x04\x02h", "\x04\x82\x01",
		"\x04\x84\xff\xff", "\x04\x84\x7f\xff\xff\xff", "\x1f", "\x1f\x81",
		"\x04\x88\x01\x01\x01\x01" };
	BerElement *reader = ber_reader();
	struct span content = { NULL, 7 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct span whole = edge(span_of(bad[i])), rest = whole;

		assert_int_equal(ber_take(reader, &rest, &content), LBER_DEFAULT);
		assert_ptr_equal(rest.p, whole.p);
		assert_int_equal(rest.n, whole.n);
		assert_int_equal(content.n, 7);
	}
	ber_free(reader, 0);
}

static void
given_random_bytes_what_is_taken_lies_inside(void **state)
{
	BerElement *reader = ber_reader();
	uint8_t bytes[24];
	struct rng r;

	(void)state;
	rng_seed(&r, 5, 0);
	for (int i = 0; i < 20000; i++) {
		size_t n = rng_below(&r, sizeof bytes + 1);
		struct span whole, rest, content;

		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)(rng_u32(&r) & (k == 1 ? 0x8f : 0xff));
		whole = rest = edge((struct span){ bytes, n });
		while (ber_take(reader, &rest, &content) != LBER_DEFAULT) {
			assert_true(content.p >= whole.p);
			assert_true(content.p + content.n == rest.p);
			assert_true(rest.p + rest.n == whole.p + whole.n);
		}
	}
	ber_free(reader, 0);
}

static void
given_a_number_it_is_signed_and_fits_an_int(void **state)
{
	int n = 7;

	(void)state;
	assert_int_equal(number("\x7f", 1, &n), 0);
	assert_int_equal(n, 127);
	assert_int_equal(number("\xff", 1, &n), 0);
	assert_int_equal(n, -1);
	assert_int_equal(number("\x7f\xff\xff\xff", 4, &n), 0);
	assert_int_equal(n, INT32_MAX);
	n = 7;
	assert_int_equal(number("", 0, &n), -EBADMSG);
	assert_int_equal(number("\x01\x00\x00\x00\x00", 5, &n), -EBADMSG);
	assert_int_equal(n, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_elements_they_come_one_by_one),
		cmocka_unit_test(given_a_length_beyond_the_end_nothing_is_taken),
		cmocka_unit_test(given_random_bytes_what_is_taken_lies_inside),
		cmocka_unit_test(given_a_number_it_is_signed_and_fits_an_int),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
