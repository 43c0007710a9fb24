/* test_dns_name.c - names as DNS writes them, compressed and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "dns_name.h"

static int
name_at(const char *bytes, size_t n, size_t at, char out[DNS_NAME_MAX])
{
	return dns_name_read((struct span){ (const uint8_t *)bytes, n }, &at, out);
}

static void
a_name_follows_pointers_backwards_only(void **state)
{
	static const char msg[] = "\3lab\0\5voice\300\0\300\5\300\15";
	char name[DNS_NAME_MAX];
	size_t at = 5;

	(void)state;
	assert_int_equal(
	    dns_name_read((struct span){ (const uint8_t *)msg, sizeof msg - 1 }, &at, name), 0);
	assert_string_equal(name, "voice.lab");
	assert_int_equal(at, 13);
	assert_int_equal(
	    dns_name_read((struct span){ (const uint8_t *)msg, sizeof msg - 1 }, &at, name), 0);
	assert_string_equal(name, "voice.lab");
	assert_int_equal(at, 15);

	assert_int_equal(name_at(msg, sizeof msg - 1, 15, name), 0); /* through two pointers */
	assert_int_equal(name_at("\300\0", 2, 0, name), -EBADMSG);
	assert_int_equal(name_at("\1a\300\0", 4, 2, name), -EBADMSG);
	assert_int_equal(name_at("\300\2\1a", 4, 0, name), -EBADMSG);
	assert_int_equal(name_at("\101a\0", 3, 0, name), -EBADMSG);
	assert_int_equal(name_at("\2a", 2, 0, name), -EBADMSG);
	assert_int_equal(name_at("\3a.b\0", 5, 0, name), -EBADMSG);
	assert_int_equal(name_at("", 0, 0, name), -EBADMSG);
}

static void
a_name_is_written_label_by_label(void **state)
{
	char longest[300], back[DNS_NAME_MAX];
	uint8_t memory[300];
	struct buf b;
	size_t at = 0;

	(void)state;
	buf_over(&b, memory, sizeof memory);
	assert_int_equal(dns_name_write(&b, "_sip._tls.contoso.com."), 0);
	assert_memory_equal(memory, "\4_sip\4_tls\7contoso\3com\0", 23);
	assert_int_equal(b.n, 23);
	assert_int_equal(dns_name_read(buf_bytes(&b), &at, back), 0);
	assert_string_equal(back, "_sip._tls.contoso.com");

	buf_clear(&b);
	assert_int_equal(dns_name_write(&b, "a..b"), -EINVAL);
	assert_int_equal(dns_name_write(&b, ".a"), -EINVAL);
	assert_int_equal(dns_name_write(&b, "a.."), -EINVAL);
	assert_int_equal(dns_name_write(&b, ".."), -EINVAL);
	assert_int_equal(dns_name_write(&b, "a b"), -EINVAL);
	memset(longest, 'x', sizeof longest);
	longest[64] = '\0';
	assert_int_equal(dns_name_write(&b, longest), -EINVAL);
	memset(longest, 'x', sizeof longest);
	for (size_t i = 1; i < sizeof longest; i += 2)
		longest[i] = '.';
	longest[255] = '\0';
	assert_int_equal(dns_name_write(&b, longest), -EINVAL);
	assert_int_equal(b.n, 0);
	longest[253] = '\0';
	assert_int_equal(dns_name_write(&b, longest), 0);
	assert_int_equal(b.n, 255);
}

static void
a_name_that_could_not_be_written_is_not_read(void **state)
{
	char name[DNS_NAME_MAX], text[300];
	struct buf b = { 0 };

	(void)state;
	/* 127 labels of one letter, and two letters more at the front: 255 bytes, then 257. */
	for (size_t first = 1; first <= 3; first++) {
		memset(text, 'x', first);
		for (size_t i = 0; i < 126; i++)
			memcpy(text + first + 2 * i, ".x", 3);
		buf_clear(&b);
		buf_u8(&b, (uint8_t)first);
		buf_put(&b, text, first);
		for (size_t i = 0; i < 126; i++)
			buf_put(&b, "\1x", 2);
		buf_u8(&b, 0);
		assert_int_equal(name_at((char *)b.p, b.n, 0, name), b.n <= 255 ? 0 : -EBADMSG);
		if (b.n <= 255)
			assert_string_equal(name, text);
	}
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_follows_pointers_backwards_only),
		cmocka_unit_test(a_name_is_written_label_by_label),
		cmocka_unit_test(a_name_that_could_not_be_written_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
