/*
 * test_farm_people.c - people who sign out, come back and sign in, and ask for updates, with
 * toy instances in virtual time: whom the farm tells and when, how they count meanwhile, and
 * what the run waits for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "toy_farm.h"

#define S UINT64_C(1000000)

static struct farm_event
out_at(uint64_t at_us, const char *who)
{
	return toy_event(SCENARIO_SIGN_OUT, at_us, who);
}

static struct farm_event
in_at(uint64_t at_us, const char *who)
{
	return toy_event(SCENARIO_SIGN_IN, at_us, who);
}

static struct farm_event
check_at(uint64_t at_us, const char *who)
{
	return toy_event(SCENARIO_CHECK_UPDATE, at_us, who);
}

/* ---- out and in ---- */

static void
those_named_sign_out_and_have_not_finished(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = out_at(30 * S, "3,7-8");
	const struct farm_end *end = toy_farm_run_with(all, &event, 1);
	const struct phone_counts *n = &end->metrics->phones;

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		bool out = i == 3 || i == 7 || i == 8;

		if (out)
			toy_times_are(&all->life[i].out, 1, 30 * S);
		assert_int_equal(all->life[i].out.n, out);
		assert_int_equal(end->phone[i].outcome, out ? FARM_UNFINISHED : FARM_FINISHED);
		assert_int_equal(all->life[i].off.n, 0);
	}
	assert_int_equal(n->finished, 7);
	assert_int_equal(n->arrived, 7);
	assert_int_equal(n->signed_out, 3);
	assert_int_equal(n->failed, 0);
	assert_int_equal(n->off, 0);
	toy_farm_free(all);
}

static void
whoever_signs_in_again_walks_from_the_login_and_finishes(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { out_at(30 * S, "0-9"), in_at(100 * S, "0-4") };
	const struct farm_end *end = toy_farm_run_with(all, events, 2);
	const struct metrics *m = end->metrics;

	(void)state;
	toy_times_are(&all->life[4].in, 1, 100 * S);
	toy_times_are(&all->life[4].arrived, 2, 10 * S, 109 * S);
	toy_times_are(&all->life[5].in, 0);
	assert_true(end->wall_s == 109);
	assert_int_equal(m->phones.finished, 5);
	assert_int_equal(m->phones.signed_out, 5);
	assert_int_equal(m->row[TOY_LEASE].done, 10);
	assert_int_equal(m->row[TOY_LOGIN].done, 15);
	/* A phone has booted once. */
	assert_int_equal(m->from_intended.count, 10);
	toy_farm_free(all);
}

static void
the_run_waits_for_one_that_still_tells_the_pool(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = out_at(30 * S, "2");
	const struct farm_end *end;

	(void)state;
	all->sign_out_us = 5 * S;
	end = toy_farm_run_with(all, &event, 1);
	assert_true(end->wall_s == 35);
	assert_int_equal(end->metrics->phones.signed_out, 1);
	toy_farm_free(all);
}

static void
the_run_waits_for_a_sign_in_that_is_to_come(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { out_at(30 * S, "0-9"), in_at(3600 * S, "0-9") };
	const struct farm_end *end = toy_farm_run_with(all, events, 2);

	(void)state;
	assert_true(end->wall_s == 3609);
	assert_int_equal(end->metrics->phones.finished, 10);
	assert_int_equal(end->metrics->phones.signed_out, 0);
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(end->phone[i].ended_ms, 3609000);
	toy_farm_free(all);
}

/* Beside phones that are nowhere: not started, or failed. */
static void
signed_out_on_its_way_it_is_nowhere_on_it(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = out_at(4 * S, "0-9");
	const struct metrics *m = toy_farm_run_with(all, &event, 1)->metrics;

	(void)state;
	assert_int_equal(m->phones.signed_out, 10);
	assert_int_equal(m->phones.started, 10);
	assert_int_equal(m->from_intended.count, 0);
	for (unsigned row = 0; row < TOY_ROWS; row++)
		assert_int_equal(m->phones.at[row], 0);
	assert_int_equal(m->row[TOY_LINE].done, 0);
	toy_farm_free(all);
}

/* Where they are, second by second. */
struct course {
	uint32_t signed_out[200], at_login[200], arrived[200];
};

static void
note_course(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	struct course *c = all->of_test;
	uint64_t s = since_us / S;

	if (s >= 200)
		return;
	c->signed_out[s] = m->phones.signed_out;
	c->at_login[s] = m->phones.at[TOY_LOGIN];
	c->arrived[s] = m->phones.arrived;
}

static void
the_counts_of_each_second_say_who_is_out_and_who_types(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { out_at(30 * S, "0-3"), in_at(100 * S, "0-3") };
	struct course course = { .signed_out = { 0 } };

	(void)state;
	all->sign_out_us = 5 * S;
	all->of_test = &course;
	all->second = note_course;
	(void)toy_farm_run_with(all, events, 2);
	assert_int_equal(course.signed_out[28], 0);
	assert_int_equal(course.arrived[28], 10);
	/* Already while they tell the pool. */
	assert_int_equal(course.signed_out[32], 4);
	assert_int_equal(course.arrived[32], 6);
	assert_int_equal(course.signed_out[98], 4);
	assert_int_equal(course.signed_out[101], 0);
	assert_int_equal(course.at_login[101], 4);
	assert_int_equal(course.at_login[104], 0);
	toy_farm_free(all);
}

/* ---- at a row ---- */

static void
signed_out_at_a_row_each_by_itself(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		toy_event_row(SCENARIO_SIGN_OUT, TOY_LINE, "0-1"),
		in_at(60 * S, "0"),
	};
	const struct farm_end *end;

	(void)state;
	all->start_us[1] = 2 * S;
	end = toy_farm_run_with(all, events, 2);
	toy_times_are(&all->life[0].out, 1, 6 * S);
	toy_times_are(&all->life[1].out, 1, 8 * S);
	/* The second time it comes there nobody signs out any more. */
	toy_times_are(&all->life[0].arrived, 1, 69 * S);
	assert_int_equal(end->metrics->phones.finished, 9);
	toy_farm_free(all);
}

static void
an_update_is_asked_for_at_a_row(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = toy_event_row(SCENARIO_CHECK_UPDATE, TOY_UPDATE, "5");

	(void)state;
	(void)toy_farm_run_with(all, &event, 1);
	toy_times_are(&all->life[5].check, 1, 10 * S);
	assert_int_equal(all->life[4].check.n, 0);
	toy_farm_free(all);
}

/* ---- who hears nothing ---- */

static void
without_power_nobody_is_told_anything(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = {
		toy_event(SCENARIO_UNPLUG, 20 * S, "0"),
		toy_cycle(20 * S, 30 * S, "1"),
		out_at(25 * S, "0-1"),
		check_at(26 * S, "0-1"),
		in_at(27 * S, "0-1"),
		check_at(60 * S, "0-1"),
	};

	(void)state;
	(void)toy_farm_run_with(all, events, 6);
	assert_int_equal(all->life[0].out.n, 0);
	assert_int_equal(all->life[0].in.n, 0);
	assert_int_equal(all->life[0].check.n, 0);
	assert_int_equal(all->life[1].out.n, 0);
	assert_int_equal(all->life[1].in.n, 0);
	toy_times_are(&all->life[1].check, 1, 60 * S);
	toy_farm_free(all);
}

static enum toy_fate
the_first_cannot_be_made(const struct toy_farm *all, uint32_t index, unsigned walk)
{
	(void)all;
	(void)walk;
	return index == 0 ? TOY_CANNOT_BE_MADE : TOY_ARRIVES;
}

static void
nor_who_is_not_there(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { out_at(5 * S, "0,1,9"), check_at(6 * S, "0,9") };
	const struct farm_end *end;

	(void)state;
	all->fate = the_first_cannot_be_made;
	all->start_us[9] = 7 * S;
	end = toy_farm_run_with(all, events, 2);
	assert_int_equal(all->life[0].out.n, 0);
	toy_times_are(&all->life[1].out, 1, 5 * S);
	assert_int_equal(all->life[9].out.n, 0);
	assert_int_equal(all->life[9].check.n, 0);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_int_equal(end->metrics->phones.finished, 8);
	toy_farm_free(all);
}

static void
drain_at_50(struct toy_farm *all, const struct metrics *m, uint64_t since_us)
{
	(void)m;
	if (since_us >= 50 * S)
		farm_drain(all->farm);
}

static void
nor_who_is_leaving(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { out_at(30 * S, "0"), in_at(51 * S, "0"),
		out_at(51 * S, "1"), check_at(51 * S, "2") };
	const struct farm_end *end;

	(void)state;
	all->second = drain_at_50;
	all->leave_us = 10 * S;
	end = toy_farm_run_with(all, events, 4);
	assert_int_equal(all->life[0].in.n, 0);
	assert_int_equal(all->life[1].out.n, 0);
	assert_int_equal(all->life[2].check.n, 0);
	/* One that is signed out leaves like the others, and is what it was. */
	assert_int_equal(all->life[0].leave.n, 1);
	assert_int_equal(end->metrics->phones.signed_out, 1);
	assert_int_equal(end->metrics->phones.finished, 9);
	toy_farm_free(all);
}

/* ---- power and people ---- */

static void
a_power_cut_of_who_is_signed_out_is_waited_for(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { out_at(30 * S, "0"),
		toy_cycle(40 * S, 60 * S, "0") };
	const struct farm_end *end = toy_farm_run_with(all, events, 2);

	(void)state;
	toy_times_are(&all->life[0].off, 1, 40 * S);
	toy_times_are(&all->life[0].on, 2, UINT64_C(0), 100 * S);
	/* These toys forget that nobody is there. */
	assert_true(end->wall_s == 110);
	assert_int_equal(end->metrics->phones.signed_out, 0);
	assert_int_equal(end->metrics->phones.off, 0);
	toy_farm_free(all);
}

static void
power_that_goes_for_good_while_it_signs_out_ends_the_wait(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event events[] = { out_at(30 * S, "0"),
		toy_event(SCENARIO_UNPLUG, 32 * S, "0") };
	const struct farm_end *end;

	(void)state;
	all->sign_out_us = 3600 * S;
	end = toy_farm_run_with(all, events, 2);
	assert_true(end->wall_s == 32);
	assert_int_equal(end->metrics->phones.signed_out, 0);
	assert_int_equal(end->metrics->phones.off, 1);
	toy_farm_free(all);
}

/* ---- updates ---- */

static void
the_run_waits_for_an_update_that_was_asked_for(void **state)
{
	struct toy_farm *all = toy_farm_ten();
	const struct farm_event event = check_at(100 * S, "6");
	const struct farm_end *end = toy_farm_run_with(all, &event, 1);

	(void)state;
	toy_times_are(&all->life[6].check, 1, 100 * S);
	toy_times_are(&all->life[6].arrived, 2, 10 * S, 104 * S);
	assert_true(end->wall_s == 104);
	assert_int_equal(end->metrics->phones.finished, 10);
	toy_farm_free(all);
}

/* ---- who is drawn ---- */

/* A mark for each phone to whom that has happened. */
static void
marks_of(const struct toy_farm *all, size_t offset, char *out)
{
	for (uint32_t i = 0; i < all->cfg.phones; i++) {
		const struct toy_times *times =
		    (const void *)((const char *)&all->life[i] + offset);

		out[i] = times->n > 0 ? 'x' : '.';
	}
}

#define OUT offsetof(struct toy_life, out)
#define IN offsetof(struct toy_life, in)
#define CHECK offsetof(struct toy_life, check)

enum { MANY = 400 };

static size_t
marked(const char *marks)
{
	size_t n = 0;

	for (size_t i = 0; i < MANY; i++)
		n += marks[i] == 'x';
	return n;
}

static void
who_signs_out_together_signs_in_together(void **state)
{
	struct toy_farm *all = toy_farm_new(MANY);
	const struct farm_event events[] = { out_at(30 * S, "30%"), check_at(31 * S, "30%"),
		in_at(60 * S, "30%") };
	char out[MANY], in[MANY], check[MANY];
	const struct farm_end *end = toy_farm_run_with(all, events, 3);

	(void)state;
	marks_of(all, OUT, out);
	marks_of(all, IN, in);
	marks_of(all, CHECK, check);
	assert_int_equal(marked(out), 120);
	assert_memory_equal(out, in, MANY);
	/* Anything else draws for itself. */
	assert_int_equal(marked(check), 120);
	assert_memory_not_equal(out, check, MANY);
	assert_int_equal(end->metrics->phones.finished, MANY);
	toy_farm_free(all);
}

static void
a_smaller_share_signs_in_among_those_who_are_out(void **state)
{
	struct toy_farm *all = toy_farm_new(MANY);
	const struct farm_event events[] = { out_at(30 * S, "50%"), in_at(60 * S, "20%") };
	char out[MANY], in[MANY];

	(void)state;
	(void)toy_farm_run_with(all, events, 2);
	marks_of(all, OUT, out);
	marks_of(all, IN, in);
	assert_int_equal(marked(in), 80);
	for (size_t i = 0; i < MANY; i++)
		assert_true(in[i] == '.' || out[i] == 'x');
	toy_farm_free(all);
}

static void
a_second_sign_out_draws_anew_and_has_its_own_sign_in(void **state)
{
	struct toy_farm *all = toy_farm_new(MANY);
	const struct farm_event events[] = { out_at(30 * S, "25%"), in_at(60 * S, "25%"),
		out_at(90 * S, "25%"), in_at(120 * S, "25%") };
	const struct farm_end *end = toy_farm_run_with(all, events, 4);
	size_t both = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		assert_int_equal(all->life[i].out.n, all->life[i].in.n);
		both += all->life[i].out.n == 2;
	}
	assert_in_range(both, 5, 60);
	assert_int_equal(end->metrics->phones.finished, MANY);
	toy_farm_free(all);
}

/* On threads of their own each shard finds its own. */
static void
on_real_threads_the_same_ones_are_told(void **state)
{
	char one[MANY] = "", many[MANY] = "";

	(void)state;
	for (unsigned threads = 0; threads < 4; threads += 3) {
		struct toy_farm *all = toy_farm_new_real(MANY, threads);
		struct farm_event event = toy_event_row(SCENARIO_SIGN_OUT, TOY_LINE, "30%");

		(void)toy_farm_run_with(all, &event, 1);
		marks_of(all, OUT, threads == 0 ? one : many);
		toy_farm_free(all);
	}
	assert_int_equal(marked(one), 120);
	assert_memory_equal(one, many, MANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_named_sign_out_and_have_not_finished),
		cmocka_unit_test(whoever_signs_in_again_walks_from_the_login_and_finishes),
		cmocka_unit_test(the_run_waits_for_one_that_still_tells_the_pool),
		cmocka_unit_test(the_run_waits_for_a_sign_in_that_is_to_come),
		cmocka_unit_test(signed_out_on_its_way_it_is_nowhere_on_it),
		cmocka_unit_test(the_counts_of_each_second_say_who_is_out_and_who_types),
		cmocka_unit_test(signed_out_at_a_row_each_by_itself),
		cmocka_unit_test(an_update_is_asked_for_at_a_row),
		cmocka_unit_test(without_power_nobody_is_told_anything),
		cmocka_unit_test(nor_who_is_not_there),
		cmocka_unit_test(nor_who_is_leaving),
		cmocka_unit_test(a_power_cut_of_who_is_signed_out_is_waited_for),
		cmocka_unit_test(power_that_goes_for_good_while_it_signs_out_ends_the_wait),
		cmocka_unit_test(the_run_waits_for_an_update_that_was_asked_for),
		cmocka_unit_test(who_signs_out_together_signs_in_together),
		cmocka_unit_test(a_smaller_share_signs_in_among_those_who_are_out),
		cmocka_unit_test(a_second_sign_out_draws_anew_and_has_its_own_sign_in),
		cmocka_unit_test(on_real_threads_the_same_ones_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
