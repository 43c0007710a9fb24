/* test_field.c - one table a format: each type of value, defaults, places of mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "field.h"
#include "mem.h"
#include "phones.h"
#include "spread.h"

struct thing {
	char text[6];
	uint8_t u8;
	uint16_t u16;
	uint32_t u32, ms, ip;
	uint64_t u64, us;
	bool yes;
	int word;
	struct spread spread;
	uint8_t mac[6];
	struct mark word_at;
	size_t owned;
	uint32_t seconds;
	int64_t offset;
	double share;
	uint64_t size, rate;
	struct phones phones;
};

static int
own_count(const struct field_place *at, const struct node *n, void *base)
{
	if (n->kind != NODE_LIST)
		return field_fail(at, n, "`%s' must be a list", n->key);
	for (const struct node *k = n->first; k != NULL; k = k->next)
		((struct thing *)base)->owned++;
	return 0;
}

#define AT(member) .offset = offsetof(struct thing, member)

static const char *const words[] = { "red", "green", NULL };
/* clang-format off */
static const struct field sub_fields[] = {
	{ .key = "ip", .type = FIELD_IP, AT(ip), .def = "10.0.0.1" },
	{ .key = "mac", .type = FIELD_MAC, AT(mac) },
	{ .key = "list", .type = FIELD_OWN, .own = own_count },
};
static const struct field fields[] = {
	{ .key = "text", .type = FIELD_TEXT, AT(text), .size = 6, .def = "dflt" },
	{ .key = "u8", .type = FIELD_U8, AT(u8) },
	{ .key = "u16", .type = FIELD_U16, AT(u16), .min = 10, .max = 20, .def = "15" },
	{ .key = "u32", .type = FIELD_U32, AT(u32) },
	{ .key = "u64", .type = FIELD_U64, AT(u64) },
	{ .key = "yes", .type = FIELD_BOOL, AT(yes) },
	{ .key = "word", .type = FIELD_WORD, AT(word), .words = words, .mark_offset = offsetof(struct thing, word_at) },
	{ .key = "us", .type = FIELD_DURATION, AT(us) },
	{ .key = "ms", .type = FIELD_MS, AT(ms), .max = 60000 },
	{ .key = "spread", .type = FIELD_SPREAD, AT(spread) },
	{ .key = "seconds", .type = FIELD_SECONDS, AT(seconds), .min = 1, .max = 60 },
	{ .key = "offset", .type = FIELD_OFFSET, AT(offset), .def = "-1s" },
	{ .key = "share", .type = FIELD_SHARE, AT(share) },
	{ .key = "size", .type = FIELD_SIZE, AT(size), .min = 10, .max = 10000 },
	{ .key = "rate", .type = FIELD_RATE, AT(rate), .def = "1Gbit/s" },
	{ .key = "phones", .type = FIELD_PHONES, AT(phones) },
	{ .key = "sub", .type = FIELD_MAP, .sub = sub_fields, .n_sub = 3 },
};
/* clang-format on */

static int
read_thing(const char *text, struct thing *out, struct config_error *error)
{
	struct field_place at = { .file = "f.yaml", .error = error };
	struct tree t;
	int err;

	*out = (struct thing){ 0 };
	*error = (struct config_error){ "" };
	err = tree_parse(span_of(text), "f.yaml", &t, error);
	assert_int_equal(err, 0);
	err = fields_read(&at, t.root, fields, sizeof fields / sizeof fields[0], out);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
	return err;
}

static void
given_every_type_it_is_read_to_its_place(void **state)
{
	struct config_error error;
	struct thing t;

	(void)state;
	assert_int_equal(
	    read_thing(
		"text: '12345'\nu8: 255\nu16: 20\nu32: 4294967295\n"
		"u64: 18446744073709551615\nyes: true\nword: green\nus: 1.5s\nms: 250ms\n"
		"spread: {normal: 20s, sd: 4s}\nsub: {ip: 127.0.0.9, mac: '00:04:f2:00:00:01', "
		"list: [a, b]}\nseconds: 1m\noffset: -20m\nshare: 12.5%\nsize: 1kB\n"
		"rate: 64kB/s\nphones: [1, 4-5]\n",
		&t, &error),
	    0);
	assert_string_equal(t.text, "12345");
	assert_int_equal(t.u8, 255);
	assert_int_equal(t.u16, 20);
	assert_int_equal(t.u32, UINT32_MAX);
	assert_true(t.u64 == UINT64_MAX);
	assert_true(t.yes);
	assert_int_equal(t.word, 1);
	assert_int_equal(t.word_at.line, 7);
	assert_int_equal(t.word_at.col, 7);
	assert_int_equal(t.us, 1500000);
	assert_int_equal(t.ms, 250);
	assert_int_equal(t.spread.kind, SPREAD_NORMAL);
	assert_int_equal(t.spread.b_us, 4000000);
	assert_int_equal(t.ip, 0x7f000009);
	assert_int_equal(t.mac[5], 1);
	assert_int_equal(t.owned, 2);
	assert_int_equal(t.seconds, 60);
	assert_int_equal(t.offset, -1200000000);
	assert_float_equal(t.share, 0.125, 1e-12);
	assert_int_equal(t.size, 1000);
	assert_int_equal(t.rate, 64000);
	assert_int_equal(t.phones.n_ranges, 2);
}

static void
given_missing_keys_defaults_are_taken_also_of_missing_maps(void **state)
{
	struct config_error error;
	struct thing t;

	(void)state;
	assert_int_equal(read_thing("{}", &t, &error), 0);
	assert_string_equal(t.text, "dflt");
	assert_int_equal(t.u16, 15);
	assert_int_equal(t.u8, 0);
	assert_int_equal(t.ip, 0x0a000001);
	assert_int_equal(t.offset, -1000000);
	assert_int_equal(t.rate, 125000000);
}

static void
given_a_wrong_value_the_error_names_the_place(void **state)
{
	static const struct {
		const char *text, *wanted;
	} bad[] = {
		{ "text: 123456", "f.yaml:1:7: `text' is longer than 5 bytes" },
		{ "text: \"a\\r\\nb\"", "f.yaml:1:7: `text' must be one line" },
		{ "text: |\n  a\n", "must be one line" },
		{ "u8: 256", "f.yaml:1:5: `u8' must be from 0 to 255, not 256" },
		{ "u16: 9", "from 10 to 20" },
		{ "u16: 21", "from 10 to 20" },
		{ "u32: -1", "must be a whole number" },
		{ "u32: '7'", "must be a whole number" },
		{ "u64: 18446744073709551616", "must be a whole number" },
		{ "yes: yes", "must be true or false, not `yes'" },
		{ "word: blue", "must be one of red, green, not `blue'" },
		{ "us: 5", "must be a duration" },
		{ "ms: 61s", "out of range" },
		{ "spread: {exp: 5s, sd: 1s}", "must be {normal: A, sd: B} or {exp: A}" },
		{ "seconds: 500ms", "f.yaml:1:10: `seconds' is out of range: 500ms" },
		{ "seconds: 61s", "`seconds' is out of range: 61s" },
		{ "ms: 2000h", "out of range" },
		{ "offset: 5", "f.yaml:1:9: `offset' must be a duration such as 20m or -20m" },
		{ "offset: [5s]",
		    "`offset' must be a duration such as 20m or -20m, not a list" },
		{ "share: 0.2",
		    "f.yaml:1:8: `share' must be a share from 0% to 100%, not `0.2'" },
		{ "share: {}", "`share' must be a share such as 20%, not a map" },
		{ "size: 7", "`size' must be a size such as 1000B, 64kB, 7MB, not `7'" },
		{ "size: 9B", "`size' is out of range: 9B" },
		{ "size: 1MB", "`size' is out of range: 1MB" },
		{ "rate: 7kB", "`rate' must be a rate such as 64kB/s or 100Mbit/s, not `7kB'" },
		{ "phones: x", "`phones' must be a share" },
		{ "sub: {ip: 1.2.3}", "f.yaml:1:11: `ip' must be an IPv4 address" },
		{ "sub: {mac: x}", "must be a MAC address" },
		{ "sub: [x]", "`sub' must be a map" },
		{ "sub: {list: x}", "f.yaml:1:13: `list' must be a list" },
		{ "text: [x]", "`text' must be a text, not a list" },
		{ "wrod: red", "f.yaml:1:1: unknown key `wrod'; did you mean `word'?" },
		{ "zz: 1", "unknown key `zz'" },
		{ "[a]", "f.yaml:1:1: the file must be a map" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct config_error error;
		struct thing t;

		assert_int_equal(read_thing(bad[i].text, &t, &error), -EINVAL);
		if (strstr(error.text, bad[i].wanted) == NULL)
			fail_msg("wanted `%s' in `%s'", bad[i].wanted, error.text);
	}
}

static void
the_manual_has_a_line_for_each_key_in_its_depth(void **state)
{
	static const struct field inner[] = {
		{ .key = "takes", .type = FIELD_SPREAD, .def = "2ms", .help = "how long" },
		{ .key = "list", .type = FIELD_OWN },
	};
	static const struct field outer[] = {
		{ .key = "title", .type = FIELD_TEXT, .required = true, .help = "one line" },
		{ .key = "kdc",
		    .type = FIELD_MAP,
		    .sub = inner,
		    .n_sub = 2,
		    .help = "its server" },
		{ .key = "a_key_that_is_longer_than_it", .type = FIELD_BOOL, .help = "help" },
	};
	struct buf out = { 0 };

	(void)state;
	fields_help(outer, 3, 1, &out);
	assert_string_equal(buf_cstr(&out),
	    "  title                  one line (must be there)\n"
	    "  kdc                    its server\n"
	    "    takes                how long [2ms]\n"
	    "    list                 \n"
	    "  a_key_that_is_longer_than_it help\n");
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_every_type_it_is_read_to_its_place),
		cmocka_unit_test(given_missing_keys_defaults_are_taken_also_of_missing_maps),
		cmocka_unit_test(given_a_wrong_value_the_error_names_the_place),
		cmocka_unit_test(the_manual_has_a_line_for_each_key_in_its_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
