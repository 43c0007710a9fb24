/* toy_farm.c - see toy_farm.h. */
#include "toy_farm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#include "mem.h"
#include "sim_loop.h"

static const struct farm_row toy_farm_rows[TOY_ROWS] = {
	{ "lease", "address", 1, 2, false },
	{ "login", "identity", 11, 12, false },
	{ "line", "pool", 20, 21, false },
	{ "update", "update", 24, 25, false },
	{ "renew", "chores", 0, 0, true },
};

struct toy_phone {
	struct instance base; /* first */
	struct toy_farm *all;
	struct instance_place place;
	struct loop_timer *alarm, *chore;
	unsigned row, walk;
	bool on, leaving;
	enum instance_state state;
	uint64_t row_us; /* when the row began */
};

static struct toy_phone *
toy_of(const struct instance *i)
{
	return (struct toy_phone *)(void *)(uintptr_t)i;
}

static void
note(struct toy_phone *t, struct toy_times *times)
{
	if (times->n < TOY_NOTES)
		times->at_us[times->n] =
		    loop_now_us(t->place.loop) - t->place.sink->run_began_us;
	times->n++;
}

static struct toy_life *
life_of(const struct toy_phone *t)
{
	return &t->all->life[t->place.index];
}

static enum toy_fate
fate_of(const struct toy_phone *t)
{
	return t->all->fate != NULL ? t->all->fate(t->all, t->place.index, t->walk)
				    : TOY_ARRIVES;
}

/* ---- what it tells ---- */

static void
toy_tell(struct toy_phone *t, enum instance_state state)
{
	t->state = state;
	t->place.sink->ops->state(t->place.sink, state);
}

static void
toy_row(struct toy_phone *t, unsigned row, enum instance_verdict verdict, bool wrong_password)
{
	struct instance_sink *sink = t->place.sink;
	const struct instance_row told = {
		.row = row,
		.chore = row == TOY_CHORE,
		.verdict = verdict,
		.why = verdict == INSTANCE_DONE ? 0 : 1,
		.started_us = t->row_us,
		.ended_us = loop_now_us(t->place.loop),
		.detail = verdict == INSTANCE_DONE ? "" : "toy:7 gave up",
		.wrong_password = wrong_password,
	};

	sink->ops->row(sink, &told);
}

/* ---- its walk ---- */

static void
toy_begin_row(struct toy_phone *t, unsigned row)
{
	t->row = row;
	t->row_us = loop_now_us(t->place.loop);
	loop_timer_set(t->alarm, t->all->row_us[row], 0);
}

/* The farm may cut the power, or have somebody sign out, when it is told of a row. */
static bool
toy_goes_on(const struct toy_phone *t)
{
	return t->on && t->state != INSTANCE_SIGNING_OUT && t->state != INSTANCE_SIGNED_OUT;
}

static void
toy_fail(struct toy_phone *t, bool wrong_password)
{
	toy_row(t, t->row, INSTANCE_NOT_DONE, wrong_password);
	if (!toy_goes_on(t))
		return;
	note(t, &life_of(t)->failed);
	toy_tell(t, INSTANCE_FAILED);
}

static void
toy_arrive(struct toy_phone *t)
{
	note(t, &life_of(t)->arrived);
	toy_tell(t, INSTANCE_ARRIVED);
}

static void
toy_row_done(struct toy_phone *t, bool last)
{
	toy_row(t, t->row, INSTANCE_DONE, false);
	if (!toy_goes_on(t))
		return;
	if (!last) {
		toy_begin_row(t, t->row + 1);
		return;
	}
	toy_tell(t, INSTANCE_STAYING);
	loop_timer_set(t->alarm, t->all->stay_us, 0);
}

static void
toy_on_alarm(void *arg)
{
	struct toy_phone *t = arg;
	enum toy_fate fate = fate_of(t);
	bool last = t->row == TOY_CHORE - 1;

	if (t->leaving) {
		toy_tell(t, INSTANCE_LEFT);
	} else if (t->state == INSTANCE_SIGNING_OUT) {
		toy_tell(t, INSTANCE_SIGNED_OUT);
	} else if (t->state == INSTANCE_STAYING) {
		toy_arrive(t);
	} else if (t->row == TOY_LOGIN && fate == TOY_WRONG_PASSWORD) {
		toy_fail(t, true);
	} else if (last && fate == TOY_FAILS) {
		toy_fail(t, false);
	} else if (last && fate == TOY_WAITS) {
		loop_timer_set(t->alarm, 1000, 0);
	} else if (!last || fate != TOY_HANGS) {
		toy_row_done(t, last);
	}
}

static void
toy_on_chore(void *arg)
{
	struct toy_phone *t = arg;

	toy_row(t, TOY_CHORE, INSTANCE_DONE, false);
}

/* ---- instance.h ---- */

static void
toy_switch_off(struct toy_phone *t)
{
	note(t, &life_of(t)->off);
	loop_timer_stop(t->alarm);
	loop_timer_stop(t->chore);
	t->walk++;
	toy_tell(t, INSTANCE_OFF);
}

static void
toy_switch_on(struct toy_phone *t)
{
	uint64_t every_us = t->all->row_us[TOY_CHORE];

	note(t, &life_of(t)->on);
	toy_tell(t, INSTANCE_WALKING);
	if (every_us != 0)
		loop_timer_set(t->chore, every_us, every_us);
	toy_begin_row(t, 0);
}

static void
toy_power(struct instance *i, bool on)
{
	struct toy_phone *t = toy_of(i);

	/* The farm never says what is so already. */
	assert_true(t->on != on);
	t->on = on;
	if (on)
		toy_switch_on(t);
	else
		toy_switch_off(t);
}

/* Signed out it rests until it is told to log in again; an update takes it as long as the row.
 */
static void
toy_hears(struct instance *i, enum instance_command command)
{
	struct toy_phone *t = toy_of(i);

	/* The farm never says it to one without power. */
	assert_true(t->on);
	switch (command) {
	case INSTANCE_SIGN_OUT:
		note(t, &life_of(t)->out);
		toy_tell(t, INSTANCE_SIGNING_OUT);
		loop_timer_set(t->alarm, t->all->sign_out_us, 0);
		break;
	case INSTANCE_SIGN_IN:
		note(t, &life_of(t)->in);
		if (t->state != INSTANCE_SIGNED_OUT)
			break;
		toy_tell(t, INSTANCE_WALKING);
		toy_begin_row(t, TOY_LOGIN);
		break;
	case INSTANCE_CHECK_UPDATE:
		note(t, &life_of(t)->check);
		if (t->state != INSTANCE_STAYING && t->state != INSTANCE_ARRIVED)
			break;
		toy_tell(t, INSTANCE_STAYING);
		loop_timer_set(t->alarm, t->all->row_us[TOY_UPDATE], 0);
		break;
	}
}

static void
toy_leave(struct instance *i)
{
	struct toy_phone *t = toy_of(i);

	assert_true(t->on);
	note(t, &life_of(t)->leave);
	loop_timer_stop(t->chore);
	t->leaving = true;
	if (t->all->leave_us == 0)
		toy_tell(t, INSTANCE_LEFT);
	else if (t->all->leave_us == UINT64_MAX)
		loop_timer_stop(t->alarm);
	else
		loop_timer_set(t->alarm, t->all->leave_us, 0);
}

static bool
toy_holds(const struct instance *i)
{
	return !toy_of(i)->all->lets_down;
}

static void
toy_close(struct instance *i)
{
	struct toy_phone *t = toy_of(i);

	life_of(t)->closed++;
	loop_timer_close(t->alarm);
	loop_timer_close(t->chore);
	mem_free(t);
}

static int
toy_make(
    void *arg, const struct instance_place *place, struct instance **out, const char **err_out)
{
	static const struct instance_ops ops = { toy_power, toy_hears, toy_leave, toy_holds,
		toy_close };
	struct toy_phone *t = mem_new(sizeof *t);
	int err = 0;

	*err_out = "a toy that cannot be made";
	if (t == NULL)
		return -ENOMEM;
	t->base.ops = &ops;
	t->all = arg;
	t->place = *place;
	if (fate_of(t) == TOY_CANNOT_BE_MADE)
		err = -ENOMEM;
	if (err == 0)
		err = loop_timer_new(place->loop, toy_on_alarm, t, &t->alarm);
	if (err == 0)
		err = loop_timer_new(place->loop, toy_on_chore, t, &t->chore);
	if (err == 0) {
		*out = &t->base;
		return 0;
	}
	if (t->alarm != NULL)
		loop_timer_close(t->alarm);
	mem_free(t);
	return err;
}

/* ---- the farm ---- */

static void
toys_on_second(void *arg, const struct metrics *m, uint64_t since_us)
{
	struct toy_farm *all = arg;

	all->seconds++;
	if (all->second != NULL)
		all->second(all, m, since_us);
}

static void
toys_on_end(void *arg)
{
	struct toy_farm *all = arg;

	all->ends++;
	if (!all->runs_on)
		loop_stop(all->loop);
}

/* It has a loop already. */
static struct toy_farm *
toy_farm_fill(struct toy_farm *all, uint32_t phones, unsigned threads)
{
	all->start_us = calloc(phones, sizeof *all->start_us);
	all->life = calloc(phones, sizeof *all->life);
	assert_non_null(all->start_us);
	assert_non_null(all->life);
	all->cfg = (struct farm_cfg){
		.loop = all->loop,
		.threads = threads,
		.phones = phones,
		.start_us = all->start_us,
		.seed = 7,
		.rows = toy_farm_rows,
		.n_rows = TOY_ROWS,
		.make = toy_make,
		.make_arg = all,
		.guard = { .login_row = TOY_LOGIN },
		.sign_in_row = TOY_LOGIN,
		.trace_fd = -1,
		.on_second = toys_on_second,
		.on_end = toys_on_end,
		.arg = all,
	};
	return all;
}

struct toy_farm *
toy_farm_new(uint32_t phones)
{
	struct toy_farm *all = calloc(1, sizeof *all);

	assert_non_null(all);
	assert_int_equal(sim_clock_new(&all->clock), 0);
	assert_int_equal(sim_loop_new(all->clock, &all->loop), 0);
	return toy_farm_fill(all, phones, 0);
}

struct toy_farm *
toy_farm_new_real(uint32_t phones, unsigned threads)
{
	struct toy_farm *all = calloc(1, sizeof *all);

	assert_non_null(all);
	assert_int_equal(loop_new(&all->loop), 0);
	return toy_farm_fill(all, phones, threads);
}

const struct farm_end *
toy_farm_run(struct toy_farm *all)
{
	const char *says;

	assert_int_equal(farm_new(&all->cfg, &all->farm, &says), 0);
	assert_int_equal(farm_start(all->farm), 0);
	loop_run(all->loop);
	assert_int_equal(all->ends, 1);
	return farm_result(all->farm);
}

void
toy_farm_free(struct toy_farm *all)
{
	farm_free(all->farm);
	loop_free(all->loop);
	sim_clock_free(all->clock);
	free(all->start_us);
	free(all->life);
	free(all);
	assert_int_equal(mem_out(), 0);
}
