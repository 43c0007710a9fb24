/* test_base.c - span, buf, text, rng, hist, list, mem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "hist.h"
#include "list.h"
#include "mem.h"
#include "rng.h"
#include "text.h"

static void
given_a_separator_span_cut_takes_the_head(void **state)
{
	struct span rest = span_of("a.b.");

	(void)state;
	assert_true(span_is(span_cut(&rest, '.'), "a"));
	assert_true(span_is(span_cut(&rest, '.'), "b"));
	assert_int_equal(rest.n, 0);
	assert_int_equal(span_cut(&rest, '.').n, 0);
	assert_true(span_is(span_trim(span_of(" \t x y\r\n")), "x y"));
	assert_true(span_is_nocase(span_of("VIA"), "via"));
	assert_false(span_is(span_of("VIA"), "via"));
}

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
	text_json(&b, span_of("a\"b\\c\n"));
	assert_string_equal(buf_cstr(&b), "a\\\"b\\\\c\\u000a");
	buf_done(&b);
}

static void
given_the_same_seed_chance_repeats_itself(void **state)
{
	struct rng a, b, c;
	double sum = 0;

	(void)state;
	rng_seed(&a, 7, 1);
	rng_seed(&b, 7, 1);
	rng_seed(&c, 7, 2);
	for (int i = 0; i < 100; i++)
		assert_int_equal(rng_u64(&a), rng_u64(&b));
	assert_int_not_equal(rng_u64(&a), rng_u64(&c));
	for (int i = 0; i < 10000; i++) {
		assert_in_range(rng_below(&a, 10), 0, 9);
		sum += rng_exp(&a) + rng_normal(&a);
	}
	assert_true(sum / 10000 > 0.9 && sum / 10000 < 1.1);
	assert_int_equal(rng_below(&a, 0), 0);
}

static void
given_values_a_percentile_is_within_a_sixteenth(void **state)
{
	struct hist *h = calloc(1, sizeof *h), *all = calloc(1, sizeof *all);

	(void)state;
	assert_int_equal(hist_at(h, 0.5), 0);
	for (uint64_t v = 1; v <= 100000; v++)
		hist_add(h, v);
	hist_merge(all, h);
	hist_merge(all, h);
	assert_int_equal(all->count, 200000);
	assert_in_range(hist_at(all, 0.5), 50000, 53200);
	assert_in_range(hist_at(all, 0.99), 99000, 100000);
	assert_int_equal(hist_at(all, 1.0), 100000);
	hist_add(h, UINT64_MAX);
	assert_int_equal(h->max_us, UINT64_MAX);
	free(h);
	free(all);
}

static void
given_links_a_list_keeps_their_order(void **state)
{
	struct item {
		int n;
		struct list link;
	} a = { 1, { 0 } }, b = { 2, { 0 } };
	struct list head;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	list_add_tail(&head, &a.link);
	list_add_tail(&head, &b.link);
	assert_int_equal(LIST_ITEM(head.next, struct item, link)->n, 1);
	list_remove(&a.link);
	list_remove(&a.link);
	assert_int_equal(LIST_ITEM(head.next, struct item, link)->n, 2);
	list_remove(&b.link);
	assert_true(list_empty(&head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_separator_span_cut_takes_the_head),
		cmocka_unit_test(given_a_limit_a_buffer_keeps_its_error),
		cmocka_unit_test(given_no_memory_a_buffer_says_so),
		cmocka_unit_test(given_all_lengths_base64_and_hex_come_back),
		cmocka_unit_test(given_known_words_base64_is_rfc_4648s),
		cmocka_unit_test(given_what_people_write_numbers_are_strict),
		cmocka_unit_test(given_versions_they_are_compared_as_numbers),
		cmocka_unit_test(given_markup_it_is_escaped),
		cmocka_unit_test(given_the_same_seed_chance_repeats_itself),
		cmocka_unit_test(given_values_a_percentile_is_within_a_sixteenth),
		cmocka_unit_test(given_links_a_list_keeps_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
