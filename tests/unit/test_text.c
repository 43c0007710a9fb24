/* test_text.c - strict reading of what people and servers write, and escaping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "buf.h"
#include "text.h"

static void
given_known_words_base64_is_rfc_4648s(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_base64(&b, span_of("foobar"));
	buf_base64(&b, span_of("foob"));
	assert_string_equal(buf_cstr(&b), "Zm9vYmFyZm9vYg==");
	buf_clear(&b);
	assert_int_equal(text_unbase64(&b, span_of("Zm9v\r\n YmFy")), 0);
	assert_string_equal(buf_cstr(&b), "foobar");
	assert_int_equal(text_unbase64(&b, span_of("Zm9v*")), -EBADMSG);
	assert_int_equal(text_unbase64(&b, span_of("Z")), -EBADMSG);
	assert_int_equal(text_unbase64(&b, span_of("Zg==Zg==")), -EBADMSG);
	buf_done(&b);
}

static void
given_what_people_write_numbers_are_strict(void **state)
{
	uint64_t v = 0;
	uint32_t ip = 0;
	uint8_t mac[6];
	char text[18];

	(void)state;
	assert_int_equal(text_u64(span_of("255"), 255, &v), 0);
	assert_int_equal(v, 255);
	assert_int_equal(text_u64(span_of("256"), 255, &v), -ERANGE);
	assert_int_equal(text_u64(span_of("18446744073709551615"), UINT64_MAX, &v), 0);
	assert_int_equal(text_u64(span_of("18446744073709551616"), UINT64_MAX, &v), -ERANGE);
	assert_int_equal(text_u64(span_of("7"), 5, &v), -ERANGE);
	assert_int_equal(text_u64(span_of("-1"), 255, &v), -EINVAL);
	assert_int_equal(text_u64(span_of(""), 255, &v), -EINVAL);
	assert_int_equal(text_ip(span_of("127.42.0.9"), &ip), 0);
	assert_int_equal(ip, 0x7f2a0009);
	assert_string_equal(text_ip_str(ip, text), "127.42.0.9");
	assert_int_not_equal(text_ip(span_of("1.2.3"), &ip), 0);
	assert_int_not_equal(text_ip(span_of("1.2.3.4.5"), &ip), 0);
	assert_int_not_equal(text_ip(span_of("1.2.3.256"), &ip), 0);
	assert_int_not_equal(text_ip(span_of("1.2.3."), &ip), 0);
	assert_int_equal(text_mac(span_of("00-04-F2-aa-bb-cc"), mac), 0);
	assert_string_equal(text_mac_str(mac, text), "00:04:f2:aa:bb:cc");
	assert_int_not_equal(text_mac(span_of("00:04:f2:aa:bb"), mac), 0);
}

static void
given_versions_they_are_compared_as_numbers(void **state)
{
	(void)state;
	assert_true(text_version_cmp("1.0.522.101", "1.0.199.123") > 0);
	assert_true(text_version_cmp("1.0.199.123", "1.0.1000.1") < 0);
	assert_true(text_version_cmp("3.5.6907.35", "1.0.522.101") > 0);
	assert_int_equal(text_version_cmp("1.0", "1.0.0"), 0);
	assert_true(text_version_cmp("", "1") < 0);
}

static void
given_markup_it_is_escaped(void **state)
{
	struct buf b = { 0 };

	(void)state;
	text_xml(&b, span_of("<a b=\"c\">&\x01"));
	assert_string_equal(buf_cstr(&b), "&lt;a b=&quot;c&quot;&gt;&amp;?");
	buf_clear(&b);
	/* In an attribute they would be read as blanks. */
	text_xml(&b, span_of("a\tb\r\n"));
	assert_string_equal(buf_cstr(&b), "a&#9;b&#13;&#10;");
	buf_clear(&b);
	text_json(&b, span_of("a\"b\\c\n"));
	assert_string_equal(buf_cstr(&b), "a\\\"b\\\\c\\u000a");
	buf_done(&b);
}

static void
given_what_is_no_base64_or_hexadecimal_nothing_is_appended(void **state)
{
	static const char *const bad[] = { "QUJDRA=", "QUJD!", "QUJDRUZ=A", "QUJDR",
		"QUJD====" };
	struct buf b = { 0 };

	(void)state;
	buf_text(&b, "before");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(text_unbase64(&b, span_of(bad[i])), -EBADMSG);
	assert_int_equal(text_unhex(&b, span_of("4142g0")), -EBADMSG);
	assert_int_equal(text_unhex(&b, span_of("414")), -EBADMSG);
	assert_string_equal(buf_cstr(&b), "before");
	buf_done(&b);
}

static void
given_orders_to_a_terminal_they_become_question_marks(void **state)
{
	struct buf b = { 0 };

	(void)state;
	text_plain(&b,
	    span_of("a\x1b[31mb\n\t\x7f \xc2\x9b"
		    "c"));
	assert_string_equal(buf_cstr(&b), "a?[31mb??? ?c");
	buf_clear(&b);
	/* Other characters of UTF-8 stay, whole or not. */
	text_plain(&b, span_of("\xc3\xa9 \xc2\xb1 \xe2\x86\x92 \xc2"));
	assert_string_equal(buf_cstr(&b), "\xc3\xa9 \xc2\xb1 \xe2\x86\x92 \xc2");
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_known_words_base64_is_rfc_4648s),
		cmocka_unit_test(given_what_people_write_numbers_are_strict),
		cmocka_unit_test(given_versions_they_are_compared_as_numbers),
		cmocka_unit_test(given_markup_it_is_escaped),
		cmocka_unit_test(given_what_is_no_base64_or_hexadecimal_nothing_is_appended),
		cmocka_unit_test(given_orders_to_a_terminal_they_become_question_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
