/* test_sim_loop.c - a loop in virtual time: exact, in order, and it ends as the real one does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "loop.h"
#include "mem.h"
#include "sim_clock.h"
#include "sim_loop.h"

#define S UINT64_C(1000000)
#define HOUR (3600 * S)

enum { MARKS_MAX = 64, TIMERS = 4 };

struct bench;

struct pen { /* what a callback gets: who it is, and what it does besides leaving a mark */
	struct bench *b;
	int name;
	void (*then)(struct bench *);
};

struct bench {
	struct sim_clock *clock;
	struct loop *loop;
	struct loop_timer *timer[TIMERS];
	struct pen pen[TIMERS];
	int mark[MARKS_MAX];
	uint64_t at_us[MARKS_MAX];
	int n;
};

static int
bench_begin(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	assert_non_null(b);
	assert_int_equal(sim_clock_new(&b->clock), 0);
	assert_int_equal(sim_loop_new(b->clock, &b->loop), 0);
	*state = b;
	return 0;
}

static int
bench_end(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < TIMERS; i++)
		if (b->timer[i] != NULL)
			loop_timer_close(b->timer[i]);
	loop_free(b->loop);
	sim_clock_free(b->clock);
	free(b);
	assert_int_equal(mem_out(), 0);
	return 0;
}

static void
on_mark(void *arg)
{
	struct pen *p = arg;
	struct bench *b = p->b;

	assert_true(b->n < MARKS_MAX);
	b->at_us[b->n] = loop_now_us(b->loop);
	b->mark[b->n++] = p->name;
	if (p->then != NULL)
		p->then(b);
}

static struct loop_timer *
timer_of(struct bench *b, int i, void (*then)(struct bench *))
{
	b->pen[i] = (struct pen){ b, i, then };
	assert_int_equal(loop_timer_new(b->loop, on_mark, &b->pen[i], &b->timer[i]), 0);
	return b->timer[i];
}

static void
mark_is(const struct bench *b, int n, int name, uint64_t at_us)
{
	assert_true(n < b->n);
	assert_int_equal(b->mark[n], name);
	assert_int_equal(b->at_us[n], at_us);
}

/* ---- timers ---- */

static void
a_timer_rings_at_its_very_microsecond(void **state)
{
	struct bench *b = *state;

	loop_timer_set(timer_of(b, 0, NULL), 2501, 0);
	loop_timer_set(timer_of(b, 1, NULL), 2500, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 2);
	mark_is(b, 0, 1, 2500);
	mark_is(b, 1, 0, 2501);
	assert_int_equal(loop_now_us(b->loop), 2501);
}

static void
hours_pass_at_once(void **state)
{
	struct bench *b = *state;

	loop_timer_set(timer_of(b, 0, NULL), 1000 * 24 * HOUR, 0);
	loop_run(b->loop);
	mark_is(b, 0, 0, 1000 * 24 * HOUR);
}

static void
timers_of_one_time_ring_in_the_order_in_which_they_were_set(void **state)
{
	struct bench *b = *state;

	timer_of(b, 0, NULL);
	timer_of(b, 1, NULL);
	timer_of(b, 2, NULL);
	loop_timer_set(b->timer[2], 1 * S, 0);
	loop_timer_set(b->timer[0], 1 * S, 0);
	loop_timer_set(b->timer[1], 1 * S, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 3);
	mark_is(b, 0, 2, 1 * S);
	mark_is(b, 1, 0, 1 * S);
	mark_is(b, 2, 1, 1 * S);
}

static void
set_again_a_timer_is_moved(void **state)
{
	struct bench *b = *state;

	timer_of(b, 0, NULL);
	loop_timer_set(b->timer[0], 1 * S, 0);
	loop_timer_set(b->timer[0], 3 * S, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 1);
	mark_is(b, 0, 0, 3 * S);
}

static void
set_to_0_it_rings_now_but_after_what_is_due_already(void **state)
{
	struct bench *b = *state;

	timer_of(b, 0, NULL);
	timer_of(b, 1, NULL);
	loop_timer_set(b->timer[1], 0, 0);
	loop_timer_set(b->timer[0], 0, 0);
	loop_run(b->loop);
	mark_is(b, 0, 1, 0);
	mark_is(b, 1, 0, 0);
}

static void
stop_third(struct bench *b)
{
	if (b->n == 3)
		loop_timer_stop(b->timer[0]);
}

static void
a_period_is_kept_without_drifting(void **state)
{
	struct bench *b = *state;

	timer_of(b, 0, stop_third);
	loop_timer_set(b->timer[0], 500, 333);
	loop_run(b->loop);
	assert_int_equal(b->n, 3);
	mark_is(b, 0, 0, 500);
	mark_is(b, 1, 0, 833);
	mark_is(b, 2, 0, 1166);
}

static void
set_once(struct bench *b)
{
	if (b->n == 2)
		loop_timer_set(b->timer[0], 10, 0);
}

static void
a_period_ends_when_the_timer_is_set_for_once(void **state)
{
	struct bench *b = *state;

	timer_of(b, 0, set_once);
	loop_timer_set(b->timer[0], 100, 100);
	loop_run(b->loop);
	assert_int_equal(b->n, 3);
	mark_is(b, 2, 0, 210);
}

static void
a_stopped_timer_does_not_ring_and_may_be_set_later(void **state)
{
	struct bench *b = *state;

	timer_of(b, 0, NULL);
	loop_timer_set(b->timer[0], 5, 5);
	loop_timer_stop(b->timer[0]);
	loop_timer_stop(b->timer[0]);
	loop_run(b->loop);
	assert_int_equal(b->n, 0);
	loop_timer_set(b->timer[0], 7, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 1);
	mark_is(b, 0, 0, 7);
}

static void
close_itself(struct bench *b)
{
	loop_timer_close(b->timer[0]);
	b->timer[0] = NULL;
}

static void
a_timer_may_be_closed_in_its_own_call(void **state)
{
	struct bench *b = *state;

	loop_timer_set(timer_of(b, 0, close_itself), 5, 5);
	loop_run(b->loop);
	assert_int_equal(b->n, 1);
}

static void
close_the_other(struct bench *b)
{
	loop_timer_close(b->timer[1]);
	b->timer[1] = NULL;
}

static void
a_timer_closed_at_the_moment_it_is_due_does_not_ring(void **state)
{
	struct bench *b = *state;

	loop_timer_set(timer_of(b, 0, close_the_other), 5, 0);
	loop_timer_set(timer_of(b, 1, NULL), 5, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 1);
	mark_is(b, 0, 0, 5);
}

static void
set_the_other(struct bench *b)
{
	loop_timer_set(b->timer[1], 20, 0);
}

static void
from_now_means_from_the_time_of_the_call_that_sets_it(void **state)
{
	struct bench *b = *state;

	loop_timer_set(timer_of(b, 0, set_the_other), 50, 0);
	loop_timer_set(timer_of(b, 1, NULL), 60, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 2);
	mark_is(b, 1, 1, 70);
}

/* ---- posts ---- */

static void
post(struct bench *b, int i)
{
	b->pen[i].b = b;
	b->pen[i].name = i;
	assert_int_equal(loop_post(b->loop, on_mark, &b->pen[i]), 0);
}

static void
post_two(struct bench *b)
{
	post(b, 2);
	post(b, 3);
}

static void
posts_are_read_at_the_same_time_in_their_order(void **state)
{
	struct bench *b = *state;

	loop_timer_set(timer_of(b, 0, post_two), 10, 0);
	loop_timer_set(timer_of(b, 1, NULL), 10, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 4);
	mark_is(b, 0, 0, 10);
	mark_is(b, 1, 1, 10);
	mark_is(b, 2, 2, 10);
	mark_is(b, 3, 3, 10);
}

static void
given_a_note_before_the_run_it_is_read_though_nothing_else_is_open(void **state)
{
	struct bench *b = *state;

	post(b, 1);
	assert_int_equal(b->n, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 1);
}

static void
post_another(struct bench *b)
{
	if (b->n < 10)
		post(b, 0);
}

static void
a_note_may_post_another(void **state)
{
	struct bench *b = *state;

	b->pen[0].then = post_another;
	post(b, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 10);
	assert_int_equal(loop_now_us(b->loop), 0);
}

/* bench_end() counts what is out. */
static void
given_a_note_that_is_never_read_it_is_not_leaked(void **state)
{
	struct bench *b = *state;

	post(b, 0);
	post(b, 1);
	assert_int_equal(b->n, 0);
}

/* ---- its end ---- */

static void
stop_it(struct bench *b)
{
	loop_stop(b->loop);
}

static void
stopped_it_returns_at_once_and_may_run_again(void **state)
{
	struct bench *b = *state;

	loop_timer_set(timer_of(b, 0, stop_it), 10, 0);
	loop_timer_set(timer_of(b, 1, NULL), 10, 0);
	loop_timer_set(timer_of(b, 2, NULL), 20, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 1);
	assert_int_equal(loop_now_us(b->loop), 10);
	loop_run(b->loop);
	assert_int_equal(b->n, 3);
	mark_is(b, 1, 1, 10);
	mark_is(b, 2, 2, 20);
}

static void
stopped_beforehand_it_does_not_begin(void **state)
{
	struct bench *b = *state;

	post(b, 0);
	loop_stop(b->loop);
	loop_run(b->loop);
	assert_int_equal(b->n, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 1);
}

static void
with_nothing_to_wait_for_it_ends_where_it_stands(void **state)
{
	struct bench *b = *state;

	loop_run(b->loop);
	assert_int_equal(loop_now_us(b->loop), 0);
	assert_true(loop_lag_p99_ms(b->loop) == 0);
}

/* ---- the clock is shared ---- */

static void
on_event(void *arg)
{
	struct bench *b = arg;

	b->at_us[b->n] = sim_clock_us(b->clock);
	b->mark[b->n++] = 99;
}

static void
what_else_is_set_on_the_clock_happens_in_between(void **state)
{
	struct bench *b = *state;
	struct sim_event event = { .fn = on_event, .arg = b };

	assert_int_equal(sim_clock_set(b->clock, &event, 15), 0);
	loop_timer_set(timer_of(b, 0, NULL), 10, 0);
	loop_timer_set(timer_of(b, 1, NULL), 20, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, 3);
	mark_is(b, 0, 0, 10);
	mark_is(b, 1, 99, 15);
	mark_is(b, 2, 1, 20);
}

static void
two_loops_on_one_clock_have_one_time(void **state)
{
	struct bench *b = *state;
	struct loop *other;

	assert_int_equal(sim_loop_new(b->clock, &other), 0);
	loop_timer_set(timer_of(b, 0, NULL), 10, 0);
	loop_run(other);
	assert_int_equal(b->n, 1);
	assert_int_equal(loop_now_us(other), 10);
	loop_free(other);
}

/* ---- memory ---- */

static void
without_memory_nothing_is_made_and_nothing_is_lost(void **state)
{
	struct bench *b = *state;
	struct loop_timer *timer = NULL;
	struct loop *loop = NULL;
	long before = mem_out();

	mem_fail_at(1);
	assert_int_equal(sim_loop_new(b->clock, &loop), -ENOMEM);
	mem_fail_at(1);
	assert_int_equal(loop_timer_new(b->loop, on_mark, NULL, &timer), -ENOMEM);
	mem_fail_at(1);
	assert_int_equal(loop_post(b->loop, on_mark, NULL), -ENOMEM);
	mem_fail_at(0);
	assert_null(loop);
	assert_null(timer);
	assert_int_equal(mem_out(), before);
}

/* The clock's heap has to grow for some of these: setting a timer needs none of it. */
static void
a_timer_that_exists_can_be_set_whatever_memory_there_is(void **state)
{
	enum { MANY = 1000 };
	struct bench *b = *state;
	struct loop_timer *timer[MANY];
	struct pen pen = { b, 7, NULL };

	for (int i = 0; i < MANY; i++)
		assert_int_equal(loop_timer_new(b->loop, on_mark, &pen, &timer[i]), 0);
	mem_fail_at(1);
	for (int i = 0; i < MANY; i++)
		loop_timer_set(timer[i], (uint64_t)(MANY - i) * S, 0);
	mem_fail_at(0);
	for (int i = MARKS_MAX; i < MANY; i++)
		loop_timer_stop(timer[i]);
	loop_run(b->loop);
	assert_int_equal(b->n, MARKS_MAX);
	mark_is(b, 0, 7, (MANY - MARKS_MAX + 1) * S);
	mark_is(b, MARKS_MAX - 1, 7, MANY * S);
	for (int i = 0; i < MANY; i++)
		loop_timer_close(timer[i]);
}

/* As many notes as it takes until the heap has to grow and cannot. */
static void
a_note_for_which_the_clock_has_no_room_is_refused_whole(void **state)
{
	struct bench *b = *state;
	int posted = 0;
	long before;

	b->pen[0] = (struct pen){ b, 0, NULL };
	do {
		assert_true(posted < MARKS_MAX);
		before = mem_out();
		mem_fail_at(2);
	} while (loop_post(b->loop, on_mark, &b->pen[0]) == 0 && ++posted);
	mem_fail_at(0);
	assert_int_equal(mem_out(), before);
	loop_run(b->loop);
	assert_int_equal(b->n, posted);
	post(b, 0);
	loop_run(b->loop);
	assert_int_equal(b->n, posted + 1);
}

#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_begin, bench_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TEST(a_timer_rings_at_its_very_microsecond),
		BENCH_TEST(hours_pass_at_once),
		BENCH_TEST(timers_of_one_time_ring_in_the_order_in_which_they_were_set),
		BENCH_TEST(set_again_a_timer_is_moved),
		BENCH_TEST(set_to_0_it_rings_now_but_after_what_is_due_already),
		BENCH_TEST(a_period_is_kept_without_drifting),
		BENCH_TEST(a_period_ends_when_the_timer_is_set_for_once),
		BENCH_TEST(a_stopped_timer_does_not_ring_and_may_be_set_later),
		BENCH_TEST(a_timer_may_be_closed_in_its_own_call),
		BENCH_TEST(a_timer_closed_at_the_moment_it_is_due_does_not_ring),
		BENCH_TEST(from_now_means_from_the_time_of_the_call_that_sets_it),
		BENCH_TEST(posts_are_read_at_the_same_time_in_their_order),
		BENCH_TEST(given_a_note_before_the_run_it_is_read_though_nothing_else_is_open),
		BENCH_TEST(a_note_may_post_another),
		BENCH_TEST(given_a_note_that_is_never_read_it_is_not_leaked),
		BENCH_TEST(stopped_it_returns_at_once_and_may_run_again),
		BENCH_TEST(stopped_beforehand_it_does_not_begin),
		BENCH_TEST(with_nothing_to_wait_for_it_ends_where_it_stands),
		BENCH_TEST(what_else_is_set_on_the_clock_happens_in_between),
		BENCH_TEST(two_loops_on_one_clock_have_one_time),
		BENCH_TEST(without_memory_nothing_is_made_and_nothing_is_lost),
		BENCH_TEST(a_timer_that_exists_can_be_set_whatever_memory_there_is),
		BENCH_TEST(a_note_for_which_the_clock_has_no_room_is_refused_whole),
	};

	return cmocka_run_group_tests_name("sim_loop", tests, NULL, NULL);
}
