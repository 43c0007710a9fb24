/*
 * test_farm_sim_groups.c - two groups of the product's phones in one simulated pool: each has
 * its own firmware, way, patience and people.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mem.h"
#include "sim_farm.h"

#define S UINT64_C(1000000)

enum { BRANCH = 4, ALL = 10, BUILD_199 = 0, BUILD_522 = 1 };

static const struct farm_group names[] = { { "branch", 0 }, { "campus", BRANCH } };

/* Four phones of a branch and six of a campus, as yet alike. */
struct town {
	struct sim_farm *f;
	struct phone_group group[2];
	struct journey_plan plan[2];
	struct spread types_for[2];
};

static struct town
new_town(void)
{
	struct sim_farm *f = sim_farm_new(ALL);
	struct town t = { .f = f };

	for (size_t i = 0; i < 2; i++) {
		t.plan[i] = f->plan;
		t.types_for[i] = f->types_for;
		t.group[i] = (struct phone_group){ .first = names[i].first };
	}
	f->cfg.groups = names;
	f->cfg.n_groups = 2;
	return t;
}

/* The town stays where it is from here on. */
static const struct farm_end *
run(struct town *t)
{
	for (size_t i = 0; i < 2; i++) {
		t->group[i].plan = &t->plan[i];
		t->group[i].types_for = &t->types_for[i];
	}
	t->f->phone.groups = t->group;
	t->f->phone.n_groups = 2;
	return sim_farm_run(t->f);
}

static void
town_free(struct town *t)
{
	sim_farm_free(t->f);
	assert_int_equal(mem_out(), 0);
}

static const struct row_metrics *
row(const struct town *t, const char *step)
{
	return &farm_result(t->f->farm)->metrics->row[sim_farm_row(t->f, step)];
}

static void
each_group_goes_its_own_way(void **state)
{
	struct town t = new_town();
	const struct farm_end *end;

	(void)state;
	t.plan[0].until = journey_find("krb_login");
	end = run(&t);
	assert_int_equal(end->metrics->phones.finished, ALL);
	assert_int_equal(end->metrics->group[0].finished, BRANCH);
	assert_int_equal(end->metrics->group[1].finished, ALL - BRANCH);
	assert_int_equal(row(&t, "update_download")->done, ALL - BRANCH);
	/* The campus walks again, with its new image. */
	assert_int_equal(row(&t, "krb_login")->done, BRANCH + 2 * (ALL - BRANCH));
	assert_true(end->phone[0].boot_ms < end->phone[BRANCH].boot_ms);
	town_free(&t);
}

/* Only builds from 522 on ask for an update when they are switched on. */
static void
each_group_has_its_own_firmware(void **state)
{
	struct town t = new_town();

	(void)state;
	t.plan[0].until = t.plan[1].until = journey_find("user_enters");
	t.group[1].profile = BUILD_522;
	assert_int_equal(run(&t)->metrics->phones.finished, ALL);
	assert_int_equal(row(&t, "update_at_power_on")->skipped, BRANCH);
	assert_int_equal(row(&t, "update_at_power_on")->done, ALL - BRANCH);
	town_free(&t);
}

static void
each_groups_people_type_at_their_own_pace(void **state)
{
	struct town t = new_town();
	const struct farm_end *end;

	(void)state;
	t.plan[0].until = t.plan[1].until = journey_find("user_enters");
	t.types_for[0].a_us = 3 * S;
	t.types_for[1].a_us = 300 * S;
	end = run(&t);
	for (size_t i = 0; i < ALL; i++)
		assert_in_range(end->phone[i].boot_ms, i < BRANCH ? 3000 : 300000,
		    i < BRANCH ? 4000 : 301000);
	town_free(&t);
}

/* All have lost their lines when the run ends: that is no matter to whoever was only to arrive.
 */
static void
only_a_group_that_stays_must_still_be_signed_in_at_the_end(void **state)
{
	static const struct faults gone = { .fault = { { .server = "sip",
						.from_us = 300 * S,
						.deed = { .refuse = true, .reset = true } } },
		.n = 1 };
	struct town t = new_town();
	const struct farm_end *end;

	(void)state;
	t.f->faults = &gone;
	t.f->cfg.must_hold = true;
	t.plan[0].until = t.plan[1].until = journey_find("sip_provision");
	t.plan[1].stay_us = 600 * S;
	end = run(&t);
	assert_int_equal(end->metrics->group[0].finished, BRANCH);
	assert_int_equal(end->metrics->group[1].finished, 0);
	assert_int_equal(end->metrics->group[1].boot.count, ALL - BRANCH);
	assert_int_equal(end->phone[0].outcome, FARM_FINISHED);
	assert_int_not_equal(end->phone[BRANCH].outcome, FARM_FINISHED);
	town_free(&t);
}

static void
who_stays_ends_when_it_has_stayed(void **state)
{
	struct town t = new_town();
	const struct farm_end *end;

	(void)state;
	t.f->cfg.must_hold = true;
	t.plan[0].until = t.plan[1].until = journey_find("sip_provision");
	t.plan[1].stay_us = 600 * S;
	end = run(&t);
	assert_int_equal(end->metrics->phones.finished, ALL);
	assert_true(end->phone[BRANCH].ended_ms >= end->phone[BRANCH].boot_ms + 600000);
	assert_true(end->phone[0].ended_ms < 60000);
	town_free(&t);
}

/* Of two groups that try the same, one gives up at once. */
static void
each_group_has_its_own_patience(void **state)
{
	static const struct faults silent = { .fault = { { .server = "kdc", .deed.drop = 1 } },
		.n = 1 };
	struct journey_override override[METRICS_ROWS] = { 0 };
	struct town t = new_town();
	const struct leg *login = journey_find("krb_login");
	const struct farm_end *end;

	(void)state;
	t.f->faults = &silent;
	override[login - journey_table].tries = 1;
	t.plan[0].override = override;
	end = run(&t);
	assert_int_equal(end->metrics->phones.failed, ALL);
	assert_true(end->phone[0].ended_ms < end->phone[BRANCH].ended_ms);
	assert_int_equal(
	    row(&t, "krb_login")->attempts, BRANCH + (ALL - BRANCH) * login->tries);
	for (size_t i = 0; i < ALL; i++) {
		assert_int_equal(end->phone[i].outcome, FARM_FAILED);
		assert_int_equal(end->phone[i].row, sim_farm_row(t.f, "krb_login"));
		assert_int_equal(end->phone[i].why, WHY_TIMEOUT);
	}
	town_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_group_goes_its_own_way),
		cmocka_unit_test(each_group_has_its_own_firmware),
		cmocka_unit_test(each_groups_people_type_at_their_own_pace),
		cmocka_unit_test(only_a_group_that_stays_must_still_be_signed_in_at_the_end),
		cmocka_unit_test(who_stays_ends_when_it_has_stayed),
		cmocka_unit_test(each_group_has_its_own_patience),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
