/* test_sim_wire.c - a shared wire: who gets how much, and when each is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "mem.h"
#include "rng.h"
#include "sim_wire.h"

enum { MS = 1000, S = 1000 * 1000, MB = 1000 * 1000, SENDERS = 64 };

struct sender {
	struct sim_wire_slot *slot;
	struct scene *scene;
	uint64_t done_us; /* 0: not yet */
	unsigned times;
	struct sender *then; /* is put when this one is done */
	uint64_t then_bytes;
};

struct scene {
	struct sim_clock *clock;
	struct sim_load *load;
	struct sim_wire wire;
	struct sender s[SENDERS];
};

static void
put(struct scene *c, struct sender *s, uint64_t bytes)
{
	s->slot = sim_wire_put(&c->wire, bytes, s);
	assert_non_null(s->slot);
}

static void
on_done(void *arg)
{
	struct sender *s = arg;

	s->done_us = sim_clock_us(s->scene->clock);
	s->times++;
	if (s->then != NULL)
		put(s->scene, s->then, s->then_bytes);
}

static struct scene *
scene_new(uint64_t bytes_per_s)
{
	struct scene *c = mem_new(sizeof *c);

	assert_non_null(c);
	assert_int_equal(sim_clock_new(&c->clock), 0);
	assert_int_equal(sim_load_new(1, &c->load), 0);
	assert_int_equal(sim_wire_init(&c->wire, c->clock, c->load, on_done, bytes_per_s), 0);
	for (size_t i = 0; i < SENDERS; i++)
		c->s[i].scene = c;
	return c;
}

static void
scene_free(struct scene *c)
{
	sim_wire_done(&c->wire);
	assert_true(sim_clock_idle(c->clock));
	sim_clock_free(c->clock);
	sim_load_free(c->load);
	mem_free(c);
}

static void
run(struct scene *c, uint64_t until_us)
{
	while (sim_clock_step(c->clock, until_us))
		;
}

static void
nothing_happens(void *arg)
{
	(void)arg;
}

/* Time passes though nothing happens. */
static void
run_to(struct scene *c, uint64_t at_us)
{
	struct sim_event nothing = { .fn = nothing_happens, .arg = NULL };

	assert_int_equal(sim_clock_set(c->clock, &nothing, at_us - sim_clock_us(c->clock)), 0);
	run(c, at_us);
}

static void
alone_it_takes_bytes_by_rate(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	put(c, &c->s[0], 1000);
	run(c, 10 * S);
	assert_int_equal(c->s[0].done_us, 1 * MS);
	assert_int_equal(c->s[0].times, 1);
	scene_free(c);
}

static void
two_that_begin_together_take_twice_as_long(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	put(c, &c->s[0], 1000);
	put(c, &c->s[1], 1000);
	run(c, 10 * S);
	assert_int_equal(c->s[0].done_us, 2 * MS);
	assert_int_equal(c->s[1].done_us, 2 * MS);
	scene_free(c);
}

static void
the_shorter_one_leaves_and_the_longer_one_gets_the_whole_wire(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	put(c, &c->s[0], 3000);
	put(c, &c->s[1], 1000);
	run(c, 10 * S);
	/* Both at half until 1000 bytes each have gone, then 2000 alone. */
	assert_int_equal(c->s[1].done_us, 2 * MS);
	assert_int_equal(c->s[0].done_us, 4 * MS);
	scene_free(c);
}

static void
a_late_comer_slows_the_first_down(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	put(c, &c->s[0], 2000);
	run_to(c, 1 * MS);
	put(c, &c->s[1], 5000);
	run(c, 10 * S);
	/* 1000 alone, 1000 at half; then 4000 are left. */
	assert_int_equal(c->s[0].done_us, 3 * MS);
	assert_int_equal(c->s[1].done_us, 7 * MS);
	scene_free(c);
}

static void
a_small_reply_is_not_stuck_behind_a_download(void **state)
{
	struct scene *c = scene_new(12500000);

	(void)state;
	put(c, &c->s[0], 15 * MB);
	run_to(c, 100 * MS);
	put(c, &c->s[1], 1250);
	run(c, 100 * S);
	assert_int_equal(c->s[1].done_us, 100 * MS + 200);
	assert_int_equal(c->s[0].done_us, 1200 * MS + 100);
	scene_free(c);
}

static void
an_idle_wire_begins_anew(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	for (uint64_t i = 0; i < 5; i++) {
		put(c, &c->s[0], 500);
		run(c, 100 * S);
		assert_int_equal(c->s[0].done_us, i * S + 500);
		run_to(c, (i + 1) * S);
	}
	assert_int_equal(c->s[0].times, 5);
	scene_free(c);
}

static void
nothing_to_send_is_done_at_once_but_later(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	put(c, &c->s[0], 0);
	assert_int_equal(c->s[0].times, 0);
	run(c, 0);
	assert_int_equal(c->s[0].times, 1);
	scene_free(c);
}

static void
who_is_done_may_send_again(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	c->s[0].then = &c->s[1];
	c->s[0].then_bytes = 1000;
	c->s[1].then = &c->s[2];
	c->s[1].then_bytes = 0;
	put(c, &c->s[0], 1000);
	put(c, &c->s[3], 3000);
	run(c, 10 * S);
	assert_int_equal(c->s[0].done_us, 2 * MS);
	assert_int_equal(c->s[1].done_us, 4 * MS);
	assert_int_equal(c->s[2].done_us, 4 * MS);
	assert_int_equal(c->s[3].done_us, 5 * MS);
	scene_free(c);
}

static void
what_is_taken_off_leaves_its_part_to_the_others(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	put(c, &c->s[0], 2000);
	put(c, &c->s[1], 9000);
	run_to(c, 2 * MS);
	sim_wire_take(&c->wire, c->s[1].slot);
	run(c, 100 * S);
	assert_int_equal(c->s[0].done_us, 3 * MS);
	assert_int_equal(c->s[1].times, 0);

	put(c, &c->s[2], 10);
	sim_wire_take(&c->wire, c->s[2].slot);
	run(c, 200 * S);
	assert_int_equal(c->s[2].times, 0);
	scene_free(c);
}

static void
the_limit_of_each_holds_when_there_is_room(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	sim_wire_limit_each(&c->wire, 100000);
	put(c, &c->s[0], 1000);
	put(c, &c->s[1], 1000);
	run(c, 10 * S);
	assert_int_equal(c->s[0].done_us, 10 * MS);
	assert_int_equal(c->s[1].done_us, 10 * MS);

	/* Of twenty, each gets less than its limit. */
	for (size_t i = 0; i < 20; i++)
		put(c, &c->s[i], 1000);
	run(c, 10 * S);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(c->s[i].done_us, 30 * MS);
	scene_free(c);
}

static void
a_limit_in_the_middle_counts_from_then_on(void **state)
{
	struct scene *c = scene_new(1 * MB);

	(void)state;
	put(c, &c->s[0], 4000);
	run_to(c, 1 * MS);
	sim_wire_limit_each(&c->wire, 100000);
	run_to(c, 11 * MS);
	sim_wire_limit_each(&c->wire, 0);
	run(c, 10 * S);
	/* 1000 in the first millisecond, 1000 in the next ten, 2000 in two. */
	assert_int_equal(c->s[0].done_us, 13 * MS);
	scene_free(c);
}

static void
without_a_limit_it_takes_next_to_no_time(void **state)
{
	struct scene *c = scene_new(0);

	(void)state;
	assert_false(sim_wire_is_limited(&c->wire));
	sim_wire_limit_each(&c->wire, 1000);
	assert_true(sim_wire_is_limited(&c->wire));
	put(c, &c->s[0], 15 * MB);
	run_to(c, 1 * S);
	sim_wire_limit_each(&c->wire, 0);
	run(c, 10 * S);
	assert_in_range(c->s[0].done_us, 1 * S, 1 * S + 20);
	scene_free(c);
}

static void
the_load_hears_when_the_wire_was_busy(void **state)
{
	struct scene *c = scene_new(1 * MB);
	const struct sim_load_cell *cell;
	uint64_t width;
	size_t n;

	(void)state;
	run_to(c, 500 * MS);
	put(c, &c->s[0], 700 * 1000);
	put(c, &c->s[1], 100 * 1000);
	run_to(c, 5 * S);
	put(c, &c->s[0], 1000);
	run(c, 100 * S);
	cell = sim_load_cells(c->load, &n, &width);
	assert_int_equal(n, 6);
	assert_int_equal(cell[0].wire_us, 500 * MS);
	assert_int_equal(cell[1].wire_us, 300 * MS);
	assert_int_equal(cell[2].wire_us, 0);
	assert_int_equal(cell[5].wire_us, 1 * MS);
	assert_int_equal(sim_load_total(c->load)->wire_us, 801 * MS);
	scene_free(c);
}

static void
the_load_hears_of_every_byte_once(void **state)
{
	struct scene *c = scene_new(125 * (uint64_t)MB);
	const struct sim_load_total *t = sim_load_total(c->load);
	struct rng rng;
	uint64_t sum = 0;

	(void)state;
	rng_seed(&rng, 3, 0);
	/* Small replies: each takes a whole microsecond in which 125 bytes could go. */
	for (size_t i = 0; i < 1000; i++) {
		uint64_t n = rng_below(&rng, 300);

		put(c, &c->s[i % SENDERS], n);
		sum += n;
		run_to(c, (i + 1) * 17);
	}
	run(c, 10 * S);
	assert_int_equal(t->bytes_out, sum);

	/* What is taken off has gone as far as it had gone. */
	put(c, &c->s[0], 250 * MB);
	run_to(c, 10 * S);
	put(c, &c->s[0], 250 * MB);
	put(c, &c->s[1], 250 * MB);
	sum += 250 * MB;
	run_to(c, 11 * S);
	sim_wire_take(&c->wire, c->s[0].slot);
	sim_wire_take(&c->wire, c->s[1].slot);
	run(c, 20 * S);
	assert_in_range(t->bytes_out, sum + 125 * MB - 1, sum + 125 * MB + 1);
	scene_free(c);
}

static void
taking_off_never_takes_back_what_was_told(void **state)
{
	struct scene *c = scene_new(125 * (uint64_t)MB);
	const struct sim_load_total *t = sim_load_total(c->load);
	uint64_t before = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 9, 0);
	/* Small ones end early within their microseconds, beside a large one that is stopped
	 * just when a second begins. */
	for (uint64_t i = 1; i <= 200; i++) {
		run_to(c, i * S - 10);
		put(c, &c->s[0], rng_below(&rng, 200));
		put(c, &c->s[1], 1 * MB);
		run_to(c, i * S);
		sim_wire_take(&c->wire, c->s[1].slot);
		assert_in_range(t->bytes_out, before, before + 1251);
		before = t->bytes_out;
	}
	assert_in_range(t->out_peak.most, 1000, 1251);
	scene_free(c);
}

static void
no_second_carries_more_than_the_wire_can(void **state)
{
	struct scene *c = scene_new(10 * (uint64_t)MB);
	const struct sim_load_cell *cell;
	uint64_t width;
	size_t n;

	(void)state;
	for (size_t i = 0; i < SENDERS; i++)
		put(c, &c->s[i], 1 * MB);
	run(c, 100 * S);
	cell = sim_load_cells(c->load, &n, &width);
	assert_int_equal(n, 7);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(cell[i].bytes_out, 10 * MB);
	assert_int_equal(cell[6].bytes_out, 4 * MB);
	assert_int_equal(sim_load_total(c->load)->out_peak.most, 10 * MB);
	scene_free(c);
}

static void
it_needs_no_more_memory_than_senders_at_once(void **state)
{
	struct scene *c = scene_new(1 * MB);
	long out;

	(void)state;
	for (size_t i = 0; i < SENDERS; i++)
		put(c, &c->s[i], 100);
	run(c, 1 * S);
	out = mem_out();
	for (size_t i = 0; i < 10000; i++) {
		for (size_t k = 0; k < SENDERS; k++)
			put(c, &c->s[k], 1);
		run_to(c, (i + 2) * S);
	}
	assert_int_equal(mem_out(), out);
	scene_free(c);
}

/* By definition: in small steps, each gets its part of each step. */
static void
it_shares_as_by_definition(void **state)
{
	struct scene *c = scene_new(1 * MB);
	double left[SENDERS];
	uint64_t want[SENDERS] = { 0 }, from[SENDERS];
	struct rng rng;
	size_t there;

	(void)state;
	rng_seed(&rng, 5, 0);
	for (size_t i = 0; i < SENDERS; i++) {
		from[i] = rng_below(&rng, 50 * MS);
		left[i] = (double)(1 + rng_below(&rng, 3000));
	}
	for (uint64_t t = 0; t < 500 * MS; t++) {
		there = 0;
		for (size_t i = 0; i < SENDERS; i++) {
			if (from[i] == t)
				put(c, &c->s[i], (uint64_t)left[i]);
			there += from[i] <= t && left[i] > 0;
		}
		for (size_t i = 0; i < SENDERS; i++) {
			if (from[i] > t || left[i] <= 0)
				continue;
			left[i] -= 1.0 / (double)there;
			if (left[i] <= 0)
				want[i] = t + 1;
		}
		run_to(c, t + 1);
	}
	for (size_t i = 0; i < SENDERS; i++) {
		assert_int_equal(c->s[i].times, 1);
		/* Within a step it is shared among those who were there at its beginning. */
		assert_in_range(c->s[i].done_us, want[i] - 5, want[i] + 5);
	}
	scene_free(c);
}

static void
a_thousand_downloads_end_together_and_no_byte_is_lost(void **state)
{
	enum { N = 1000 };
	struct scene *c = scene_new(125 * (uint64_t)MB);
	struct sender *all = mem_new(N * sizeof *all);

	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < N; i++) {
		all[i].scene = c;
		put(c, &all[i], 15 * MB);
	}
	run(c, 1000ull * S);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(all[i].done_us, 120 * S);
	mem_free(all);
	scene_free(c);
}

static void
without_memory_nothing_is_begun(void **state)
{
	struct scene *c = scene_new(1 * MB);
	struct sim_wire w;
	long out = mem_out();

	(void)state;
	for (long n = 1;; n++) {
		int rc;

		mem_fail_at(n);
		rc = sim_wire_init(&w, c->clock, c->load, on_done, 1);
		mem_fail_at(0);
		if (rc == 0)
			break;
		assert_int_equal(rc, -ENOMEM);
		assert_true(mem_out() <= out + 1); /* the clock may have grown */
	}
	sim_wire_done(&w);

	/* A slot, then the clock of what is given. */
	for (long n = 1; n <= 2; n++) {
		mem_fail_at(n);
		assert_null(sim_wire_put(&c->wire, 1000, &c->s[0]));
		mem_fail_at(0);
	}
	put(c, &c->s[1], 1000);
	run(c, 100 * S);
	assert_int_equal(c->s[0].times, 0);
	assert_int_equal(c->s[1].done_us, 1 * MS);
	scene_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone_it_takes_bytes_by_rate),
		cmocka_unit_test(two_that_begin_together_take_twice_as_long),
		cmocka_unit_test(the_shorter_one_leaves_and_the_longer_one_gets_the_whole_wire),
		cmocka_unit_test(a_late_comer_slows_the_first_down),
		cmocka_unit_test(a_small_reply_is_not_stuck_behind_a_download),
		cmocka_unit_test(an_idle_wire_begins_anew),
		cmocka_unit_test(nothing_to_send_is_done_at_once_but_later),
		cmocka_unit_test(who_is_done_may_send_again),
		cmocka_unit_test(what_is_taken_off_leaves_its_part_to_the_others),
		cmocka_unit_test(the_limit_of_each_holds_when_there_is_room),
		cmocka_unit_test(a_limit_in_the_middle_counts_from_then_on),
		cmocka_unit_test(without_a_limit_it_takes_next_to_no_time),
		cmocka_unit_test(the_load_hears_when_the_wire_was_busy),
		cmocka_unit_test(the_load_hears_of_every_byte_once),
		cmocka_unit_test(taking_off_never_takes_back_what_was_told),
		cmocka_unit_test(no_second_carries_more_than_the_wire_can),
		cmocka_unit_test(it_needs_no_more_memory_than_senders_at_once),
		cmocka_unit_test(it_shares_as_by_definition),
		cmocka_unit_test(a_thousand_downloads_end_together_and_no_byte_is_lost),
		cmocka_unit_test(without_memory_nothing_is_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
