/* test_tree.c - YAML as a tree whose nodes know their place; bytes that are no YAML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "edge.h"
#include "mem.h"
#include "pool_file.h"
#include "profile_load.h"
#include "rng.h"
#include "scenario.h"
#include "temp_file.h"
#include "tree.h"

static void
given_a_document_every_node_knows_its_place(void **state)
{
	static const char text[] =
	    "a: 1\nb:\n  - x\n  - {c: 'y', d: [z]}\ne: |\n  two\n  lines\n";
	struct config_error error = { "" };
	const struct node *n;
	struct tree t;

	(void)state;
	assert_int_equal(tree_parse(span_of(text), "t.yaml", &t, &error), 0);
	n = tree_get(t.root, "b");
	assert_int_equal(n->kind, NODE_LIST);
	assert_int_equal(n->key_at.line, 2);
	n = n->first;
	assert_string_equal(n->text, "x");
	assert_false(n->quoted);
	assert_true(n->at.line == 3 && n->at.col == 5);
	n = tree_get(n->next, "c");
	assert_string_equal(n->text, "y");
	assert_true(n->quoted);
	assert_true(n->at.line == 4 && n->at.col == 9);
	assert_true(n->key_at.line == 4 && n->key_at.col == 6);
	assert_string_equal(n->next->first->text, "z");
	assert_string_equal(tree_get(t.root, "e")->text, "two\nlines\n");
	assert_null(tree_get(t.root, "f"));
	assert_null(tree_get(tree_get(t.root, "a"), "f"));
	tree_free(&t);
	tree_free(&t);
	tree_free(NULL);
	assert_int_equal(mem_out(), 0);
}

static void
given_every_truncation_nothing_crashes_or_leaks(void **state)
{
	static const char text[] =
	    "a: {b: [1, 'two', \"thr\\u00e9e\"], c: ~}\nd:\n- e: >\n    f\n- *g\n";
	struct config_error error;
	struct tree t;

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		error.text[0] = '\0';
		if (tree_parse(edge((struct span){ (const uint8_t *)text, n }), "t.yaml", &t,
			&error) == 0)
			tree_free(&t);
		else
			assert_true(strncmp(error.text, "t.yaml:", 7) == 0);
		assert_int_equal(mem_out(), 0);
	}
	assert_non_null(strstr(error.text, "t.yaml:5:3: anchors and aliases"));
}

static void
given_more_values_than_any_file_needs_it_is_refused(void **state)
{
	struct config_error error = { "" };
	struct buf text = { 0 };
	struct tree t;

	(void)state;
	for (int i = 0; i < 150000; i++)
		buf_printf(&text, "k%d:\n", i);
	assert_int_not_equal(tree_parse(buf_bytes(&text), "t.yaml", &t, &error), 0);
	assert_non_null(strstr(error.text, "t.yaml:20000:"));
	assert_non_null(strstr(error.text, "more than 20000 values"));
	buf_done(&text);
	assert_int_equal(mem_out(), 0);
}

static void
given_random_bytes_no_loader_accepts_or_crashes(void **state)
{
	enum { SIZE = 1 << 20 };
	uint8_t *bytes = malloc(SIZE);
	struct rng r;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct config_error error = { "" };
		struct profile *profile;
		struct pool_file pool;
		struct scenario s;
		const char *path;
		size_t n = seed == 1 ? SIZE : 64 * seed;

		rng_seed(&r, seed, 0);
		for (size_t i = 0; i < n; i++)
			bytes[i] = seed % 2
			    ? (uint8_t)rng_u32(&r)
			    : (uint8_t) "{}[]:- ab\n,&*'\"|>#!%@"[rng_below(&r, 22)];
		path = temp_file("r.yaml", bytes, n);
		assert_int_not_equal(scenario_load(path, &s, &error), 0);
		assert_int_not_equal(pool_file_load(path, &pool, &error), 0);
		assert_int_not_equal(profile_load(path, &profile, &error), 0);
		assert_non_null(strstr(error.text, "r.yaml"));
		assert_null(strchr(error.text, '\n'));
		assert_int_equal(mem_out(), 0);
	}
	free(bytes);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_document_every_node_knows_its_place),
		cmocka_unit_test(given_every_truncation_nothing_crashes_or_leaks),
		cmocka_unit_test(given_more_values_than_any_file_needs_it_is_refused),
		cmocka_unit_test(given_random_bytes_no_loader_accepts_or_crashes),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
