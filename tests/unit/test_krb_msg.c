/* test_krb_msg.c - naming Kerberos messages; the error is made by `openssl asn1parse -genconf`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "edge.h"
#include "krb_msg.h"

/* clang-format off */
static const uint8_t gold_krberr[] = {
	0x7e, 0x39, 0x30, 0x37, 0xa0, 0x03, 0x02, 0x01, 0x05, 0xa1, 0x03, 0x02,
	0x01, 0x1e, 0xa4, 0x11, 0x18, 0x0f, 0x32, 0x30, 0x30, 0x39, 0x30, 0x39,
	0x30, 0x39, 0x30, 0x39, 0x30, 0x39, 0x30, 0x39, 0x5a, 0xa5, 0x04, 0x02,
	0x02, 0x12, 0x67, 0xa6, 0x03, 0x02, 0x01, 0x19, 0xa9, 0x0d, 0x1b, 0x0b,
	0x43, 0x4f, 0x4e, 0x54, 0x4f, 0x53, 0x4f, 0x2e, 0x43, 0x4f, 0x4d,
};
/* clang-format on */

static void
each_message_has_its_name(void **state)
{
	const uint8_t tags[] = { 0x6a, 0x6b, 0x6c, 0x6d };
	const char *const names[] = { "AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP" };
	char name[KRB_MSG_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint8_t message[] = { tags[i], 2, 0x30, 0 };

		assert_int_equal(krb_msg_name((struct span){ message, 4 }, name), 0);
		assert_string_equal(name, names[i]);
	}
}

static void
an_error_is_named_with_its_code(void **state)
{
	char name[KRB_MSG_NAME_MAX];

	(void)state;
	assert_int_equal(
	    krb_msg_name((struct span){ gold_krberr, sizeof gold_krberr }, name), 0);
	assert_string_equal(name, "KRB-ERROR 25");
}

static void
an_error_cut_off_anywhere_has_no_name(void **state)
{
	char name[KRB_MSG_NAME_MAX] = "untouched";

	(void)state;
	for (size_t n = 0; n < sizeof gold_krberr; n++)
		assert_int_equal(
		    krb_msg_name(edge((struct span){ gold_krberr, n }), name), -EBADMSG);
	assert_string_equal(name, "untouched");
}

static void
a_changed_byte_does_no_harm(void **state)
{
	uint8_t bytes[sizeof gold_krberr];
	char name[KRB_MSG_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof bytes * 256; i++) {
		memcpy(bytes, gold_krberr, sizeof bytes);
		bytes[i / 256] = (uint8_t)i;
		(void)krb_msg_name(edge((struct span){ bytes, sizeof bytes }), name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_has_its_name),
		cmocka_unit_test(an_error_is_named_with_its_code),
		cmocka_unit_test(an_error_cut_off_anywhere_has_no_name),
		cmocka_unit_test(a_changed_byte_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
