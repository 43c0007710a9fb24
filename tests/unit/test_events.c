/*
 * test_events.c - the events of one shard by themselves, in virtual time: how long the power of
 * each phone is gone, by its own draw, wherever it lives; and what is told to whom.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "mem.h"
#include "sim_loop.h"
#include "toy_farm.h"

#define S UINT64_C(1000000)

enum { PHONES = 300 };

/* What the shards of a farm have done to its phones. */
struct stage {
	struct sim_clock *clock;
	struct loop *loop;
	struct farm_cfg farm;
	unsigned shards;
	uint64_t off_at_us[PHONES], on_at_us[PHONES], last_us;
	unsigned told[PHONES], turns;
	enum instance_command command[PHONES];
	bool in_order; /* nobody came on before one whose turn was earlier */
};

struct place { /* of one shard */
	struct stage *stage;
	unsigned shard;
	struct events *events;
};

static uint32_t
phone_of(const struct place *p, uint32_t slot)
{
	return p->shard + slot * p->stage->shards;
}

static bool
on_power(void *arg, uint32_t slot, enum events_power power)
{
	struct place *p = arg;
	struct stage *st = p->stage;
	uint32_t i = phone_of(p, slot);
	uint64_t now_us = loop_now_us(st->loop);

	if (power == EVENTS_ON) {
		st->on_at_us[i] = now_us;
		st->in_order = st->in_order && now_us >= st->last_us;
		st->last_us = now_us;
	} else {
		st->off_at_us[i] = now_us;
	}
	return true;
}

static void
on_command(void *arg, uint32_t slot, enum instance_command command)
{
	struct place *p = arg;

	p->stage->told[phone_of(p, slot)]++;
	p->stage->command[phone_of(p, slot)] = command;
}

static void
on_turned(void *arg)
{
	((struct place *)arg)->stage->turns++;
}

static struct stage *
play(const struct farm_event *events, size_t n, unsigned shards, uint64_t seed)
{
	struct stage *st = calloc(1, sizeof *st);
	struct place place[4];

	assert_non_null(st);
	assert_true(shards <= 4);
	assert_int_equal(sim_clock_new(&st->clock), 0);
	assert_int_equal(sim_loop_new(st->clock, &st->loop), 0);
	st->shards = shards;
	st->in_order = true;
	st->farm = (struct farm_cfg){
		.phones = PHONES, .seed = seed, .events = events, .n_events = n
	};
	for (unsigned i = 0; i < shards; i++) {
		const struct events_cfg cfg = {
			.farm = &st->farm,
			.loop = st->loop,
			.shard = i,
			.shards = shards,
			.n_slots = PHONES / shards,
			.arg = &place[i],
			.power = on_power,
			.command = on_command,
			.turned = on_turned,
		};

		place[i] = (struct place){ .stage = st, .shard = i };
		assert_int_equal(events_new(&cfg, &place[i].events), 0);
		events_begin(place[i].events, 0);
	}
	loop_run(st->loop);
	for (unsigned i = 0; i < shards; i++) {
		assert_false(events_pending(place[i].events));
		events_free(place[i].events);
	}
	return st;
}

static void
done(struct stage *st)
{
	loop_free(st->loop);
	sim_clock_free(st->clock);
	free(st);
}

static int
nothing_is_left(void **state)
{
	(void)state;
	return mem_out() == 0 ? 0 : -1;
}

static uint64_t
off_us(const struct stage *st, uint32_t i)
{
	return st->on_at_us[i] - st->off_at_us[i];
}

/* ---- how long ---- */

static struct farm_event
spread_cycle(struct spread off_for, const char *who)
{
	struct farm_event event = toy_event(SCENARIO_POWER_CYCLE, 100 * S, who);

	event.off_for = off_for;
	return event;
}

static void
each_phone_is_off_for_its_own_draw(void **state)
{
	const struct farm_event event =
	    spread_cycle((struct spread){ SPREAD_UNIFORM, 20 * S, 5 * S }, "100%");
	struct stage *st = play(&event, 1, 1, 7);
	unsigned below = 0, same = 0;

	(void)state;
	for (uint32_t i = 0; i < PHONES; i++) {
		assert_int_equal(st->off_at_us[i], 100 * S);
		assert_in_range(off_us(st, i), 15 * S, 25 * S);
		below += off_us(st, i) < 20 * S;
		same += i > 0 && off_us(st, i) == off_us(st, i - 1);
	}
	assert_in_range(below, 120, 180);
	assert_true(same < 3);
	assert_true(st->in_order);
	done(st);
}

static void
without_a_spread_all_come_on_together(void **state)
{
	const struct farm_event event =
	    spread_cycle((struct spread){ SPREAD_UNIFORM, 20 * S, 0 }, "100%");
	struct stage *st = play(&event, 1, 1, 7);

	(void)state;
	for (uint32_t i = 0; i < PHONES; i++)
		assert_int_equal(st->on_at_us[i], 120 * S);
	done(st);
}

static void
any_distribution_will_do(void **state)
{
	const struct farm_event event =
	    spread_cycle((struct spread){ SPREAD_EXP, 30 * S, 0 }, "100%");
	struct stage *st = play(&event, 1, 1, 7);
	uint64_t sum_us = 0, most_us = 0;

	(void)state;
	for (uint32_t i = 0; i < PHONES; i++) {
		sum_us += off_us(st, i);
		most_us = off_us(st, i) > most_us ? off_us(st, i) : most_us;
	}
	assert_in_range(sum_us / PHONES, 24 * S, 36 * S);
	assert_true(most_us > 90 * S);
	assert_true(st->in_order);
	done(st);
}

static void
a_phone_draws_the_same_wherever_it_lives(void **state)
{
	const struct farm_event event =
	    spread_cycle((struct spread){ SPREAD_UNIFORM, 20 * S, 20 * S }, "50%");
	struct stage *one = play(&event, 1, 1, 7), *three = play(&event, 1, 3, 7);

	(void)state;
	assert_memory_equal(one->on_at_us, three->on_at_us, sizeof one->on_at_us);
	assert_memory_equal(one->off_at_us, three->off_at_us, sizeof one->off_at_us);
	done(three);
	done(one);
}

static void
another_seed_and_another_event_draw_otherwise(void **state)
{
	struct farm_event two[2];
	struct stage *one, *other, *both;
	unsigned same = 0;

	(void)state;
	two[0] = spread_cycle((struct spread){ SPREAD_UNIFORM, 20 * S, 20 * S }, "100%");
	two[1] = two[0];
	two[1].at_us = 1000 * S;
	one = play(two, 1, 1, 7);
	other = play(two, 1, 1, 8);
	both = play(two, 2, 1, 7);
	for (uint32_t i = 0; i < PHONES; i++) {
		same += off_us(one, i) == off_us(other, i);
		same += off_us(one, i) == off_us(both, i);
	}
	assert_true(same < 3);
	done(both);
	done(other);
	done(one);
}

/* The second one moves the end of the first, also to an earlier time. */
static void
cut_again_while_it_is_off_the_latest_draw_counts(void **state)
{
	struct farm_event two[2];
	struct stage *st;

	(void)state;
	two[0] = spread_cycle((struct spread){ SPREAD_UNIFORM, 1000 * S, 0 }, "100%");
	two[1] = spread_cycle((struct spread){ SPREAD_UNIFORM, 20 * S, 10 * S }, "50%");
	two[1].at_us = 200 * S;
	st = play(two, 2, 1, 7);
	for (uint32_t i = 0; i < PHONES; i++)
		if (st->on_at_us[i] != 1100 * S)
			assert_in_range(st->on_at_us[i], 210 * S, 230 * S);
	assert_true(st->in_order);
	done(st);
}

/* ---- what is told ---- */

static void
each_deed_is_told_by_its_name(void **state)
{
	static const enum scenario_deed deed[] = { SCENARIO_SIGN_OUT, SCENARIO_SIGN_IN,
		SCENARIO_CHECK_UPDATE };
	static const enum instance_command told[] = { INSTANCE_SIGN_OUT, INSTANCE_SIGN_IN,
		INSTANCE_CHECK_UPDATE };

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		const struct farm_event event = toy_event(deed[k], 10 * S, "3,250-299");
		struct stage *st = play(&event, 1, 2, 7);

		for (uint32_t i = 0; i < PHONES; i++) {
			assert_int_equal(st->told[i], i == 3 || i >= 250);
			if (st->told[i] > 0)
				assert_int_equal(st->command[i], told[k]);
			assert_int_equal(st->off_at_us[i], 0);
		}
		done(st);
	}
}

static void
events_of_the_same_time_are_told_in_their_order(void **state)
{
	const struct farm_event events[] = { toy_event(SCENARIO_SIGN_OUT, 10 * S, "0-99"),
		toy_event(SCENARIO_CHECK_UPDATE, 10 * S, "0-9"),
		toy_event(SCENARIO_SIGN_IN, 5 * S, "0-99") };
	struct stage *st = play(events, 3, 1, 7);

	(void)state;
	for (uint32_t i = 0; i < PHONES; i++) {
		assert_int_equal(st->told[i], i < 10 ? 3 : i < 100 ? 2 : 0);
		if (i < 100)
			assert_int_equal(
			    st->command[i], i < 10 ? INSTANCE_CHECK_UPDATE : INSTANCE_SIGN_OUT);
	}
	assert_true(st->turns > 0);
	done(st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(each_phone_is_off_for_its_own_draw, nothing_is_left),
		cmocka_unit_test_teardown(
		    without_a_spread_all_come_on_together, nothing_is_left),
		cmocka_unit_test_teardown(any_distribution_will_do, nothing_is_left),
		cmocka_unit_test_teardown(
		    a_phone_draws_the_same_wherever_it_lives, nothing_is_left),
		cmocka_unit_test_teardown(
		    another_seed_and_another_event_draw_otherwise, nothing_is_left),
		cmocka_unit_test_teardown(
		    cut_again_while_it_is_off_the_latest_draw_counts, nothing_is_left),
		cmocka_unit_test_teardown(each_deed_is_told_by_its_name, nothing_is_left),
		cmocka_unit_test_teardown(
		    events_of_the_same_time_are_told_in_their_order, nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
