/* test_plan_groups.c - what the groups of a scenario become: journeys, lines, profiles, and one
 * order of starts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "plan_groups.h"
#include "plan_profiles.h"

#define S UINT64_C(1000000)

static const char old_build[] = "cx700-1.0.199.123", new_build[] = "cx700-1.0.522.101";

/* A group of so many phones, one of them each `every_s` seconds. */
static void
add_group(struct run_plan *p, const char *name, uint32_t phones, double per_s)
{
	struct scenario_group *g = &p->scenario.group[p->scenario.n_groups++];

	*g = (struct scenario_group){ .phones = phones, .n_arrivals = 1 };
	strcpy(g->name, name);
	strcpy(g->profile, old_build);
	g->arrival[0] = (struct arrival){ .kind = ARRIVAL_STEADY,
		.at = { 7, 3 },
		.from_per_s = per_s,
		.for_us = (uint64_t)(phones / per_s * 1e6) };
	p->scenario.phones += phones;
	p->phones += phones;
}

static struct run_plan *
new_plan(void)
{
	struct run_plan *p = mem_new(sizeof *p);

	assert_non_null(p);
	p->scenario.file = mem_copy("s.yaml", 6);
	assert_non_null(p->scenario.file);
	return p;
}

/* A branch of 2 phones, 1 a second, and a campus of 4, 2 a second. */
static struct run_plan *
branch_and_campus(void)
{
	struct run_plan *p = new_plan();

	add_group(p, "branch", 2, 1);
	add_group(p, "campus", 4, 2);
	return p;
}

static void
make(struct run_plan *p, const struct run_options *o)
{
	struct config_error error = { "" };

	if (plan_groups(p, o, &error) != 0 || plan_starts(p, &error) != 0)
		fail_msg("%s", error.text);
}

static void
plan_free(struct run_plan *p)
{
	run_plan_done(p);
	mem_free(p);
	assert_int_equal(mem_out(), 0);
}

/* ---- who starts when ---- */

static void
the_groups_starts_are_one_order_and_the_lower_number_comes_first(void **state)
{
	static const uint32_t order[] = { 0, 2, 3, 1, 4, 5 };
	static const uint64_t half_s[] = { 0, 0, 1, 2, 2, 3 };
	const struct run_options o = { 0 };
	struct run_plan *p = branch_and_campus();

	(void)state;
	make(p, &o);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(p->order[i], order[i]);
		assert_int_equal(p->start_us[i], half_s[i] * S / 2);
	}
	plan_free(p);
}

/* Of 60 phones 20 and 40, of 3 one and two; and the rates stay. */
static void
another_number_of_phones_divides_as_the_scenario_does(void **state)
{
	const struct run_options o = { 0 };
	struct run_plan *p = branch_and_campus();

	(void)state;
	p->phones = 3;
	make(p, &o);
	assert_int_equal(p->first[1], 1);
	assert_int_equal(p->first[2], 3);
	assert_int_equal(p->farm_groups[1].first, 1);
	assert_int_equal(p->phone_groups[1].first, 1);
	assert_int_equal(p->start_us[2], S / 2);
	assert_int_equal(p->order[2], 2);
	plan_free(p);
}

static void
a_group_of_nobody_starts_nobody(void **state)
{
	const struct run_options o = { 0 };
	struct run_plan *p = branch_and_campus();

	(void)state;
	p->phones = 1;
	make(p, &o);
	/* The campus is the larger part. */
	assert_int_equal(p->first[1], 0);
	assert_int_equal(p->first[2], 1);
	assert_int_equal(p->order[0], 0);
	assert_ptr_equal(phone_group_of(&(struct phone_cfg){ .groups = p->phone_groups,
					    .n_groups = p->scenario.n_groups },
			     0),
	    &p->phone_groups[1]);
	plan_free(p);
}

/* Poisson with one seed for all would start the groups' phones in pairs. */
static void
groups_that_are_alike_do_not_start_together(void **state)
{
	enum { EACH = 50 };
	const struct run_options o = { 0 };
	struct run_plan *p = new_plan();
	uint64_t us[2 * EACH];
	unsigned same = 0;

	(void)state;
	add_group(p, "a", EACH, 10);
	add_group(p, "b", EACH, 10);
	p->scenario.group[0].arrival[0].kind = ARRIVAL_POISSON;
	p->scenario.group[1].arrival[0].kind = ARRIVAL_POISSON;
	p->seed = 7;
	make(p, &o);
	for (uint32_t i = 0; i < 2 * EACH; i++)
		us[p->order[i]] = p->start_us[i];
	for (uint32_t i = 0; i < EACH; i++)
		same += us[i] == us[EACH + i];
	assert_int_equal(same, 0);
	for (uint32_t i = 1; i < 2 * EACH; i++)
		assert_true(p->start_us[i - 1] <= p->start_us[i]);
	plan_free(p);
}

static void
given_a_rate_that_ends_at_0_the_error_is_at_that_groups_arrival(void **state)
{
	const struct run_options o = { 0 };
	struct config_error error = { "" };
	struct run_plan *p = branch_and_campus();

	(void)state;
	p->scenario.group[1].arrival[0] = (struct arrival){
		.kind = ARRIVAL_RAMP, .at = { 12, 5 }, .from_per_s = 1, .for_us = 2 * S
	};
	assert_int_equal(plan_groups(p, &o, &error), 0);
	assert_int_equal(plan_starts(p, &error), -EINVAL);
	assert_string_equal(error.text,
	    "s.yaml:12:5: the last arrival cannot go on until 4 phones have started: its rate "
	    "ends at 0");
	plan_free(p);
}

/* ---- what they do ---- */

static void
each_group_has_its_own_journey(void **state)
{
	const struct run_options o = { 0 };
	struct run_plan *p = branch_and_campus();
	struct scenario_journey *campus = &p->scenario.group[1].journey;
	const struct leg *login = journey_find("krb_login");
	const struct journey_override *found;

	(void)state;
	strcpy(campus->until, "pool_tls");
	campus->stay_us = 60 * S;
	campus->override[0] = (struct scenario_override){
		.tries = 2, .limit_us = 1500, .has_pause = true, .pause.a_us = 4 * S
	};
	strcpy(campus->override[0].step, "krb_login");
	campus->n_overrides = 1;
	p->scenario.group[0].journey.restart_after_update = true;
	make(p, &o);
	assert_null(p->group[0].journey.until);
	assert_true(p->group[0].journey.restart_after_update);
	assert_ptr_equal(p->group[1].journey.until, journey_find("pool_tls"));
	assert_false(p->group[1].journey.restart_after_update);
	assert_int_equal(p->group[1].journey.stay_us, 60 * S);
	found = &p->group[1].journey.override[login - journey_table];
	assert_int_equal(found->tries, 2);
	assert_int_equal(found->limit_ms, 2);
	assert_true(found->has_pause);
	assert_int_equal(found->pause.a_us, 4 * S);
	assert_false(p->group[0].journey.override[login - journey_table].has_pause);
	assert_ptr_equal(p->phone_groups[1].plan, &p->group[1].journey);
	assert_int_equal(run_plan_stay_us(p), 60 * S);
	plan_free(p);
}

static void
the_flag_says_for_all_where_the_way_ends(void **state)
{
	const struct run_options o = { .until = "dhcp_lease" };
	struct run_plan *p = branch_and_campus();

	(void)state;
	strcpy(p->scenario.group[1].journey.until, "pool_tls");
	make(p, &o);
	assert_ptr_equal(p->group[0].journey.until, journey_find("dhcp_lease"));
	assert_ptr_equal(p->group[1].journey.until, journey_find("dhcp_lease"));
	plan_free(p);
}

static void
a_step_that_is_none_is_refused_with_the_groups_place(void **state)
{
	const struct run_options o = { 0 }, flag = { .until = "nowhere" };
	struct config_error error = { "" };
	struct run_plan *p = branch_and_campus();

	(void)state;
	strcpy(p->scenario.group[1].journey.until, "pool_tsl");
	p->scenario.group[1].journey.until_at = (struct mark){ .line = 9, .col = 14 };
	assert_int_equal(plan_groups(p, &o, &error), -EINVAL);
	assert_string_equal(
	    error.text, "s.yaml:9:14: no such step: pool_tsl; did you mean `pool_tls'?");
	assert_int_equal(plan_groups(p, &flag, &error), -EINVAL);
	assert_string_equal(error.text, "--until: no such step: nowhere (see cx700farm steps)");
	plan_free(p);
}

/* Half a scenario's phones may walk too short a way to keep a line. */
static void
only_phones_that_come_to_their_line_keep_it(void **state)
{
	const struct run_options o = { 0 };
	struct run_plan *p = branch_and_campus();

	(void)state;
	strcpy(p->scenario.group[1].journey.until, "pool_tls_untrusted");
	make(p, &o);
	assert_int_equal(run_plan_lines(p), 2);
	strcpy(p->scenario.group[1].journey.until, "pool_tls");
	assert_int_equal(plan_groups(p, &o, &(struct config_error){ .text = "" }), 0);
	assert_int_equal(run_plan_lines(p), 6);
	plan_free(p);
}

static void
only_a_group_of_which_a_line_is_told_has_one(void **state)
{
	const struct run_options o = { 0 };
	struct run_plan *p = branch_and_campus();

	(void)state;
	p->scenario.group[0].link = (struct scenario_link){
		.delay_us = 40000, .jitter_us = 10000, .loss = 0.01, .down_per_s = 250000
	};
	make(p, &o);
	assert_non_null(p->phone_groups[0].link);
	assert_int_equal(p->phone_groups[0].link->delay_us, 40000);
	assert_int_equal(p->phone_groups[0].link->jitter_us, 10000);
	assert_true(p->phone_groups[0].link->loss == 0.01);
	assert_int_equal(p->phone_groups[0].link->down_per_s, 250000);
	assert_int_equal(p->phone_groups[0].link->up_per_s, 0);
	assert_null(p->phone_groups[1].link);
	plan_free(p);
}

static void
groups_are_counted_only_if_the_scenario_names_them(void **state)
{
	const struct run_options o = { 0 };
	struct farm_cfg cfg = { 0 };
	struct run_plan *p = branch_and_campus();

	(void)state;
	make(p, &o);
	run_plan_farm(p, &cfg);
	assert_int_equal(cfg.n_groups, 2);
	assert_string_equal(cfg.groups[0].name, "branch");
	assert_int_equal(cfg.groups[1].first, 2);
	assert_ptr_equal(cfg.order, p->order);
	assert_false(cfg.must_hold);
	plan_free(p);

	p = new_plan();
	add_group(p, "", 3, 1);
	p->scenario.group[0].journey.stay_us = S;
	make(p, &o);
	run_plan_farm(p, &cfg);
	assert_int_equal(cfg.n_groups, 0);
	assert_true(cfg.must_hold);
	plan_free(p);
}

/* The pool file is known after the groups are made. */
static void
whether_phones_leave_is_the_pools_to_say_for_all_groups(void **state)
{
	const struct run_options o = { 0 };
	struct farm_cfg cfg = { 0 };
	struct run_plan *p = branch_and_campus();

	(void)state;
	make(p, &o);
	run_plan_farm(p, &cfg);
	assert_true(p->group[0].journey.leave);
	assert_true(p->group[1].journey.leave);
	p->pool.leave = true;
	run_plan_farm(p, &cfg);
	assert_false(p->group[0].journey.leave);
	assert_false(p->group[1].journey.leave);
	plan_free(p);
}

/* ---- profiles ---- */

static void
profiles(struct run_plan *p, const struct run_options *o)
{
	struct config_error error = { "" };

	if (plan_profiles(p, o, &error) != 0)
		fail_msg("%s", error.text);
}

static void
groups_of_one_firmware_share_it_and_others_have_their_own(void **state)
{
	const struct run_options o = { 0 };
	struct run_plan *p = branch_and_campus();
	size_t n_old = 0;

	(void)state;
	add_group(p, "lab", 2, 1);
	strcpy(p->scenario.group[1].profile, new_build);
	profiles(p, &o);
	assert_string_equal(p->profiles[p->group[0].profile]->name, old_build);
	assert_string_equal(p->profiles[p->group[1].profile]->name, new_build);
	assert_int_equal(p->group[2].profile, p->group[0].profile);
	/* The program's own come after, none of them twice. */
	for (size_t i = 0; i < p->n_profiles; i++)
		n_old += strcmp(p->profiles[i]->name, old_build) == 0;
	assert_int_equal(n_old, 1);
	assert_true(p->n_profiles >= 3);
	assert_ptr_equal(p->tls[1].suites, p->profiles[1]->tls.suites);
	plan_free(p);
}

static void
the_flag_gives_all_groups_one_firmware(void **state)
{
	const struct run_options o = { .profile = new_build };
	struct run_plan *p = branch_and_campus();

	(void)state;
	profiles(p, &o);
	assert_string_equal(p->profiles[0]->name, new_build);
	assert_int_equal(p->group[0].profile, 0);
	assert_int_equal(p->group[1].profile, 0);
	plan_free(p);
}

static void
a_firmware_that_is_none_is_refused_with_the_groups_place(void **state)
{
	const struct run_options o = { 0 };
	struct config_error error = { "" };
	struct run_plan *p = branch_and_campus();

	(void)state;
	strcpy(p->scenario.group[1].profile, "cx700-9");
	p->scenario.group[1].profile_at = (struct mark){ .line = 8, .col = 5 };
	assert_int_not_equal(plan_profiles(p, &o, &error), 0);
	assert_memory_equal(error.text, "s.yaml:8:5: ", 12);
	assert_non_null(strstr(error.text, "cx700-9"));
	plan_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_groups_starts_are_one_order_and_the_lower_number_comes_first),
		cmocka_unit_test(another_number_of_phones_divides_as_the_scenario_does),
		cmocka_unit_test(a_group_of_nobody_starts_nobody),
		cmocka_unit_test(groups_that_are_alike_do_not_start_together),
		cmocka_unit_test(
		    given_a_rate_that_ends_at_0_the_error_is_at_that_groups_arrival),
		cmocka_unit_test(each_group_has_its_own_journey),
		cmocka_unit_test(the_flag_says_for_all_where_the_way_ends),
		cmocka_unit_test(a_step_that_is_none_is_refused_with_the_groups_place),
		cmocka_unit_test(only_phones_that_come_to_their_line_keep_it),
		cmocka_unit_test(only_a_group_of_which_a_line_is_told_has_one),
		cmocka_unit_test(groups_are_counted_only_if_the_scenario_names_them),
		cmocka_unit_test(whether_phones_leave_is_the_pools_to_say_for_all_groups),
		cmocka_unit_test(groups_of_one_firmware_share_it_and_others_have_their_own),
		cmocka_unit_test(the_flag_gives_all_groups_one_firmware),
		cmocka_unit_test(a_firmware_that_is_none_is_refused_with_the_groups_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
