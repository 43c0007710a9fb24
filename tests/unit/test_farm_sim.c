/*
 * test_farm_sim.c - the farm with the product's phones in a simulated pool, all in virtual
 * time: whole boots, power that goes and comes at every stage, and the same history for the
 * same seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "journey.h"
#include "mem.h"
#include "sim_farm.h"
#include "toy_farm.h"

#define S UINT64_C(1000000)

static void
farm_free_all(struct sim_farm *f)
{
	sim_farm_free(f);
	assert_int_equal(mem_out(), 0);
}

static uint64_t
done(const struct sim_farm *f, const char *step)
{
	return farm_result(f->farm)->metrics->row[sim_farm_row(f, step)].done;
}

static const struct farm_end *
run_with(struct sim_farm *f, const struct farm_event *event)
{
	f->cfg.events = event;
	f->cfg.n_events = 1;
	return sim_farm_run(f);
}

/* ---- whole boots ---- */

static void
a_hundred_walk_the_whole_way_twice(void **state)
{
	struct sim_farm *f = sim_farm_new(100);
	const struct metrics *m;

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		f->start_us[i] = i * S / 10;
	m = sim_farm_run(f)->metrics;
	assert_int_equal(m->phones.finished, 100);
	for (size_t n = 1; n <= METRICS_GUIDE; n++)
		assert_int_equal(m->guide[n], 100);
	assert_int_equal(done(f, "dhcp_lease"), 200);
	assert_int_equal(done(f, "update_download"), 100);
	assert_int_equal(m->start_lag.max_us, 0);
	assert_true(m->loop_lag_p99_ms == 0);
	farm_free_all(f);
}

static void
a_day_signed_in_is_a_moment(void **state)
{
	struct sim_farm *f = sim_farm_new(10);
	const struct farm_end *end;

	(void)state;
	f->plan.stay_us = 24 * 3600 * S;
	f->cfg.must_hold = true;
	end = sim_farm_run(f);
	assert_int_equal(end->metrics->phones.finished, 10);
	assert_true(end->wall_s > 24 * 3600);
	assert_true(done(f, "sip_refresh") > 10);
	farm_free_all(f);
}

static void
those_who_leave_sign_out_and_give_their_lease_back(void **state)
{
	struct sim_farm *f = sim_farm_new(10);

	(void)state;
	f->plan.leave = true;
	assert_int_equal(sim_farm_run(f)->metrics->phones.finished, 10);
	assert_int_equal(done(f, "sip_sign_out"), 10);
	assert_int_equal(done(f, "dhcp_release"), 10);
	farm_free_all(f);
}

/* ---- power ---- */

/* Cut as soon as this row is done; nobody is lost by that, and everybody lost power once. */
static void
power_cut_after(unsigned row)
{
	struct sim_farm *f = sim_farm_new(3);
	struct farm_event event = toy_event_row(SCENARIO_POWER_CYCLE, row, "100%");
	const struct metrics *m;

	event.off_for.a_us = 5 * S;
	m = run_with(f, &event)->metrics;
	if (m->phones.finished != 3)
		fail_msg("a power cut after %s", f->rows[row].name);
	/* The power cut's walk, and the one for the new image: if it had not been booted yet,
	 * the outage takes care of that too. */
	if (m->row[row].done > 0)
		assert_true(m->row[0].done >= 6);
	farm_free_all(f);
}

static void
after_a_power_cut_at_any_stage_they_get_to_the_end(void **state)
{
	(void)state;
	for (unsigned row = 0; row < journey_rows; row++)
		power_cut_after(row);
}

static void
a_power_cut_at_any_moment_of_the_boot_is_survived(void **state)
{
	(void)state;
	/* All phones are on their way for about 25 s; each of ten is cut off at another moment,
	 * in steps that meet handshakes and downloads as well as pauses. */
	for (uint64_t at_us = 1000; at_us < 26 * S; at_us += 1234567) {
		struct sim_farm *f = sim_farm_new(10);
		struct farm_event event = toy_event(SCENARIO_POWER_CYCLE, at_us, "100%");

		event.off_for.a_us = 1 * S;
		for (uint64_t i = 0; i < 10; i++)
			f->start_us[i] = i * 98765;
		if (run_with(f, &event)->metrics->phones.finished != 10)
			fail_msg("a power cut after %lu us", (unsigned long)at_us);
		farm_free_all(f);
	}
}

static void
what_is_in_flash_is_not_fetched_again(void **state)
{
	struct sim_farm *f = sim_farm_new(10);
	struct farm_event event =
	    toy_event_row(SCENARIO_POWER_CYCLE, sim_farm_row(f, "ca_fetch"), "30%");

	(void)state;
	event.off_for.a_us = 60 * S;
	assert_int_equal(run_with(f, &event)->metrics->phones.finished, 10);
	assert_int_equal(done(f, "dhcp_lease"), 10 + 3 + 10);
	assert_int_equal(done(f, "ca_fetch"), 10);
	assert_int_equal(done(f, "pool_tls"), 20);
	farm_free_all(f);
}

static void
signed_in_phones_come_back_after_an_outage(void **state)
{
	struct sim_farm *f = sim_farm_new(10);
	struct farm_event event = toy_event(SCENARIO_POWER_CYCLE, 300 * S, "0-9");
	const struct farm_end *end;

	(void)state;
	event.off_for.a_us = 120 * S;
	f->plan.stay_us = 600 * S;
	f->cfg.must_hold = true;
	end = run_with(f, &event);
	assert_int_equal(end->metrics->phones.finished, 10);
	assert_true(end->wall_s > 300 + 120 + 600);
	assert_int_equal(done(f, "sip_register"), 30);
	farm_free_all(f);
}

static void
unplugged_ones_are_unfinished_and_leave_nothing_open(void **state)
{
	struct sim_farm *f = sim_farm_new(10);
	const struct farm_event event =
	    toy_event_row(SCENARIO_UNPLUG, sim_farm_row(f, "sip_register"), "20%");
	const struct metrics *m;

	(void)state;
	f->plan.stay_us = 10 * S;
	f->plan.leave = true;
	m = run_with(f, &event)->metrics;
	assert_int_equal(m->phones.finished, 8);
	assert_int_equal(m->phones.off, 2);
	assert_int_equal(done(f, "sip_sign_out"), 8);
	farm_free_all(f);
}

/* ---- the same seed ---- */

/* Its whole trace; what chance has a part in is asked for: arrivals, typing, who loses power.
 */
static char *
trace_of(uint64_t seed, size_t *n_out)
{
	enum { PHONES = 1000 };
	struct sim_farm *f = sim_farm_new(PHONES);
	struct farm_event event = toy_event(SCENARIO_POWER_CYCLE, 30 * S, "10%");
	int fd = memfd_create("trace", 0);
	char *text;

	assert_true(fd >= 0);
	event.off_for.a_us = 10 * S;
	for (uint64_t i = 0; i < PHONES; i++)
		f->start_us[i] = i * S / 50;
	f->types_for.b_us = 8 * S;
	f->cfg.seed = seed;
	f->cfg.trace_fd = fd;
	assert_int_equal(run_with(f, &event)->metrics->phones.finished, PHONES);
	assert_int_equal(farm_result(f->farm)->trace_err, 0);
	farm_free_all(f);

	*n_out = (size_t)lseek(fd, 0, SEEK_END);
	text = malloc(*n_out + 1);
	assert_non_null(text);
	assert_int_equal(pread(fd, text, *n_out, 0), *n_out);
	(void)close(fd);
	return text;
}

static void
the_same_seed_writes_the_same_trace_byte_for_byte_and_another_another(void **state)
{
	size_t n_one, n_same, n_other;
	char *one = trace_of(1, &n_one), *same = trace_of(1, &n_same),
	     *other = trace_of(2, &n_other);

	(void)state;
	assert_true(n_one > 1000 * 40 * 100);
	assert_int_equal(n_one, n_same);
	assert_int_equal(memcmp(one, same, n_one), 0);
	assert_true(n_one != n_other || memcmp(one, other, n_one) != 0);
	free(one);
	free(same);
	free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_walk_the_whole_way_twice),
		cmocka_unit_test(a_day_signed_in_is_a_moment),
		cmocka_unit_test(those_who_leave_sign_out_and_give_their_lease_back),
		cmocka_unit_test(after_a_power_cut_at_any_stage_they_get_to_the_end),
		cmocka_unit_test(a_power_cut_at_any_moment_of_the_boot_is_survived),
		cmocka_unit_test(what_is_in_flash_is_not_fetched_again),
		cmocka_unit_test(signed_in_phones_come_back_after_an_outage),
		cmocka_unit_test(unplugged_ones_are_unfinished_and_leave_nothing_open),
		cmocka_unit_test(
		    the_same_seed_writes_the_same_trace_byte_for_byte_and_another_another),
	};

	return cmocka_run_group_tests_name("farm_sim", tests, NULL, NULL);
}
