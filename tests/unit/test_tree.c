/* test_tree.c - YAML as a tree whose nodes know their place; bytes that are no YAML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "pool_file.h"
#include "profile_load.h"
#include "rng.h"
#include "scenario.h"
#include "temp_file.h"
#include "tree.h"

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
		cmocka_unit_test(given_random_bytes_no_loader_accepts_or_crashes),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
