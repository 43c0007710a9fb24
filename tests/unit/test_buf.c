/* test_buf.c - bytes being written: limits, errors that stick, base64 and hexadecimal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "buf.h"
#include "mem.h"
#include "text.h"

static void
given_a_limit_a_buffer_keeps_its_error(void **state)
{
	char memory[8];
	struct buf b;

	(void)state;
	buf_over(&b, memory, sizeof memory);
	buf_text(&b, "1234567");
	assert_string_equal(buf_cstr(&b), "1234567");
	buf_text(&b, "89");
	assert_int_equal(b.err, -ENOBUFS);
	buf_u8(&b, 'x');
	assert_int_equal(b.n, 7);
	assert_string_equal(buf_cstr(&b), "");
	buf_init(&b, 100);
	for (int i = 0; i < 30; i++)
		buf_u32(&b, 0x01020304);
	assert_int_equal(b.err, -ENOBUFS);
	assert_int_equal(b.n, 100);
	buf_done(&b);
	assert_int_equal(mem_out(), 0);
}

static void
given_no_memory_a_buffer_says_so(void **state)
{
	struct buf b = { 0 };

	(void)state;
	mem_fail_at(1);
	buf_text(&b, "x");
	mem_fail_at(0);
	assert_int_equal(b.err, -ENOMEM);
	buf_done(&b);
}

static void
given_all_lengths_base64_and_hex_come_back(void **state)
{
	uint8_t bytes[40];

	(void)state;
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct buf text = { 0 }, back = { 0 };

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 73 + n);
		buf_base64(&text, (struct span){ bytes, n });
		assert_int_equal(text.n % 4, 0);
		assert_int_equal(text_unbase64(&back, buf_bytes(&text)), 0);
		assert_true(span_eq(buf_bytes(&back), (struct span){ bytes, n }));
		buf_clear(&text);
		buf_clear(&back);
		buf_hex(&text, (struct span){ bytes, n }, n % 2);
		assert_int_equal(text_unhex(&back, buf_bytes(&text)), 0);
		assert_true(span_eq(buf_bytes(&back), (struct span){ bytes, n }));
		buf_done(&text);
		buf_done(&back);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_limit_a_buffer_keeps_its_error),
		cmocka_unit_test(given_no_memory_a_buffer_says_so),
		cmocka_unit_test(given_all_lengths_base64_and_hex_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
