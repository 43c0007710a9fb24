/* test_sim_clock.c - virtual time: order, ties, moving, taking out, room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rng.h"
#include "sim_clock.h"

enum { BELLS = 2000, RINGS_MAX = 8192 };

struct tower {
	struct sim_clock *clock;
	struct bell {
		struct sim_event ev;
		struct tower *tower;
		uint64_t again_us; /* set itself again after so long; 0: no */
		struct bell *stop; /* take this one out when it rings */
	} bell[BELLS];
	struct ring {
		size_t bell;
		uint64_t at_us;
	} ring[RINGS_MAX];
	size_t n;
};

static void
ring(void *arg)
{
	struct bell *b = arg;
	struct tower *t = b->tower;

	assert_true(t->n < RINGS_MAX);
	assert_int_equal(b->ev.place, 0);
	t->ring[t->n++] = (struct ring){ (size_t)(b - t->bell), sim_clock_us(t->clock) };
	if (b->stop != NULL)
		sim_clock_unset(t->clock, &b->stop->ev);
	if (b->again_us != 0)
		assert_int_equal(sim_clock_set(t->clock, &b->ev, b->again_us), 0);
}

static int
build(void **state)
{
	struct tower *t = mem_new(sizeof *t);

	assert_non_null(t);
	assert_int_equal(sim_clock_new(&t->clock), 0);
	for (size_t i = 0; i < BELLS; i++) {
		t->bell[i].tower = t;
		t->bell[i].ev.fn = ring;
		t->bell[i].ev.arg = &t->bell[i];
	}
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct tower *t = *state;

	sim_clock_free(t->clock);
	mem_free(t);
	return mem_out() == 0 ? 0 : -1;
}

static void
set(struct tower *t, size_t bell, uint64_t after_us)
{
	assert_int_equal(sim_clock_set(t->clock, &t->bell[bell].ev, after_us), 0);
}

static void
rang(const struct tower *t, size_t i, size_t bell, uint64_t at_us)
{
	assert_true(i < t->n);
	assert_int_equal(t->ring[i].bell, bell);
	assert_int_equal(t->ring[i].at_us, at_us);
}

static void
run(struct tower *t)
{
	while (sim_clock_step(t->clock, UINT64_MAX))
		;
}

static void
time_begins_at_zero_and_stands_while_nothing_is_set(void **state)
{
	struct tower *t = *state;

	assert_int_equal(sim_clock_us(t->clock), 0);
	assert_true(sim_clock_idle(t->clock));
	assert_true(sim_clock_next_us(t->clock) == UINT64_MAX);
	assert_false(sim_clock_step(t->clock, 1000));
	assert_int_equal(sim_clock_us(t->clock), 0);
}

static void
what_is_due_earlier_happens_earlier(void **state)
{
	struct tower *t = *state;

	set(t, 0, 30);
	set(t, 1, 10);
	set(t, 2, 20);
	assert_false(sim_clock_idle(t->clock));
	assert_int_equal(sim_clock_next_us(t->clock), 10);
	run(t);
	assert_int_equal(t->n, 3);
	rang(t, 0, 1, 10);
	rang(t, 1, 2, 20);
	rang(t, 2, 0, 30);
	assert_int_equal(sim_clock_us(t->clock), 30);
	assert_true(sim_clock_idle(t->clock));
}

static void
ties_happen_in_the_order_in_which_they_were_set(void **state)
{
	struct tower *t = *state;

	for (size_t i = 0; i < 500; i++)
		set(t, (i * 7) % 500, 1000);
	run(t);
	assert_int_equal(t->n, 500);
	for (size_t i = 0; i < 500; i++)
		rang(t, i, (i * 7) % 500, 1000);
}

static void
one_that_is_moved_goes_behind_those_of_its_new_time(void **state)
{
	struct tower *t = *state;

	set(t, 0, 10);
	set(t, 1, 10);
	set(t, 0, 10);
	set(t, 2, 5);
	set(t, 2, 40);
	set(t, 3, 40);
	set(t, 3, 5);
	run(t);
	assert_int_equal(t->n, 4);
	rang(t, 0, 3, 5);
	rang(t, 1, 1, 10);
	rang(t, 2, 0, 10);
	rang(t, 3, 2, 40);
}

static void
one_that_is_taken_out_does_not_happen(void **state)
{
	struct tower *t = *state;

	set(t, 0, 10);
	set(t, 1, 20);
	set(t, 2, 30);
	sim_clock_unset(t->clock, &t->bell[1].ev);
	sim_clock_unset(t->clock, &t->bell[1].ev);
	sim_clock_unset(t->clock, &t->bell[3].ev);
	run(t);
	assert_int_equal(t->n, 2);
	rang(t, 0, 0, 10);
	rang(t, 1, 2, 30);
}

static void
after_zero_comes_behind_what_is_due_now_already(void **state)
{
	struct tower *t = *state;

	set(t, 0, 10);
	set(t, 1, 10);
	t->bell[0].stop = NULL;
	assert_true(sim_clock_step(t->clock, 100));
	set(t, 2, 0);
	run(t);
	rang(t, 0, 0, 10);
	rang(t, 1, 1, 10);
	rang(t, 2, 2, 10);
}

static void
an_event_may_set_itself_again_and_take_out_another(void **state)
{
	struct tower *t = *state;

	t->bell[0].again_us = 7;
	t->bell[1].stop = &t->bell[0];
	set(t, 0, 7);
	set(t, 1, 22);
	run(t);
	assert_int_equal(t->n, 4);
	rang(t, 0, 0, 7);
	rang(t, 1, 0, 14);
	rang(t, 2, 0, 21);
	rang(t, 3, 1, 22);
}

static void
time_goes_no_further_than_it_is_let(void **state)
{
	struct tower *t = *state;

	set(t, 0, 100);
	assert_false(sim_clock_step(t->clock, 99));
	assert_int_equal(sim_clock_us(t->clock), 99);
	assert_int_equal(t->n, 0);
	/* And never back. */
	assert_false(sim_clock_step(t->clock, 50));
	assert_int_equal(sim_clock_us(t->clock), 99);
	assert_true(sim_clock_step(t->clock, 100));
	rang(t, 0, 0, 100);
	set(t, 1, 5);
	run(t);
	rang(t, 1, 1, 105);
}

static void
a_time_beyond_all_times_does_not_wrap(void **state)
{
	struct tower *t = *state;

	set(t, 0, 10);
	run(t);
	set(t, 1, UINT64_MAX);
	set(t, 2, 10);
	assert_true(sim_clock_step(t->clock, 1000));
	rang(t, 1, 2, 20);
	assert_false(sim_clock_step(t->clock, 1000));
	assert_int_equal(t->n, 2);
}

/* Against the plainest of all: sort what was not taken out by time, then by order. */
struct wanted {
	size_t bell, order;
	uint64_t at_us;
	bool set;
};

static int
wanted_before(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->set != y->set)
		return x->set ? -1 : 1;
	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void
many_set_moved_and_taken_out_by_chance_happen_as_if_they_had_been_sorted(void **state)
{
	static struct wanted want[BELLS];
	struct tower *t = *state;
	struct rng rng;
	size_t n = 0;

	memset(want, 0, sizeof want);
	rng_seed(&rng, 42, 0);
	for (size_t i = 0; i < 10 * BELLS; i++) {
		size_t bell = rng_below(&rng, BELLS);
		uint64_t after_us = rng_below(&rng, 500);

		want[bell].bell = bell;
		want[bell].set = rng_below(&rng, 4) != 0;
		if (want[bell].set) {
			set(t, bell, after_us);
			want[bell].at_us = after_us;
			want[bell].order = i;
		} else {
			sim_clock_unset(t->clock, &t->bell[bell].ev);
		}
	}
	qsort(want, BELLS, sizeof want[0], wanted_before);
	run(t);
	for (; n < BELLS && want[n].set; n++)
		rang(t, n, want[n].bell, want[n].at_us);
	assert_int_equal(t->n, n);
}

static void
no_memory_leaves_the_event_as_it_was(void **state)
{
	struct tower *t = *state;
	size_t n = 0;
	int rc = 0;

	mem_fail_at(1);
	rc = sim_clock_set(t->clock, &t->bell[0].ev, 5);
	mem_fail_at(0);
	assert_int_equal(rc, -ENOMEM);
	assert_int_equal(t->bell[0].ev.place, 0);

	/* As many as there is room for without asking; the next one asks in vain. */
	set(t, 0, 5);
	mem_fail_at(1);
	for (n = 1; n < BELLS && rc == -ENOMEM; n++) {
		rc = sim_clock_set(t->clock, &t->bell[n].ev, 5);
		rc = rc == 0 ? -ENOMEM : -EAGAIN;
	}
	mem_fail_at(0);
	assert_int_equal(rc, -EAGAIN);
	/* Moving needs no room. */
	set(t, 0, 50);
	run(t);
	assert_int_equal(t->n, n - 1);
	rang(t, n - 2, 0, 50);
}

static void
a_held_event_can_always_be_set(void **state)
{
	struct tower *t = *state;

	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(sim_clock_hold(t->clock, &t->bell[i].ev), 0);
	mem_fail_at(1);
	/* What is not held may fail; it takes no held one's place. */
	for (size_t i = 1000; i < BELLS; i++)
		if (sim_clock_set(t->clock, &t->bell[i].ev, 5) != 0)
			break;
	mem_fail_at(1);
	for (size_t round = 0; round < 3; round++)
		for (size_t i = 0; i < 1000; i++)
			set(t, i, 10 + round);
	mem_fail_at(0);
	run(t);
	for (size_t i = 0; i < 1000; i++)
		rang(t, t->n - 1000 + i, i, 12);
	for (size_t i = 0; i < 1000; i++)
		sim_clock_let(t->clock, &t->bell[i].ev);
}

static void
a_place_given_back_takes_the_event_along(void **state)
{
	struct tower *t = *state;

	assert_int_equal(sim_clock_hold(t->clock, &t->bell[0].ev), 0);
	set(t, 0, 5);
	sim_clock_let(t->clock, &t->bell[0].ev);
	sim_clock_let(t->clock, &t->bell[0].ev);
	set(t, 1, 6);
	sim_clock_let(t->clock, &t->bell[1].ev);
	run(t);
	assert_int_equal(t->n, 0);
	mem_fail_at(1);
	assert_int_equal(sim_clock_hold(t->clock, &t->bell[2].ev), 0);
	mem_fail_at(0);
}

static void
no_room_to_hold_is_said(void **state)
{
	struct sim_clock *clock;
	struct sim_event ev = { .fn = ring };

	(void)state;
	mem_fail_at(1);
	assert_int_equal(sim_clock_new(&clock), -ENOMEM);
	mem_fail_at(2);
	assert_int_equal(sim_clock_new(&clock), 0);
	assert_int_equal(sim_clock_hold(clock, &ev), -ENOMEM);
	mem_fail_at(0);
	assert_false(ev.held);
	sim_clock_free(clock);
	sim_clock_free(NULL);
}

static void
what_outlives_its_clock_is_not_set_any_more(void **state)
{
	struct sim_clock *clock;
	struct sim_event ev = { .fn = ring };

	(void)state;
	assert_int_equal(sim_clock_new(&clock), 0);
	assert_int_equal(sim_clock_set(clock, &ev, 5), 0);
	assert_int_not_equal(ev.place, 0);
	sim_clock_free(clock);
	assert_int_equal(ev.place, 0);
}

#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLOCK_TEST(time_begins_at_zero_and_stands_while_nothing_is_set),
		CLOCK_TEST(what_is_due_earlier_happens_earlier),
		CLOCK_TEST(ties_happen_in_the_order_in_which_they_were_set),
		CLOCK_TEST(one_that_is_moved_goes_behind_those_of_its_new_time),
		CLOCK_TEST(one_that_is_taken_out_does_not_happen),
		CLOCK_TEST(after_zero_comes_behind_what_is_due_now_already),
		CLOCK_TEST(an_event_may_set_itself_again_and_take_out_another),
		CLOCK_TEST(time_goes_no_further_than_it_is_let),
		CLOCK_TEST(a_time_beyond_all_times_does_not_wrap),
		CLOCK_TEST(
		    many_set_moved_and_taken_out_by_chance_happen_as_if_they_had_been_sorted),
		CLOCK_TEST(no_memory_leaves_the_event_as_it_was),
		CLOCK_TEST(a_held_event_can_always_be_set),
		CLOCK_TEST(a_place_given_back_takes_the_event_along),
		CLOCK_TEST(no_room_to_hold_is_said),
		CLOCK_TEST(what_outlives_its_clock_is_not_set_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
