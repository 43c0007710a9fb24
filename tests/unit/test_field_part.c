/* test_field_part.c - tables within tables: keys that stand in the same map, structs that keep
 * what they hold, and maps with exactly one key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "field.h"
#include "mem.h"
#include "spread.h"

struct inner {
	uint32_t size;
	char name[8];
	struct spread pause;
	uint64_t deep_us;
};

struct outer {
	uint32_t number;
	struct inner inner;
	double per_s;
	int word;
};

#define INNER(member) .offset = offsetof(struct inner, member)
#define OUTER(member) .offset = offsetof(struct outer, member)

static const char *const words[] = { "slow", "steady", "fast", NULL };
/* clang-format off */
static const struct field deep_fields[] = {
	{ .key = "deep", .type = FIELD_DURATION, INNER(deep_us), .def = "5s", .help = "deep" },
};
static const struct field inner_fields[] = {
	{ .key = "size", .type = FIELD_U32, INNER(size), .def = "7", .help = "size" },
	{ .key = "name", .type = FIELD_TEXT, INNER(name), .size = 8, .help = "name" },
	{ .key = "pause", .type = FIELD_SPREAD, INNER(pause), .min = 1000, .max = 9000000, .def = "2s", .help = "pause" },
	{ .key = "map", .type = FIELD_MAP, .sub = deep_fields, .n_sub = 1, .help = "map" },
};
static const struct field outer_fields[] = {
	{ .key = "number", .type = FIELD_U32, OUTER(number), .required = true, .help = "number" },
	{ .type = FIELD_PART, OUTER(inner), .sub = inner_fields, .n_sub = 4 },
	{ .key = "pace", .type = FIELD_PACE, OUTER(per_s), .help = "pace" },
	{ .key = "word", .type = FIELD_WORD, OUTER(word), .words = words, .help = "word" },
};
/* clang-format on */

static int
read_over(const char *text, bool keep, struct outer *out, struct config_error *error)
{
	struct field_place at = { .file = "f.yaml", .error = error, .keep = keep };
	struct tree t;
	int err;

	*error = (struct config_error){ "" };
	assert_int_equal(tree_parse(span_of(text), "f.yaml", &t, error), 0);
	err = fields_read(&at, t.root, outer_fields, 4, out);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
	return err;
}

static struct outer
outer_of(const char *text)
{
	struct outer o = { 0 };
	struct config_error error;

	if (read_over(text, false, &o, &error) != 0)
		fail_msg("%s", error.text);
	return o;
}

static void
assert_error(const char *text, const char *wanted)
{
	struct outer o = { 0 };
	struct config_error error;

	assert_int_not_equal(read_over(text, false, &o, &error), 0);
	assert_string_equal(error.text, wanted);
}

/* ---- parts -------------------------------------------------------------------- */

static void
the_keys_of_a_part_stand_in_the_same_map(void **state)
{
	struct outer o =
	    outer_of("size: 3\nnumber: 4\nname: nine\npause: 1s±500ms\nmap: {deep: 2s}\n");

	(void)state;
	assert_int_equal(o.number, 4);
	assert_int_equal(o.inner.size, 3);
	assert_string_equal(o.inner.name, "nine");
	assert_int_equal(o.inner.pause.a_us, 1000000);
	assert_int_equal(o.inner.deep_us, 2000000);
}

static void
a_part_has_its_defaults_too(void **state)
{
	struct outer o = outer_of("number: 4\n");

	(void)state;
	assert_int_equal(o.inner.size, 7);
	assert_string_equal(o.inner.name, "");
	assert_int_equal(o.inner.pause.a_us, 2000000);
	assert_int_equal(o.inner.deep_us, 5000000);
}

static void
unknown_keys_are_compared_with_those_of_parts_too(void **state)
{
	(void)state;
	assert_error(
	    "number: 4\nsiez: 3\n", "f.yaml:2:1: unknown key `siez'; did you mean `size'?");
	assert_error("numbr: 4\n", "f.yaml:1:1: unknown key `numbr'; did you mean `number'?");
	assert_error("number: 4\ninner: 5\n", "f.yaml:2:1: unknown key `inner'");
}

static void
the_manual_shows_them_as_keys_of_the_map(void **state)
{
	static const struct field again[] = {
		{ .type = FIELD_PART, .sub = inner_fields, .n_sub = 4, .help = "as above" }
	};
	struct buf out = { 0 };

	(void)state;
	fields_help(outer_fields, 4, 1, &out);
	assert_non_null(strstr(buf_cstr(&out), "\n  size                   size [7]\n"));
	assert_non_null(strstr(buf_cstr(&out), "\n    deep                 deep [5s]\n"));
	buf_clear(&out);
	/* Where it is there a second time, why is enough. */
	fields_help(again, 1, 1, &out);
	assert_string_equal(buf_cstr(&out),
	    "  size                   as above\n"
	    "  name                   as above\n"
	    "  pause                  as above\n"
	    "  map                    as above\n");
	buf_done(&out);
}

/* ---- what is kept ---------------------------------------------------------------- */

static void
where_all_is_kept_only_what_is_said_changes(void **state)
{
	struct outer o =
	    outer_of("number: 4\nsize: 3\nname: nine\nmap: {deep: 2s}\npace: 3/s\n");
	struct config_error error;

	(void)state;
	assert_int_equal(read_over("number: 5\npause: 9s\n", true, &o, &error), 0);
	assert_int_equal(o.number, 5);
	assert_int_equal(o.inner.size, 3);
	assert_string_equal(o.inner.name, "nine");
	assert_int_equal(o.inner.pause.a_us, 9000000);
	assert_int_equal(o.inner.deep_us, 2000000);
	assert_float_equal(o.per_s, 3, 1e-12);
	/* What must be there must be there all the same. */
	assert_int_not_equal(read_over("size: 5\n", true, &o, &error), 0);
	assert_string_equal(error.text, "f.yaml:1:1: `number' is missing: number");
	/* A map that is there keeps what it does not say. */
	assert_int_equal(read_over("number: 5\nmap: {}\n", true, &o, &error), 0);
	assert_int_equal(o.inner.deep_us, 2000000);
}

/* ---- values ---------------------------------------------------------------------- */

static void
a_pace_is_by_the_second_minute_or_hour(void **state)
{
	(void)state;
	assert_float_equal(outer_of("{number: 1, pace: 200/s}").per_s, 200, 1e-9);
	assert_float_equal(outer_of("{number: 1, pace: 30/m}").per_s, 0.5, 1e-9);
	assert_float_equal(outer_of("{number: 1, pace: 1800/h}").per_s, 0.5, 1e-9);
	assert_float_equal(outer_of("{number: 1, pace: 0/s}").per_s, 0, 1e-9);
	assert_float_equal(outer_of("{number: 1, pace: 1000000/s}").per_s, 1e6, 1e-3);
	assert_error("{number: 1, pace: 1000001/s}",
	    "f.yaml:1:19: `pace' must be a rate such as 200/s, 30/m, not `1000001/s'");
	assert_error("{number: 1, pace: 5}",
	    "f.yaml:1:19: `pace' must be a rate such as 200/s, 30/m, not `5'");
	assert_error("{number: 1, pace: [5/s]}",
	    "f.yaml:1:19: `pace' must be a rate such as 200/s, not a list");
}

static void
the_range_of_a_spread_is_its_middles(void **state)
{
	(void)state;
	assert_int_equal(outer_of("{number: 1, pause: 9s±20s}").inner.pause.b_us, 20000000);
	assert_error("{number: 1, pause: 9.1s}", "f.yaml:1:20: `pause' is out of range: 9.1s");
	assert_error(
	    "{number: 1, pause: 0s±5s}", "f.yaml:1:20: `pause' is out of range: 0s±5s");
	assert_error(
	    "{number: 1, pause: {exp: 10s}}", "f.yaml:1:26: `pause' is out of range: 10s");
	assert_error("{number: 1, pause: {normal: 0s, sd: 1s}}",
	    "f.yaml:1:29: `pause' is out of range: 0s");
	assert_int_equal(
	    outer_of("{number: 1, pause: {normal: 1s, sd: 50s}}").inner.pause.b_us, 50000000);
}

static void
a_word_that_is_none_is_answered_with_all_and_the_nearest(void **state)
{
	(void)state;
	assert_int_equal(outer_of("{number: 1, word: steady}").word, 1);
	assert_error("{number: 1, word: staedy}",
	    "f.yaml:1:19: `word' must be one of slow, steady, fast, not `staedy'; did you mean "
	    "`steady'?");
	assert_error("{number: 1, word: blue}",
	    "f.yaml:1:19: `word' must be one of slow, steady, fast, not `blue'");
}

/* ---- one of several ------------------------------------------------------------------ */

static int
read_one(
    const char *text, struct inner *out, const struct field **row, struct config_error *error)
{
	struct field_place at = { .file = "f.yaml", .error = error };
	struct tree t;
	int err;

	*error = (struct config_error){ "" };
	assert_int_equal(tree_parse(span_of(text), "f.yaml", &t, error), 0);
	err = fields_read_one(&at, t.root, inner_fields, 4, "a thing", out, row);
	tree_free(&t);
	return err;
}

static void
of_a_map_with_one_key_its_row_is_told(void **state)
{
	struct inner in = { 0 };
	struct config_error error;
	const struct field *row = NULL;

	(void)state;
	assert_int_equal(read_one("{size: 9}", &in, &row, &error), 0);
	assert_ptr_equal(row, &inner_fields[0]);
	assert_int_equal(in.size, 9);
	assert_int_equal(read_one("{map: {deep: 3s}}", &in, &row, &error), 0);
	assert_ptr_equal(row, &inner_fields[3]);
	assert_int_equal(in.deep_us, 3000000);
	/* Others are not touched, not even by their defaults. */
	assert_int_equal(in.pause.a_us, 0);
}

static void
a_map_with_none_or_several_is_refused(void **state)
{
	static const char wanted[] =
	    "a thing is one of {size: ...}, {name: ...}, {pause: ...}, {map: ...}";
	static const char *const bad[] = { "{}", "[]", "size", "{size: 1, name: a}" };
	struct inner in = { 0 };
	struct config_error error;
	const struct field *row;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_not_equal(read_one(bad[i], &in, &row, &error), 0);
		assert_string_equal(error.text + strlen("f.yaml:1:1: "), wanted);
	}
	assert_int_not_equal(read_one("{siez: 1}", &in, &row, &error), 0);
	assert_string_equal(error.text, "f.yaml:1:2: unknown key `siez'; did you mean `size'?");
	assert_int_not_equal(read_one("{size: x}", &in, &row, &error), 0);
	assert_string_equal(error.text, "f.yaml:1:8: `size' must be a whole number, not `x'");
	assert_int_equal(mem_out(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_of_a_part_stand_in_the_same_map),
		cmocka_unit_test(a_part_has_its_defaults_too),
		cmocka_unit_test(unknown_keys_are_compared_with_those_of_parts_too),
		cmocka_unit_test(the_manual_shows_them_as_keys_of_the_map),
		cmocka_unit_test(where_all_is_kept_only_what_is_said_changes),
		cmocka_unit_test(a_pace_is_by_the_second_minute_or_hour),
		cmocka_unit_test(the_range_of_a_spread_is_its_middles),
		cmocka_unit_test(a_word_that_is_none_is_answered_with_all_and_the_nearest),
		cmocka_unit_test(of_a_map_with_one_key_its_row_is_told),
		cmocka_unit_test(a_map_with_none_or_several_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
