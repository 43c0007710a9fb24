/* test_seen.c - notes of wire facts, and their JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "mem.h"
#include "seen.h"
#include "seen_table.h"

static void
assert_json(const struct seen *s, const char *want)
{
	struct buf out = { 0 };
	json_t *parsed;

	seen_json(s, &out);
	assert_string_equal(buf_cstr(&out), want);
	parsed = json_loads(buf_cstr(&out), 0, NULL);
	assert_non_null(parsed);
	json_decref(parsed);
	buf_done(&out);
}

static void
nothing_noted_is_an_empty_object_and_no_memory(void **state)
{
	struct seen s = { 0 };
	long out = mem_out();

	(void)state;
	assert_json(&s, "{}");
	assert_int_equal(mem_out(), out);
	seen_num(&s, SEEN_VLAN, 200);
	seen_clear(&s);
	assert_int_equal(mem_out(), out);
	assert_json(&s, "{}");
}

static void
keys_come_in_the_tables_order_and_lists_in_the_order_of_the_wire(void **state)
{
	struct seen s = { 0 };

	(void)state;
	seen_text(&s, SEEN_DOMAIN, span_of("contoso.com"));
	seen_add_num(&s, SEEN_DHCP_OPTIONS, 53);
	seen_add_text(&s, SEEN_DHCP_MESSAGES, span_of("DISCOVER"));
	seen_add_num(&s, SEEN_DHCP_OPTIONS, 61);
	seen_add_text(&s, SEEN_DHCP_MESSAGES, span_of("OFFER"));
	assert_json(&s,
	    "{\"dhcp_options\": [53, 61], \"dhcp_messages\": [\"DISCOVER\", \"OFFER\"], "
	    "\"domain\": \"contoso.com\"}");
	seen_clear(&s);
}

static void
a_value_set_twice_keeps_the_last_one_and_a_set_has_each_once(void **state)
{
	struct seen s = { 0 };

	(void)state;
	seen_num(&s, SEEN_VLAN, 0);
	seen_add_text(&s, SEEN_HTTP_HEADERS, span_of("Host"));
	seen_num(&s, SEEN_VLAN, 200);
	seen_add_text(&s, SEEN_HTTP_HEADERS, span_of("Accept"));
	seen_add_text(&s, SEEN_HTTP_HEADERS, span_of("Host"));
	assert_json(&s, "{\"vlan\": 200, \"http_headers\": [\"Host\", \"Accept\"]}");
	seen_clear(&s);
}

static void
what_a_server_says_cannot_break_the_json(void **state)
{
	struct seen s = { 0 };

	(void)state;
	seen_text(&s, SEEN_DOMAIN, span_of("a\"b\\c\n\x01"));
	assert_json(&s, "{\"domain\": \"a\\\"b\\\\c\\u000a\\u0001\"}");
	seen_clear(&s);
}

static void
too_much_is_cut_and_says_so(void **state)
{
	struct seen s = { 0 };
	struct buf out = { 0 };

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		seen_add_num(&s, SEEN_HTTP_STATUS, i);
	assert_true(s.cut);
	assert_true(s.text.n <= SEEN_MAX);
	seen_json(&s, &out);
	assert_non_null(strstr(buf_cstr(&out), ", \"seen_cut\": true}"));
	buf_done(&out);
	seen_clear(&s);
}

static void
without_memory_the_notes_are_lost_and_nothing_else(void **state)
{
	struct seen s = { 0 };

	(void)state;
	mem_fail_at(1);
	seen_num(&s, SEEN_VLAN, 200);
	mem_fail_at(0);
	assert_json(&s, "{\"seen_cut\": true}");
	seen_clear(&s);
}

static void
every_key_has_a_row_in_the_table(void **state)
{
	(void)state;
	for (int i = 0; i < SEEN_KEYS; i++) {
		assert_non_null(seen_table[i].name);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(seen_table[i].name, seen_table[k].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_noted_is_an_empty_object_and_no_memory),
		cmocka_unit_test(
		    keys_come_in_the_tables_order_and_lists_in_the_order_of_the_wire),
		cmocka_unit_test(a_value_set_twice_keeps_the_last_one_and_a_set_has_each_once),
		cmocka_unit_test(what_a_server_says_cannot_break_the_json),
		cmocka_unit_test(too_much_is_cut_and_says_so),
		cmocka_unit_test(without_memory_the_notes_are_lost_and_nothing_else),
		cmocka_unit_test(every_key_has_a_row_in_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
