/* test_run_lost.c - the embedded pool is lost: who notices in time ends by himself, who does
 * not is ended.  A farm of toys on a real loop; only order and counts are judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mem.h"
#include "run_lost.h"

enum { TOYS = 4, MOMENT_US = 1000 };

#define HOUR_US UINT64_C(3600000000)

struct toy {
	struct instance base;
	struct instance_sink *sink;
	struct loop_timer *alarm;
};

struct stage {
	struct run_lost lost;
	bool notices; /* the toys fail a moment after they were switched on */
	struct toy toy[TOYS];
	uint64_t start_us[TOYS];
	const struct farm_end *end;
};

static const struct farm_row rows[] = { { "dhcp_lease", "address", 1, 2, false } };

static void
toy_on_alarm(void *arg)
{
	struct toy *t = arg;

	t->sink->ops->state(t->sink, INSTANCE_FAILED);
}

static void
toy_power(struct instance *i, bool on)
{
	struct toy *t = (struct toy *)(void *)i;

	assert_true(on);
	t->sink->ops->state(t->sink, INSTANCE_WALKING);
	if (t->alarm != NULL)
		loop_timer_set(t->alarm, MOMENT_US, 0);
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
	struct toy *t = (struct toy *)(void *)i;

	t->sink->ops->state(t->sink, INSTANCE_LEFT);
}

static bool
toy_holds(const struct instance *i)
{
	(void)i;
	return true;
}

static void
toy_close(struct instance *i)
{
	struct toy *t = (struct toy *)(void *)i;

	if (t->alarm != NULL)
		loop_timer_close(t->alarm);
}

static int
toy_make(
    void *arg, const struct instance_place *place, struct instance **out, const char **err_out)
{
	static const struct instance_ops ops = { toy_power, toy_does_not_hear, toy_leave,
		toy_holds, toy_close };
	struct stage *s = arg;
	struct toy *t = &s->toy[place->index];

	(void)err_out;
	*t = (struct toy){ .base = { &ops }, .sink = place->sink };
	*out = &t->base;
	return s->notices ? loop_timer_new(place->loop, toy_on_alarm, t, &t->alarm) : 0;
}

static void
stage_on_end(void *arg)
{
	struct stage *s = arg;

	s->end = farm_result(s->lost.farm);
	loop_stop(s->lost.loop);
}

/* Run the toys with a pool that is lost at the beginning. */
static void
play(struct stage *s, uint64_t notice_us)
{
	struct farm_cfg cfg = { .threads = 2,
		.phones = TOYS,
		.start_us = s->start_us,
		.rows = rows,
		.n_rows = 1,
		.make = toy_make,
		.make_arg = s,
		.trace_fd = -1,
		.on_end = stage_on_end,
		.arg = s };
	const char *says;

	assert_int_equal(loop_new(&s->lost.loop), 0);
	cfg.loop = s->lost.loop;
	assert_int_equal(farm_new(&cfg, &s->lost.farm, &says), 0);
	assert_int_equal(farm_start(s->lost.farm), 0);
	run_lost_pool(&s->lost, notice_us);
	while (s->end == NULL)
		loop_run(s->lost.loop);
	run_lost_done(&s->lost);
}

static void
strike(struct stage *s)
{
	farm_free(s->lost.farm);
	loop_free(s->lost.loop);
	assert_int_equal(mem_out(), 0);
}

static void
who_waits_for_ever_is_ended_and_has_not_finished(void **state)
{
	struct stage s = { 0 };

	(void)state;
	play(&s, MOMENT_US);
	assert_true(s.end->drained);
	assert_int_equal(s.end->metrics->phones.finished, 0);
	assert_int_equal(s.end->metrics->phones.failed, 0);
	strike(&s);
}

static void
who_notices_in_time_has_failed_by_himself(void **state)
{
	struct stage s = { .notices = true };

	(void)state;
	play(&s, HOUR_US);
	assert_false(s.end->drained);
	assert_int_equal(s.end->metrics->phones.failed, TOYS);
	strike(&s);
}

static void
a_pool_that_was_never_lost_leaves_nothing_to_undo(void **state)
{
	struct run_lost lost = { 0 };

	(void)state;
	run_lost_done(&lost);
	assert_null(lost.late);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_waits_for_ever_is_ended_and_has_not_finished),
		cmocka_unit_test(who_notices_in_time_has_failed_by_himself),
		cmocka_unit_test(a_pool_that_was_never_lost_leaves_nothing_to_undo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
