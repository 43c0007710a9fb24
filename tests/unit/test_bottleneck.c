/* test_bottleneck.c - when the farm was the bottleneck, and with which figures that is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "bottleneck.h"

/* The limits of these metrics are this text; NULL: none. */
static void
assert_limits(const struct metrics *m, const char *text)
{
	struct buf out = { 0 };

	assert_int_equal(farm_bottleneck(m, &out), text != NULL);
	assert_string_equal(buf_cstr(&out), text != NULL ? text : "");
	buf_done(&out);
}

static struct metrics *
new_metrics(void)
{
	struct metrics *m = calloc(1, sizeof *m);

	assert_non_null(m);
	return m;
}

static void
a_farm_that_kept_up_has_hit_none(void **state)
{
	struct metrics *m = new_metrics();

	(void)state;
	assert_limits(m, NULL);
	m->loop_lag_p99_ms = FARM_LOOP_LAG_MAX_MS;
	for (int i = 0; i < 1000; i++)
		hist_add(&m->start_lag, 1000);
	/* The p99 counts, not the worst one. */
	hist_add(&m->start_lag, 900000);
	assert_limits(m, NULL);
	free(m);
}

static void
a_late_loop_is_named_with_its_shard(void **state)
{
	struct metrics *m = new_metrics();

	(void)state;
	m->loop_lag_p99_ms = 134.4;
	m->loop_lag_shard = 1;
	assert_limits(m, "loop lag p99 134 ms > 100 ms on shard 1");
	free(m);
}

/* "100 ms > 100 ms" would be a riddle. */
static void
a_narrow_miss_is_said_in_finer_figures(void **state)
{
	struct metrics *m = new_metrics();

	(void)state;
	m->loop_lag_p99_ms = 100.25;
	assert_limits(m, "loop lag p99 100.25 ms > 100 ms on shard 0");
	free(m);
}

static void
starts_that_came_late_are_a_limit(void **state)
{
	struct metrics *m = new_metrics();
	struct buf out = { 0 };

	(void)state;
	hist_add(&m->start_lag, 300000);
	assert_true(farm_bottleneck(m, &out));
	assert_memory_equal(buf_cstr(&out), "start lag p99 ", 14);
	assert_true(out.n > 24);
	buf_done(&out);
	free(m);
}

static void
tries_for_which_no_descriptor_was_left_are_a_limit(void **state)
{
	struct metrics *m = new_metrics();

	(void)state;
	m->without_descriptor = 12;
	assert_limits(m, "no descriptor was left for 12 tries");
	free(m);
}

static void
several_are_all_said(void **state)
{
	struct metrics *m = new_metrics();
	struct buf out = { 0 };

	(void)state;
	m->loop_lag_p99_ms = 2000;
	hist_add(&m->start_lag, 1 << 20);
	m->without_descriptor = 3;
	assert_true(farm_bottleneck(m, &out));
	assert_string_equal(buf_cstr(&out),
	    "loop lag p99 2000 ms > 100 ms on shard 0; start lag p99 1049 ms > 250 ms; "
	    "no descriptor was left for 3 tries");
	buf_done(&out);
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_farm_that_kept_up_has_hit_none),
		cmocka_unit_test(a_late_loop_is_named_with_its_shard),
		cmocka_unit_test(a_narrow_miss_is_said_in_finer_figures),
		cmocka_unit_test(starts_that_came_late_are_a_limit),
		cmocka_unit_test(tries_for_which_no_descriptor_was_left_are_a_limit),
		cmocka_unit_test(several_are_all_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
