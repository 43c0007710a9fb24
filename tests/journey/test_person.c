/*
 * test_person.c - the person at a phone of toys: signs out and in, asks for an update, at any
 * moment of its way and in any state; in virtual time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lane.h"
#include "mem.h"
#include "toy_steps.h"

enum { S = 1000000 };

enum { NETWORK, TYPES, LOGS_IN, LAST }; /* the toys, by what they stand for */

/* Each row takes ten seconds: the network, the sign-in, a login, and something at last. */
static struct toys
ten_seconds_each(void)
{
	return (struct toys){ .script = { "a", "a", "a", "a" } };
}

/* A phone that is to stay for 100 s at the end of those. */
static struct fake_phone *
phone_of(struct toys *toys)
{
	struct fake_phone *p = toy_phone(toys);

	fake_phone_row(p, &toy_a, 1)->gives = FACT_DOMAIN | FACT_LEASE;
	fake_phone_row(p, &toy_b, 1)->gives = FACT_USER;
	p->rows[1].skip_if = FACT_USER;
	fake_phone_row(p, &toy_c, 1)->gives = FACT_TGT | FACT_ROOT | FACT_URLS;
	fake_phone_row(p, &toy_d, 1)->gives = FACT_UPDATE;
	p->plan.stay_us = 100 * S;
	return p;
}

static void
nothing(void *arg, const struct io_event *ev)
{
	(void)arg;
	(void)ev;
}

/* The world runs until then, also when nothing more happens to the phone. */
static void
run_to(struct fake_phone *p, uint64_t seconds)
{
	struct io_scope scope = { 0 };
	struct io_handle *alarm;

	assert_int_equal(
	    p->io->ops->alarm(p->io, (struct io_owner){ &scope, nothing, p }, &alarm), 0);
	p->io->ops->alarm_set(alarm, seconds * S - sim_now_us(p->f));
	sim_run(p->f, seconds * S);
	assert_int_equal(sim_now_us(p->f), seconds * S);
	io_scope_close(p->io, &scope);
}

static struct fake_phone *
on_for(struct toys *toys, uint64_t seconds)
{
	struct fake_phone *p = phone_of(toys);

	fake_phone_switch_on(p);
	run_to(p, seconds);
	return p;
}

static void
done(struct fake_phone *p)
{
	journey_power_off(p->j);
	assert_int_equal(sim_open(p->f), 0);
	fake_phone_free(p);
	assert_int_equal(mem_out(), 0);
}

static void
state_is(const struct fake_phone *p, enum journey_state state)
{
	assert_int_equal(journey_state(p->j), state);
}

static void
state_at(struct fake_phone *p, uint64_t seconds, enum journey_state state)
{
	run_to(p, seconds);
	state_is(p, state);
}

static bool
knows(const struct fake_phone *p, uint32_t facts)
{
	return facts_know(journey_facts(p->j), facts);
}

/* ---- out ----------------------------------------------------------------------- */

static void
signed_out_in_its_stay_it_waits_with_its_address_and_its_root(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	state_is(p, JOURNEY_STAYING);
	journey_sign_out(p->j);
	state_is(p, JOURNEY_SIGNED_OUT);
	assert_false(journey_holds(p->j));
	assert_true(knows(p, FACT_ADDRESS | FACT_DOMAIN | FACT_LEASE | FACT_ROOT | FACT_URLS));
	assert_false(knows(p, FACT_USER));
	assert_false(knows(p, FACT_TGT));
	assert_false(knows(p, FACT_UPDATE));
	assert_int_equal(sim_auth_forgets(p->auth), 1);
	/* Its stay would have been over at 140 s. */
	state_at(p, 1000, JOURNEY_SIGNED_OUT);
	assert_int_equal(toys.begun[NETWORK], 1);
	done(p);
}

static void
the_watcher_hears_that_it_signs_out_and_that_it_is_out(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	journey_sign_out(p->j);
	assert_int_equal(p->n_states, 4);
	assert_int_equal(p->states[2], JOURNEY_SIGNING_OUT);
	assert_int_equal(p->states[3], JOURNEY_SIGNED_OUT);
	journey_sign_out(p->j);
	assert_int_equal(p->n_states, 4);
	done(p);
}

static void
on_its_way_behind_the_sign_in_it_stops_there_and_then(void **state)
{
	(void)state;
	for (uint64_t s = 15; s < 40; s += 10) {
		struct toys toys = ten_seconds_each();
		struct fake_phone *p = on_for(&toys, s);

		state_is(p, JOURNEY_WALKING);
		journey_sign_out(p->j);
		state_is(p, JOURNEY_SIGNED_OUT);
		assert_int_equal(toys.cancelled[s / 10], 1);
		state_at(p, 500, JOURNEY_SIGNED_OUT);
		assert_int_equal(toys.begun[s / 10], 1);
		done(p);
	}
}

static void
on_its_way_to_the_sign_in_it_walks_on_and_stops_in_front_of_it(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 5);

	(void)state;
	journey_sign_out(p->j);
	state_is(p, JOURNEY_WALKING);
	state_at(p, 9, JOURNEY_WALKING);
	state_at(p, 500, JOURNEY_SIGNED_OUT);
	assert_int_equal(toys.cancelled[NETWORK], 1);
	assert_int_equal(toys.begun[TYPES], 0);
	assert_true(knows(p, FACT_DOMAIN));
	done(p);
}

static void
a_sign_in_from_before_a_power_cut_is_forgotten_on_its_way_too(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = phone_of(&toys);

	(void)state;
	fake_phone_knows(p, FACT_USER | FACT_ROOT);
	fake_phone_switch_on(p);
	run_to(p, 5);
	journey_sign_out(p->j);
	assert_false(knows(p, FACT_USER));
	assert_true(knows(p, FACT_ROOT));
	state_at(p, 100, JOURNEY_SIGNED_OUT);
	done(p);
}

static void
what_never_fails_at_the_network_fails_also_while_nobody_is_there(void **state)
{
	struct toys toys = { .script = { "f", "a", "a", "a" } };
	struct fake_phone *p = phone_of(&toys);

	(void)state;
	p->rows[0].tries = 2;
	toys.script[NETWORK] = "rf";
	fake_phone_switch_on(p);
	journey_sign_out(p->j);
	state_at(p, 100, JOURNEY_FAILED);
	journey_sign_in(p->j);
	state_is(p, JOURNEY_FAILED);
	done(p);
}

/* ---- in ------------------------------------------------------------------------- */

static void
signed_in_again_it_types_and_walks_on_from_there(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	journey_sign_out(p->j);
	run_to(p, 80);
	journey_sign_in(p->j);
	state_is(p, JOURNEY_WALKING);
	assert_int_equal(toys.begun[NETWORK], 1);
	assert_int_equal(toys.begun[TYPES], 2);
	assert_int_equal(toys.began_us[TYPES][1], 80 * S);
	state_at(p, 115, JOURNEY_STAYING);
	assert_int_equal(toys.begun[LAST], 2);
	assert_true(knows(p, FACT_USER | FACT_TGT));
	/* It stays as long as it would have without that. */
	state_at(p, 139, JOURNEY_STAYING);
	state_at(p, 141, JOURNEY_ARRIVED);
	done(p);
}

static void
signed_in_after_its_stay_it_has_stayed_long_enough_when_it_is_there(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	journey_sign_out(p->j);
	run_to(p, 500);
	journey_sign_in(p->j);
	state_at(p, 529, JOURNEY_WALKING);
	state_at(p, 531, JOURNEY_ARRIVED);
	done(p);
}

/* The end of the stay rings in the middle of the walk that follows a sign-in. */
static void
the_bell_of_an_earlier_stay_does_not_restart_it(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	journey_sign_out(p->j);
	run_to(p, 125);
	journey_sign_in(p->j);
	state_at(p, 156, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[NETWORK], 1);
	assert_int_equal(toys.begun[TYPES], 2);
	assert_int_equal(sim_cuts(p->f), 0);
	done(p);
}

static void
out_and_in_on_the_way_to_the_sign_in_change_nothing(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 3);

	(void)state;
	journey_sign_out(p->j);
	run_to(p, 6);
	journey_sign_in(p->j);
	state_at(p, 41, JOURNEY_STAYING);
	assert_int_equal(toys.begun[NETWORK], 1);
	assert_int_equal(toys.begun[TYPES], 1);
	assert_int_equal(toys.began_us[TYPES][0], 10 * S);
	done(p);
}

static void
who_is_signed_in_cannot_sign_in(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 25);

	(void)state;
	journey_sign_in(p->j);
	state_at(p, 60, JOURNEY_STAYING);
	journey_sign_in(p->j);
	state_at(p, 141, JOURNEY_ARRIVED);
	journey_sign_in(p->j);
	state_at(p, 300, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[TYPES], 1);
	assert_int_equal(toys.begun[LAST], 1);
	done(p);
}

static void
it_can_go_on_like_that_all_day(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	for (uint64_t hour = 1; hour <= 8; hour++) {
		journey_sign_out(p->j);
		state_at(p, hour * 3600, JOURNEY_SIGNED_OUT);
		journey_sign_in(p->j);
		state_at(p, hour * 3600 + 60, JOURNEY_ARRIVED);
		assert_int_equal(toys.begun[LAST], hour + 1);
	}
	assert_int_equal(toys.begun[NETWORK], 1);
	done(p);
}

/* ---- power, and other ends ------------------------------------------------------------- */

static void
nobody_types_after_a_power_cut_either(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	journey_sign_out(p->j);
	journey_power_off(p->j);
	state_is(p, JOURNEY_OFF);
	journey_power_on(p->j);
	state_is(p, JOURNEY_WALKING);
	state_at(p, 300, JOURNEY_SIGNED_OUT);
	assert_int_equal(toys.begun[NETWORK], 2);
	assert_int_equal(toys.begun[TYPES], 1);
	journey_sign_in(p->j);
	state_at(p, 331, JOURNEY_STAYING);
	/* A stay of its own: the power was gone. */
	state_at(p, 429, JOURNEY_STAYING);
	state_at(p, 431, JOURNEY_ARRIVED);
	done(p);
}

static void
without_power_nobody_signs_out_or_in(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 60);

	(void)state;
	journey_power_off(p->j);
	journey_sign_out(p->j);
	journey_check_update(p->j);
	state_is(p, JOURNEY_OFF);
	journey_power_on(p->j);
	state_at(p, 100, JOURNEY_STAYING);
	journey_sign_out(p->j);
	journey_power_off(p->j);
	journey_sign_in(p->j);
	state_is(p, JOURNEY_OFF);
	journey_power_on(p->j);
	state_at(p, 200, JOURNEY_SIGNED_OUT);
	done(p);
}

static void
one_that_has_failed_hears_nobody(void **state)
{
	struct toys toys = { .script = { "d", "d", "f", "d" } };
	struct fake_phone *p = on_for(&toys, 1);

	(void)state;
	state_is(p, JOURNEY_FAILED);
	journey_sign_out(p->j);
	journey_sign_in(p->j);
	journey_check_update(p->j);
	state_at(p, 100, JOURNEY_FAILED);
	assert_int_equal(toys.begun[TYPES], 1);
	/* Power helps, and whoever types then is the one from before. */
	toys.script[LOGS_IN] = "d";
	journey_power_off(p->j);
	journey_power_on(p->j);
	state_is(p, JOURNEY_STAYING);
	done(p);
}

static void
where_the_way_leads_to_no_sign_in_nobody_signs_out(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = phone_of(&toys);

	(void)state;
	p->plan.until = &p->rows[0];
	fake_phone_switch_on(p);
	run_to(p, 5);
	journey_sign_out(p->j);
	state_at(p, 20, JOURNEY_STAYING);
	journey_sign_out(p->j);
	state_is(p, JOURNEY_STAYING);
	journey_sign_in(p->j);
	state_at(p, 111, JOURNEY_ARRIVED);
	done(p);
}

static void
a_way_that_begins_with_the_sign_in_can_wait_at_once(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = toy_phone(&toys);

	(void)state;
	fake_phone_row(p, &toy_b, 1)->gives = FACT_USER;
	fake_phone_row(p, &toy_c, 1);
	fake_phone_switch_on(p);
	run_to(p, 5);
	journey_sign_out(p->j);
	state_is(p, JOURNEY_SIGNED_OUT);
	journey_power_off(p->j);
	journey_power_on(p->j);
	state_is(p, JOURNEY_SIGNED_OUT);
	journey_sign_in(p->j);
	state_at(p, 26, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[TYPES], 2);
	done(p);
}

static void
from_its_sign_in_screen_it_takes_leave(void **state)
{
	static const struct leg c_rows[] = {
		{ .stage = "leave", .step = &toy_c, .tries = 1, .limit_ms = 5000 }
	};
	static const struct chore leaving = { "leave", c_rows, 1, CHORE_LEAVING, 0, NULL, false,
		0 };
	struct toys toys = { .script = { "d", "d", "d", "d" } };
	struct fake_phone *p = phone_of(&toys);

	(void)state;
	p->chores = &leaving;
	p->n_chores = 1;
	p->plan.leave = true;
	fake_phone_switch_on(p);
	journey_sign_out(p->j);
	state_is(p, JOURNEY_SIGNED_OUT);
	journey_leave(p->j);
	state_is(p, JOURNEY_LEFT);
	assert_int_equal(toys.begun[LOGS_IN], 2);
	journey_sign_in(p->j);
	journey_sign_out(p->j);
	journey_check_update(p->j);
	state_is(p, JOURNEY_LEFT);
	fake_phone_free(p);
	assert_int_equal(mem_out(), 0);
}

/* ---- at any moment --------------------------------------------------------------------- */

static void
answers(void *arg, struct sim *f, const struct sim_call *c)
{
	(void)arg;
	if (c->deed == SIM_SENT)
		sim_packet(f, c->h, 5000, c->bytes);
	if (c->deed == SIM_OPENED && c->type == SIM_STREAM)
		sim_up(f, c->h, 5000, NULL);
}

/* With something open at every moment: a packet, a kept stream, an alarm, a pause. */
static struct fake_phone *
busy_phone(struct toys *toys)
{
	struct fake_phone *p = phone_of(toys);

	sim_listen(p->f, SIM_STREAM, 9, answers, NULL);
	sim_listen(p->f, SIM_UDP, 9, answers, NULL);
	p->rows[0].tries = p->rows[2].tries = p->rows[3].tries = 3;
	p->plan.stay_us = 0;
	return p;
}

static void
out_at_any_event_and_in_again_it_arrives_all_the_same(void **state)
{
	bool arrived = false;
	size_t n;

	(void)state;
	for (n = 0; !arrived; n++) {
		struct toys toys = { .script = { "rru", "a", "rrh", "rrk" } };
		struct fake_phone *p = busy_phone(&toys);

		fake_phone_switch_on(p);
		for (size_t i = 0; i < n && sim_step(p->f, 1000ull * S); i++)
			;
		arrived = journey_state(p->j) == JOURNEY_ARRIVED;
		journey_sign_out(p->j);
		state_at(p, 2000, JOURNEY_SIGNED_OUT);
		/* The bell, the chores' bell, and nothing of what the person had open. */
		assert_int_equal(sim_open(p->f), 2);
		journey_sign_in(p->j);
		state_at(p, 4000, JOURNEY_ARRIVED);
		assert_int_equal(toys.begun[LOGS_IN], toys.cancelled[LOGS_IN]);
		done(p);
	}
	assert_true(n > 8);
}

/* ---- an update ----------------------------------------------------------------------------
 */

static uint64_t
in_an_hour(const struct step *s)
{
	(void)s;
	return 3600ull * S;
}

/* A table of chores that is only the update; it takes ten seconds. */
static const struct leg update_rows[] = {
	{ .stage = "update", .step = &toy_d, .tries = 1, .limit_ms = 60000 }
};
static const struct chore updates[] = { { "update", update_rows, 1, CHORE_UPDATE, FACT_TGT,
    in_an_hour, true, 0 } };

static struct fake_phone *
updating_phone(struct toys *toys, uint64_t stay_s)
{
	struct fake_phone *p = phone_of(toys);

	p->rows[3].step = NULL;
	p->chores = updates;
	p->n_chores = 1;
	p->plan.stay_us = stay_s * S;
	fake_phone_switch_on(p);
	return p;
}

static void
asked_in_its_stay_it_looks_for_an_update_now_and_then_in_an_hour_again(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 10000);

	(void)state;
	run_to(p, 50);
	journey_check_update(p->j);
	state_at(p, 55, JOURNEY_STAYING);
	assert_int_equal(toys.begun[LAST], 1);
	assert_in_range(toys.began_us[LAST][0], 50 * S, 50 * S + 1000);
	/* Asked for while it looks, it does not look twice. */
	journey_check_update(p->j);
	state_at(p, 3659, JOURNEY_STAYING);
	assert_int_equal(toys.begun[LAST], 1);
	state_at(p, 3661, JOURNEY_STAYING);
	assert_int_equal(toys.begun[LAST], 2);
	done(p);
}

static void
asked_when_it_has_arrived_it_stays_until_it_has_looked(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 0);

	(void)state;
	state_at(p, 50, JOURNEY_ARRIVED);
	journey_check_update(p->j);
	state_is(p, JOURNEY_STAYING);
	state_at(p, 59, JOURNEY_STAYING);
	state_at(p, 61, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[LAST], 1);
	done(p);
}

static void
its_stay_does_not_end_in_the_middle_of_an_update_that_was_asked_for(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 30);

	(void)state;
	state_at(p, 55, JOURNEY_STAYING);
	journey_check_update(p->j);
	state_at(p, 64, JOURNEY_STAYING);
	state_at(p, 66, JOURNEY_ARRIVED);
	done(p);
}

static void
asked_on_its_way_it_looks_when_it_is_there(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 0);

	(void)state;
	run_to(p, 15);
	journey_check_update(p->j);
	state_at(p, 29, JOURNEY_WALKING);
	assert_int_equal(toys.begun[LAST], 0);
	state_at(p, 35, JOURNEY_STAYING);
	assert_in_range(toys.began_us[LAST][0], 30 * S, 30 * S + 1000);
	state_at(p, 41, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[LAST], 1);
	done(p);
}

static void
asked_when_nobody_is_there_it_looks_when_somebody_has_signed_in(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 0);

	(void)state;
	run_to(p, 50);
	journey_sign_out(p->j);
	journey_check_update(p->j);
	state_at(p, 100, JOURNEY_SIGNED_OUT);
	assert_int_equal(toys.begun[LAST], 0);
	journey_sign_in(p->j);
	state_at(p, 125, JOURNEY_STAYING);
	assert_int_equal(toys.begun[LAST], 1);
	state_at(p, 131, JOURNEY_ARRIVED);
	done(p);
}

static void
signing_out_ends_an_update_and_signing_in_begins_it_anew(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 0);

	(void)state;
	run_to(p, 50);
	journey_check_update(p->j);
	run_to(p, 55);
	journey_sign_out(p->j);
	state_is(p, JOURNEY_SIGNED_OUT);
	assert_int_equal(toys.cancelled[LAST], 1);
	journey_sign_in(p->j);
	state_at(p, 100, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[LAST], 2);
	done(p);
}

static void
a_power_cut_forgets_that_it_was_asked(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 0);

	(void)state;
	run_to(p, 15);
	journey_check_update(p->j);
	journey_power_off(p->j);
	journey_power_on(p->j);
	state_at(p, 100, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[LAST], 0);
	done(p);
}

/* What the daily look needs may be lost, as the registration is; the person asks all the same.
 */
static void
it_needs_nothing_but_its_ways_end(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = updating_phone(&toys, 0);

	(void)state;
	run_to(p, 50);
	p->j->facts.known &= ~(uint32_t)FACT_TGT;
	journey_check_update(p->j);
	state_at(p, 70, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[LAST], 1);
	done(p);
}

static void
an_update_that_fails_leaves_it_as_it_was(void **state)
{
	struct toys toys = { .script = { "d", "d", "d", "f" } };
	struct fake_phone *p = updating_phone(&toys, 0);

	(void)state;
	state_is(p, JOURNEY_ARRIVED);
	journey_check_update(p->j);
	state_at(p, 10, JOURNEY_ARRIVED);
	assert_int_equal(toys.begun[LAST], 1);
	assert_int_equal(p->row->verdict, STEP_FAIL);
	done(p);
}

static void
a_phone_that_knows_no_updates_does_nothing(void **state)
{
	struct toys toys = ten_seconds_each();
	struct fake_phone *p = on_for(&toys, 150);

	(void)state;
	state_is(p, JOURNEY_ARRIVED);
	journey_check_update(p->j);
	state_at(p, 300, JOURNEY_ARRIVED);
	done(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_out_in_its_stay_it_waits_with_its_address_and_its_root),
		cmocka_unit_test(the_watcher_hears_that_it_signs_out_and_that_it_is_out),
		cmocka_unit_test(on_its_way_behind_the_sign_in_it_stops_there_and_then),
		cmocka_unit_test(
		    on_its_way_to_the_sign_in_it_walks_on_and_stops_in_front_of_it),
		cmocka_unit_test(a_sign_in_from_before_a_power_cut_is_forgotten_on_its_way_too),
		cmocka_unit_test(
		    what_never_fails_at_the_network_fails_also_while_nobody_is_there),
		cmocka_unit_test(signed_in_again_it_types_and_walks_on_from_there),
		cmocka_unit_test(
		    signed_in_after_its_stay_it_has_stayed_long_enough_when_it_is_there),
		cmocka_unit_test(the_bell_of_an_earlier_stay_does_not_restart_it),
		cmocka_unit_test(out_and_in_on_the_way_to_the_sign_in_change_nothing),
		cmocka_unit_test(who_is_signed_in_cannot_sign_in),
		cmocka_unit_test(it_can_go_on_like_that_all_day),
		cmocka_unit_test(nobody_types_after_a_power_cut_either),
		cmocka_unit_test(without_power_nobody_signs_out_or_in),
		cmocka_unit_test(one_that_has_failed_hears_nobody),
		cmocka_unit_test(where_the_way_leads_to_no_sign_in_nobody_signs_out),
		cmocka_unit_test(a_way_that_begins_with_the_sign_in_can_wait_at_once),
		cmocka_unit_test(from_its_sign_in_screen_it_takes_leave),
		cmocka_unit_test(out_at_any_event_and_in_again_it_arrives_all_the_same),
		cmocka_unit_test(
		    asked_in_its_stay_it_looks_for_an_update_now_and_then_in_an_hour_again),
		cmocka_unit_test(asked_when_it_has_arrived_it_stays_until_it_has_looked),
		cmocka_unit_test(
		    its_stay_does_not_end_in_the_middle_of_an_update_that_was_asked_for),
		cmocka_unit_test(asked_on_its_way_it_looks_when_it_is_there),
		cmocka_unit_test(
		    asked_when_nobody_is_there_it_looks_when_somebody_has_signed_in),
		cmocka_unit_test(signing_out_ends_an_update_and_signing_in_begins_it_anew),
		cmocka_unit_test(a_power_cut_forgets_that_it_was_asked),
		cmocka_unit_test(it_needs_nothing_but_its_ways_end),
		cmocka_unit_test(an_update_that_fails_leaves_it_as_it_was),
		cmocka_unit_test(a_phone_that_knows_no_updates_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
