/* test_front_sense.c - which bytes of a connection are said, in the clear and under TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "front_sense.h"

enum { HANDSHAKE = 22, APPLICATION = 23, MANY = 100000 };

static const uint8_t records[] = { HANDSHAKE, 3, 1, 0, 4, 'h', 'e', 'l', 'o', APPLICATION, 3, 1,
	0, 3, 'a', 'b', 'c', APPLICATION, 3, 1, 0, 2, 'd', 'e' };

static void
in_the_clear_every_byte_is_said(void **state)
{
	struct front_sense s = { .tls = false };
	uint64_t said;

	(void)state;
	assert_int_equal(
	    front_sense(&s, (struct span){ records, sizeof records }, UINT64_MAX, &said),
	    sizeof records);
	assert_int_equal(said, sizeof records);
	assert_int_equal(front_sense(&s, (struct span){ records, 9 }, 4, &said), 4);
	assert_int_equal(said, 4);
	assert_int_equal(front_sense(&s, (struct span){ records, 9 }, 0, &said), 0);
	assert_int_equal(said, 0);
}

static void
under_tls_only_application_data_is(void **state)
{
	struct front_sense s = { .tls = true };
	uint64_t said;

	(void)state;
	assert_int_equal(
	    front_sense(&s, (struct span){ records, sizeof records }, UINT64_MAX, &said),
	    sizeof records);
	assert_int_equal(said, 5);
}

/* However the bytes are cut into pieces, the sum is the same. */
static void
records_may_come_in_any_pieces(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= sizeof records; piece++) {
		struct front_sense s = { .tls = true };
		uint64_t all = 0, said;

		for (size_t at = 0; at < sizeof records; at += piece) {
			size_t n = sizeof records - at < piece ? sizeof records - at : piece;

			assert_int_equal(
			    front_sense(&s, (struct span){ records + at, n }, MANY, &said), n);
			all += said;
		}
		assert_int_equal(all, 5);
	}
}

/* Two of the three bytes of the first record: 9 of the handshake, 5 of its outside, and 2. */
static void
the_limit_is_of_what_is_said(void **state)
{
	struct front_sense s = { .tls = true };
	uint64_t said;

	(void)state;
	assert_int_equal(
	    front_sense(&s, (struct span){ records, sizeof records }, 2, &said), 16);
	assert_int_equal(said, 2);
	/* Not one more. */
	assert_int_equal(front_sense(&s, (struct span){ records + 16, 1 }, 0, &said), 0);
	/* But the whole of it, and then the outside of the next one. */
	assert_int_equal(front_sense(&s, (struct span){ records + 16, 8 }, 1, &said), 6);
	assert_int_equal(said, 1);
}

static void
an_empty_record_is_no_matter(void **state)
{
	static const uint8_t empty[] = { APPLICATION, 3, 1, 0, 0, APPLICATION, 3, 1, 0, 1,
		'x' };
	struct front_sense s = { .tls = true };
	uint64_t said;

	(void)state;
	assert_int_equal(
	    front_sense(&s, (struct span){ empty, sizeof empty }, UINT64_MAX, &said),
	    sizeof empty);
	assert_int_equal(said, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_the_clear_every_byte_is_said),
		cmocka_unit_test(under_tls_only_application_data_is),
		cmocka_unit_test(records_may_come_in_any_pieces),
		cmocka_unit_test(the_limit_is_of_what_is_said),
		cmocka_unit_test(an_empty_record_is_no_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
