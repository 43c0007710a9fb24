/*
 * test_farm.c - the farm with toy instances: no network, real loops and threads.
 * Nothing here waits for a clock to reach a value; only order and counts are judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "farm.h"
#include "loop.h"
#include "mem.h"

enum { PHONES_MAX = 1000, PHONES_WITHOUT_MEMORY = 40 };

static const struct farm_row rows[] = {
	{ "dhcp_lease", "address", 1, 2, false },
	{ "krb_login", "identity", 11, 12, false },
};

/* Fewer where the test is repeated for every allocation. */
static unsigned
n_phones(void)
{
	return oom_wanted() ? PHONES_WITHOUT_MEMORY : PHONES_MAX;
}

/* What a toy does with its one alarm, and what the tests look at. */
enum toy_way { TOY_ARRIVES, TOY_FAILS, TOY_RUNS_ON, TOY_WRONG_PASSWORD, TOY_LETS_DOWN };

struct toys {
	struct loop *loop;
	struct farm *farm;
	enum toy_way way, canary_way;
	bool slow_to_leave, drain_when_on, kill_when_in, kill_too;
	atomic_uint powered, due, left, closed;
	unsigned order[PHONES_MAX];
	unsigned ends;
	uint32_t unmade; /* this one cannot be made; 0: all can */
	uint64_t start_us[PHONES_MAX];
	struct farm_cfg cfg;
};

struct toy {
	struct instance base;
	struct toys *all;
	struct instance_place place;
	struct loop_timer *alarm;
};

static struct toy *
toy_of(const struct instance *i)
{
	return (struct toy *)(void *)(uintptr_t)i;
}

static void
toy_row(struct toy *t, unsigned row, enum instance_verdict verdict, bool wrong)
{
	struct instance_sink *sink = t->place.sink;
	const struct instance_row r = { .row = row,
		.verdict = verdict,
		.why = verdict == INSTANCE_DONE ? 0 : 1,
		.started_us = 1000,
		.ended_us = 3000,
		.firmware_bytes = 10,
		.wrong_password = wrong };
	struct buf *trace = sink->ops->trace(sink);

	if (trace != NULL)
		buf_printf(trace, "{\"phone\":%u,\"row\":%u}\n", t->place.index, row);
	sink->ops->row(sink, &r);
}

static void
toy_on_alarm(void *arg)
{
	struct toy *t = arg;
	struct instance_sink *sink = t->place.sink;
	enum toy_way way = t->place.index == 0 ? t->all->canary_way : t->all->way;

	toy_row(t, 0, INSTANCE_DONE, false);
	if (way == TOY_RUNS_ON)
		return;
	if (way == TOY_FAILS || way == TOY_WRONG_PASSWORD) {
		toy_row(t, 1, INSTANCE_NOT_DONE, way == TOY_WRONG_PASSWORD);
		sink->ops->state(sink, INSTANCE_FAILED);
		return;
	}
	toy_row(t, 1, INSTANCE_RETRY, false);
	toy_row(t, 1, INSTANCE_DONE, false);
	sink->ops->state(sink, INSTANCE_STAYING);
	sink->ops->state(sink, INSTANCE_ARRIVED);
}

/* As a second Ctrl-C may come before the first has been heard of. */
static void
toys_drain(void *arg)
{
	struct toys *all = arg;

	farm_drain(all->farm);
	farm_drain(all->farm);
	if (all->kill_too)
		farm_kill(all->farm);
}

/* One more is switched on, or cannot be made: the last one tells the farm's thread.  If there
 * is no memory for that, the farm's second finds it out. */
static void
toys_one_on(struct toys *all)
{
	if (atomic_fetch_add(&all->due, 1) + 1 == n_phones() && all->drain_when_on)
		(void)loop_post(all->loop, toys_drain, all);
}

static void
toy_power(struct instance *i, bool on)
{
	struct toy *t = toy_of(i);

	assert_true(on);
	t->all->order[t->place.index] = atomic_fetch_add(&t->all->powered, 1) + 1;
	t->place.sink->ops->state(t->place.sink, INSTANCE_WALKING);
	loop_timer_set(t->alarm, 0, 0);
	toys_one_on(t->all);
}

/* No test here has anybody at the phones. */
static void
toy_does_not_hear(struct instance *i, enum instance_command command)
{
	(void)i;
	(void)command;
}

static void
toy_leave(struct instance *i)
{
	struct toy *t = toy_of(i);

	atomic_fetch_add(&t->all->left, 1);
	if (!t->all->slow_to_leave)
		t->place.sink->ops->state(t->place.sink, INSTANCE_LEFT);
}

static bool
toy_holds(const struct instance *i)
{
	return toy_of(i)->all->way != TOY_LETS_DOWN;
}

static void
toy_close(struct instance *i)
{
	struct toy *t = toy_of(i);

	atomic_fetch_add(&t->all->closed, 1);
	loop_timer_close(t->alarm);
	mem_free(t);
}

static const struct instance_ops toy_ops = { toy_power, toy_does_not_hear, toy_leave, toy_holds,
	toy_close };

static int
toy_try(struct toys *all, const struct instance_place *place, struct toy **out,
    const char **err_out)
{
	struct toy *t;

	if (all->unmade != 0 && place->index == all->unmade) {
		*err_out = "no memory for a toy";
		return -ENOMEM;
	}
	/* No assertion here: this is not the test's thread. */
	t = mem_new(sizeof *t);
	if (t == NULL)
		return -ENOMEM;
	*t = (struct toy){ { &toy_ops }, all, *place, NULL };
	if (loop_timer_new(place->loop, toy_on_alarm, t, &t->alarm) != 0) {
		mem_free(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}

static int
toy_make(
    void *arg, const struct instance_place *place, struct instance **out, const char **err_out)
{
	struct toy *t;
	int err = toy_try(arg, place, &t, err_out);

	if (err != 0)
		toys_one_on(arg);
	else
		*out = &t->base;
	return err;
}

static void
toys_on_second(void *arg, const struct metrics *m, uint64_t since_us)
{
	struct toys *all = arg;

	(void)since_us;
	assert_true(m->phones.started <= n_phones());
	if (all->kill_when_in && m->phones.arrived + m->phones.failed >= n_phones() - 1)
		farm_kill(all->farm);
	if (all->drain_when_on && m->phones.started == n_phones())
		toys_drain(all);
}

static void
toys_on_end(void *arg)
{
	struct toys *all = arg;

	all->ends++;
	loop_stop(all->loop);
}

/* 1,000 toys on two threads, 20 a millisecond; the test changes what it is about. */
static struct toys *
new_toys(void)
{
	struct toys *all = calloc(1, sizeof *all);

	assert_non_null(all);
	assert_int_equal(loop_new(&all->loop), 0);
	for (uint64_t i = 0; i < n_phones(); i++)
		all->start_us[i] = i * 50;
	all->cfg = (struct farm_cfg){ .loop = all->loop,
		.threads = 2,
		.phones = n_phones(),
		.start_us = all->start_us,
		.rows = rows,
		.n_rows = 2,
		.make = toy_make,
		.make_arg = all,
		.guard = { .login_row = 1 },
		.trace_fd = -1,
		.on_second = toys_on_second,
		.on_end = toys_on_end,
		.arg = all };
	return all;
}

static const struct farm_end *
run(struct toys *all)
{
	const char *says;

	assert_int_equal(farm_new(&all->cfg, &all->farm, &says), 0);
	assert_int_equal(farm_start(all->farm), 0);
	loop_run(all->loop);
	assert_int_equal(all->ends, 1);
	return farm_result(all->farm);
}

static void
free_toys(struct toys *all)
{
	farm_free(all->farm);
	loop_free(all->loop);
	free(all);
	assert_int_equal(mem_out(), 0);
}

static void
a_thousand_start_in_their_shards_order_and_all_finish(void **state)
{
	struct toys *all = new_toys();
	const struct farm_end *end = run(all);
	const struct metrics *m = end->metrics;

	(void)state;
	for (unsigned i = 2; i < n_phones(); i++)
		assert_true(all->order[i] > all->order[i - 2]);
	assert_int_equal(m->phones.started, n_phones());
	assert_int_equal(m->phones.finished, n_phones());
	assert_int_equal(m->phones.failed, 0);
	assert_int_equal(m->start_lag.count, n_phones());
	assert_int_equal(m->from_intended.count, n_phones());
	assert_int_equal(m->from_actual.count, n_phones());
	assert_int_equal(m->row[1].done, n_phones());
	assert_int_equal(metrics_retries(&m->row[1]), n_phones());
	assert_int_equal(m->guide[1], n_phones());
	assert_int_equal(m->guide[12], n_phones());
	assert_int_equal(m->firmware_bytes, 30 * n_phones());
	assert_int_equal(all->left, n_phones());
	assert_int_equal(all->closed, n_phones());
	assert_false(end->drained);
	assert_null(end->guard_says);
	free_toys(all);
}

static void
failed_ones_are_counted_as_failed(void **state)
{
	struct toys *all = new_toys();
	const struct metrics *m;

	(void)state;
	all->way = TOY_FAILS;
	m = run(all)->metrics;
	assert_int_equal(m->phones.started, n_phones());
	assert_int_equal(m->phones.finished, 1);
	assert_int_equal(m->phones.failed, n_phones() - 1);
	assert_int_equal(m->row[1].reasons[1], n_phones() - 1 + 1);
	free_toys(all);
}

static void
one_that_cannot_be_made_has_failed_and_says_why(void **state)
{
	struct toys *all = new_toys();
	const struct farm_end *end;

	(void)state;
	all->unmade = 17;
	end = run(all);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_int_equal(end->metrics->phones.finished, n_phones() - 1);
	assert_string_equal(end->make_says, "no memory for a toy");
	free_toys(all);
}

static void
who_does_not_hold_what_it_arrived_at_is_not_finished(void **state)
{
	struct toys *all = new_toys();
	const struct metrics *m;

	(void)state;
	all->way = TOY_LETS_DOWN;
	all->canary_way = TOY_FAILS;
	all->cfg.must_hold = true;
	m = run(all)->metrics;
	assert_int_equal(m->phones.finished, 0);
	assert_int_equal(m->phones.failed, 1);
	free_toys(all);
}

static void
who_is_killed_without_holding_it_has_not_finished_either(void **state)
{
	struct toys *all = new_toys();
	const struct metrics *m;

	(void)state;
	all->way = TOY_LETS_DOWN;
	all->canary_way = TOY_RUNS_ON; /* the others arrive, and the run goes on */
	all->cfg.must_hold = true;
	all->kill_when_in = true;
	m = run(all)->metrics;
	assert_int_equal(m->phones.started, n_phones());
	assert_int_equal(m->phones.arrived, n_phones() - 1);
	assert_int_equal(m->phones.finished, 0);
	assert_int_equal(all->left, 0);
	free_toys(all);
}

static void
a_drain_lets_everybody_leave_and_ends(void **state)
{
	struct toys *all = new_toys();
	const struct farm_end *end;

	(void)state;
	all->way = TOY_RUNS_ON;
	all->canary_way = TOY_RUNS_ON;
	all->drain_when_on = true;
	end = run(all);
	assert_true(end->drained);
	assert_int_equal(end->metrics->phones.finished, 0);
	assert_int_equal(all->left, end->metrics->phones.started);
	assert_int_equal(all->closed, all->left);
	free_toys(all);
}

static void
a_kill_does_not_wait_for_those_who_leave(void **state)
{
	struct toys *all = new_toys();

	(void)state;
	all->way = TOY_RUNS_ON;
	all->slow_to_leave = true;
	all->drain_when_on = true;
	all->kill_too = true;
	assert_true(run(all)->drained);
	assert_int_equal(all->closed, all->powered);
	free_toys(all);
}

/* They have all left when the kill arrives: each shard tells its end once all the same, or the
 * second telling would find the farm freed. */
static void
a_kill_that_comes_as_the_last_one_leaves_is_told_once(void **state)
{
	(void)state;
	for (int i = 0; i < (oom_wanted() ? 1 : 20); i++) {
		struct toys *all = new_toys();

		all->way = TOY_RUNS_ON;
		all->drain_when_on = true;
		all->kill_too = true;
		assert_true(run(all)->drained);
		/* What was posted late is read by the next turn of the loop. */
		loop_run(all->loop);
		assert_int_equal(all->ends, 1);
		free_toys(all);
	}
}

static void
given_a_canary_nobody_starts_before_it_is_in(void **state)
{
	struct toys *all = new_toys();
	const struct metrics *m;

	(void)state;
	all->cfg.guard.canary = 1;
	m = run(all)->metrics;
	assert_int_equal(all->order[0], 1);
	assert_int_equal(m->phones.finished, n_phones());
	free_toys(all);
}

static void
given_two_canaries_one_that_logs_in_is_not_enough(void **state)
{
	struct toys *all = new_toys();
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 2;
	all->way = TOY_FAILS;
	end = run(all);
	assert_int_equal(end->metrics->phones.started, 2);
	assert_non_null(end->guard_says);
	free_toys(all);
}

static void
given_a_canary_that_fails_nobody_else_starts(void **state)
{
	struct toys *all = new_toys();
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.canary = 1;
	all->canary_way = TOY_FAILS;
	end = run(all);
	assert_int_equal(end->metrics->phones.started, 1);
	assert_int_equal(end->metrics->phones.failed, 1);
	assert_non_null(end->guard_says);
	free_toys(all);
}

static void
given_wrong_passwords_in_a_row_it_stops(void **state)
{
	struct toys *all = new_toys();
	const struct farm_end *end;

	(void)state;
	all->cfg.guard.wrong_passwords = 3;
	all->way = all->canary_way = TOY_WRONG_PASSWORD;
	for (uint64_t i = 0; i < n_phones(); i++) /* the rest is meant to start in an hour */
		all->start_us[i] = i < 4 ? 0 : UINT64_C(3600000000);
	end = run(all);
	assert_non_null(end->guard_says);
	assert_int_equal(end->metrics->phones.started, 4);
	free_toys(all);
}

static void
the_trace_has_every_line_whole(void **state)
{
	char path[] = "/tmp/cx700farm-test-XXXXXX", line[64];
	struct toys *all = new_toys();
	unsigned lines = 0, phone, row;
	FILE *f;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_APPEND), 0);
	all->cfg.trace_fd = fd;
	assert_int_equal(run(all)->trace_err, 0);
	f = fdopen(fd, "r");
	rewind(f);
	while (fgets(line, sizeof line, f) != NULL) {
		assert_int_equal(sscanf(line, "{\"phone\":%u,\"row\":%u}", &phone, &row), 2);
		assert_non_null(strchr(line, '\n'));
		lines++;
	}
	assert_int_equal(lines, 3 * n_phones());
	fclose(f);
	unlink(path);
	free_toys(all);
}

static void
more_threads_than_phones_are_not_made(void **state)
{
	struct toys *all = new_toys();

	(void)state;
	all->cfg.phones = 1;
	all->cfg.threads = 8;
	assert_int_equal(run(all)->metrics->phones.finished, 1);
	free_toys(all);
}

static void
descriptors_are_one_a_line_and_three_more_in_transit(void **state)
{
	struct descriptors_load l = {
		.phones = 1000, .transit = 100, .threads = 2, .lines = 1000
	};
	uint64_t with, without, all;

	(void)state;
	with = descriptors_needed(&l);
	l.lines = 0;
	without = descriptors_needed(&l);
	l.transit = 5000;
	all = descriptors_needed(&l);
	assert_int_equal(with - without, 1000);
	assert_int_equal(all - without, 3 * (1000 - 100));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_start_in_their_shards_order_and_all_finish),
		cmocka_unit_test(failed_ones_are_counted_as_failed),
		cmocka_unit_test(one_that_cannot_be_made_has_failed_and_says_why),
		cmocka_unit_test(who_does_not_hold_what_it_arrived_at_is_not_finished),
		cmocka_unit_test(who_is_killed_without_holding_it_has_not_finished_either),
		cmocka_unit_test(a_drain_lets_everybody_leave_and_ends),
		cmocka_unit_test(a_kill_does_not_wait_for_those_who_leave),
		cmocka_unit_test(a_kill_that_comes_as_the_last_one_leaves_is_told_once),
		cmocka_unit_test(given_a_canary_nobody_starts_before_it_is_in),
		cmocka_unit_test(given_two_canaries_one_that_logs_in_is_not_enough),
		cmocka_unit_test(given_a_canary_that_fails_nobody_else_starts),
		cmocka_unit_test(given_wrong_passwords_in_a_row_it_stops),
		cmocka_unit_test(the_trace_has_every_line_whole),
		cmocka_unit_test(more_threads_than_phones_are_not_made),
		cmocka_unit_test(descriptors_are_one_a_line_and_three_more_in_transit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
