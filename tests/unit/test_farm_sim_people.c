/*
 * test_farm_sim_people.c - the farm with the product's phones in a simulated pool, and people
 * at them: who sign out and in at any stage, through outages too, and who ask for an update.
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
#include "loop.h"
#include "mem.h"
#include "sim_farm.h"
#include "toy_farm.h"

#define S UINT64_C(1000000)
#define HOUR (3600 * S)

static void
farm_free_all(struct sim_farm *f)
{
	sim_farm_free(f);
	assert_int_equal(mem_out(), 0);
}

static const struct row_metrics *
row_of(const struct sim_farm *f, const char *step)
{
	return &farm_result(f->farm)->metrics->row[sim_farm_row(f, step)];
}

static uint64_t
done(const struct sim_farm *f, const char *step)
{
	return row_of(f, step)->done;
}

static const struct metrics *
run_with(struct sim_farm *f, const struct farm_event *events, size_t n)
{
	f->cfg.events = events;
	f->cfg.n_events = n;
	return sim_farm_run(f)->metrics;
}

/* A farm of ten that are signed in when an hour has passed and the others come. */
static struct sim_farm *
staying(void)
{
	struct sim_farm *f = sim_farm_new(10);

	f->plan.stay_us = 2 * HOUR;
	f->cfg.must_hold = true;
	return f;
}

static void
nobody_is_there_over_night_and_in_the_morning_all_come_back(void **state)
{
	struct sim_farm *f = staying();
	const struct farm_event events[] = {
		toy_event(SCENARIO_SIGN_OUT, HOUR, "100%"),
		toy_event(SCENARIO_SIGN_IN, 15 * HOUR, "100%"),
	};
	const struct metrics *m = run_with(f, events, 2);

	(void)state;
	assert_int_equal(m->phones.finished, 10);
	assert_int_equal(done(f, "sip_sign_out"), 10);
	/* Two walks for the update, and the morning's. */
	assert_int_equal(done(f, "sip_register"), 30);
	assert_int_equal(done(f, "dhcp_lease"), 20);
	assert_int_equal(done(f, "ca_fetch"), 10);
	/* The second walk knew who the user is. */
	assert_int_equal(done(f, "user_enters"), 20);
	assert_int_equal(row_of(f, "user_enters")->skipped, 10);
	assert_int_equal(m->from_intended.count, 10);
	farm_free_all(f);
}

static void
who_does_not_come_back_has_not_finished(void **state)
{
	struct sim_farm *f = staying();
	const struct farm_event events[] = {
		toy_event(SCENARIO_SIGN_OUT, HOUR, "50%"),
		toy_event(SCENARIO_SIGN_IN, 2 * HOUR, "20%"),
	};
	const struct metrics *m = run_with(f, events, 2);

	(void)state;
	assert_int_equal(m->phones.finished, 7);
	assert_int_equal(m->phones.failed, 0);
	assert_int_equal(m->phones.signed_out, 3);
	assert_int_equal(done(f, "sip_sign_out"), 5);
	farm_free_all(f);
}

/* Where the phones are half an hour after the sign-out, and a moment after the sign-in. */
struct sight {
	struct loop *loop;
	struct phone_counts night, typing;
};

static void
look(void *arg, const struct metrics *m, uint64_t since_us)
{
	struct sight *s = arg;

	if (since_us / S == 5400)
		s->night = m->phones;
	if (since_us / S == 7210)
		s->typing = m->phones;
}

static void
on_end(void *arg)
{
	loop_stop(((struct sight *)arg)->loop);
}

static void
the_counts_say_who_is_out_and_who_types(void **state)
{
	struct sim_farm *f = staying();
	struct sight sight = { .loop = f->loop };
	const struct farm_event events[] = {
		toy_event(SCENARIO_SIGN_OUT, HOUR, "40%"),
		toy_event(SCENARIO_SIGN_IN, 2 * HOUR, "40%"),
	};

	(void)state;
	f->cfg.arg = &sight;
	f->cfg.on_second = look;
	f->cfg.on_end = on_end;
	(void)run_with(f, events, 2);
	assert_int_equal(sight.night.signed_out, 4);
	assert_int_equal(sight.night.arrived, 6);
	assert_int_equal(sight.typing.signed_out, 0);
	assert_int_equal(sight.typing.at[sim_farm_row(f, "user_enters")], 4);
	assert_int_equal(sight.typing.arrived, 6);
	farm_free_all(f);
}

/* ---- at any moment -------------------------------------------------------------------- */

static void
signed_out_after_any_row_they_come_back_and_get_to_the_end(void **state)
{
	(void)state;
	for (unsigned row = 0; row < journey_rows; row++) {
		struct sim_farm *f = sim_farm_new(3);
		const struct farm_event events[] = {
			toy_event_row(SCENARIO_SIGN_OUT, row, "100%"),
			toy_event(SCENARIO_SIGN_IN, 600 * S, "100%"),
		};
		const struct metrics *m = run_with(f, events, 2);

		if (m->phones.finished != 3)
			fail_msg("signed out after %s", f->rows[row].name);
		assert_int_equal(m->phones.signed_out, 0);
		farm_free_all(f);
	}
}

static void
signed_out_at_any_moment_of_the_boot_they_come_back_and_get_to_the_end(void **state)
{
	(void)state;
	for (uint64_t at_us = 1000; at_us < 26 * S; at_us += 1234567) {
		struct sim_farm *f = sim_farm_new(10);
		const struct farm_event events[] = {
			toy_event(SCENARIO_SIGN_OUT, at_us, "100%"),
			toy_event(SCENARIO_SIGN_IN, 600 * S, "100%"),
		};

		for (uint64_t i = 0; i < 10; i++)
			f->start_us[i] = i * 98765;
		if (run_with(f, events, 2)->phones.finished != 10)
			fail_msg("signed out after %lu us", (unsigned long)at_us);
		farm_free_all(f);
	}
}

static void
an_outage_in_the_night_brings_nobody_back(void **state)
{
	struct sim_farm *f = staying();
	struct farm_event events[] = {
		toy_event(SCENARIO_SIGN_OUT, HOUR, "50%"),
		toy_event(SCENARIO_POWER_CYCLE, 2 * HOUR, "100%"),
		toy_event(SCENARIO_SIGN_IN, 4 * HOUR, "50%"),
	};
	const struct metrics *m;

	(void)state;
	events[1].off_for = (struct spread){ SPREAD_UNIFORM, 60 * S, 30 * S };
	m = run_with(f, events, 3);
	assert_int_equal(m->phones.finished, 10);
	/* Before: two walks each.  The outage: everybody's lease, and five who are signed in
	 * at once; in the morning the others. */
	assert_int_equal(done(f, "dhcp_lease"), 30);
	assert_int_equal(done(f, "sip_register"), 30);
	assert_int_equal(done(f, "user_enters"), 15);
	farm_free_all(f);
}

static void
in_an_outage_nobody_signs_in(void **state)
{
	struct sim_farm *f = staying();
	const struct farm_event events[] = {
		toy_event(SCENARIO_SIGN_OUT, HOUR, "100%"),
		toy_cycle(2 * HOUR, 600 * S, "100%"),
		toy_event(SCENARIO_SIGN_IN, 2 * HOUR + 300 * S, "100%"),
	};
	const struct metrics *m = run_with(f, events, 3);

	(void)state;
	assert_int_equal(m->phones.finished, 0);
	assert_int_equal(m->phones.signed_out, 10);
	farm_free_all(f);
}

/* ---- updates ---------------------------------------------------------------------------- */

static void
an_update_on_demand_is_installed_and_booted_by_all(void **state)
{
	struct sim_farm *f = sim_farm_new(10);
	const struct farm_event event = toy_event(SCENARIO_CHECK_UPDATE, 300 * S, "100%");
	const struct metrics *m;

	(void)state;
	f->plan.until = journey_find("sip_provision");
	m = run_with(f, &event, 1);
	assert_int_equal(m->phones.finished, 10);
	assert_int_equal(done(f, "update_ask"), 10);
	assert_int_equal(done(f, "update_download"), 10);
	assert_int_equal(done(f, "update_confirm"), 10);
	assert_true(m->firmware_bytes >= 10 * 1000000);
	/* They had arrived, and walk again as another version. */
	assert_int_equal(done(f, "sip_provision"), 20);
	farm_free_all(f);
}

static void
those_who_are_not_asked_keep_their_version(void **state)
{
	struct sim_farm *f = sim_farm_new(10);
	const struct farm_event event = toy_event(SCENARIO_CHECK_UPDATE, 300 * S, "2,5-6");

	(void)state;
	f->plan.until = journey_find("sip_provision");
	assert_int_equal(run_with(f, &event, 1)->phones.finished, 10);
	assert_int_equal(done(f, "update_download"), 3);
	assert_int_equal(done(f, "sip_provision"), 13);
	farm_free_all(f);
}

/* ---- the same seed -------------------------------------------------------------------------
 */

static char *
trace_of(uint64_t seed, size_t *n_out)
{
	struct sim_farm *f = sim_farm_new(200);
	struct farm_event events[] = {
		toy_event(SCENARIO_SIGN_OUT, 20 * S, "30%"),
		toy_event(SCENARIO_POWER_CYCLE, 25 * S, "20%"),
		toy_event(SCENARIO_CHECK_UPDATE, 30 * S, "20%"),
		toy_event(SCENARIO_SIGN_IN, 60 * S, "30%"),
	};
	int fd = memfd_create("trace", 0);
	char *text;

	assert_true(fd >= 0);
	events[1].off_for = (struct spread){ SPREAD_NORMAL, 10 * S, 3 * S };
	for (uint64_t i = 0; i < 200; i++)
		f->start_us[i] = i * S / 10;
	f->types_for.b_us = 8 * S;
	f->cfg.seed = seed;
	f->cfg.trace_fd = fd;
	/* Who had no power at 60 s is still waited for by his desk. */
	assert_in_range(run_with(f, events, 4)->phones.finished, 180, 200);
	farm_free_all(f);

	*n_out = (size_t)lseek(fd, 0, SEEK_END);
	text = malloc(*n_out + 1);
	assert_non_null(text);
	assert_int_equal(pread(fd, text, *n_out, 0), *n_out);
	(void)close(fd);
	return text;
}

static void
the_same_seed_has_the_same_people(void **state)
{
	size_t n_one, n_same, n_other;
	char *one = trace_of(1, &n_one), *same = trace_of(1, &n_same),
	     *other = trace_of(2, &n_other);

	(void)state;
	assert_int_equal(n_one, n_same);
	assert_memory_equal(one, same, n_one);
	assert_true(n_one != n_other || memcmp(one, other, n_one) != 0);
	free(one);
	free(same);
	free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_there_over_night_and_in_the_morning_all_come_back),
		cmocka_unit_test(who_does_not_come_back_has_not_finished),
		cmocka_unit_test(the_counts_say_who_is_out_and_who_types),
		cmocka_unit_test(signed_out_after_any_row_they_come_back_and_get_to_the_end),
		cmocka_unit_test(
		    signed_out_at_any_moment_of_the_boot_they_come_back_and_get_to_the_end),
		cmocka_unit_test(an_outage_in_the_night_brings_nobody_back),
		cmocka_unit_test(in_an_outage_nobody_signs_in),
		cmocka_unit_test(an_update_on_demand_is_installed_and_booted_by_all),
		cmocka_unit_test(those_who_are_not_asked_keep_their_version),
		cmocka_unit_test(the_same_seed_has_the_same_people),
	};

	return cmocka_run_group_tests_name("farm_sim_people", tests, NULL, NULL);
}
