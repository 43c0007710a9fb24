/*
 * test_every_cut.c - every step on the page of cases (step_cases.h), in a pool in which all
 * goes well or one answer is late: the power is cut after k events of its row, for every k
 * until the row is over; no handle, no timer, no memory is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "case_world.h"
#include "mem.h"
#include "steps.h"

static const uint64_t A_WEEK_US = 7ull * 24 * 3600 * 1000000;

/* false: the row was over before so many events. */
static bool
cut_in_pool(
    const struct step_cases *cases, const struct step_case *one, int events, bool boots_again)
{
	struct case_world *c = case_world_new(cases, &one->mood);
	struct rehearsal_phone *p = &c->r->phone[0];
	bool cut = true;
	unsigned tells;

	case_world_begin(c);
	while (cut && events-- > 0)
		cut = case_world_step(c);
	tells = c->tells;
	journey_power_off(p->j);
	assert_int_equal(sim_open(c->r->sim), 0);
	(void)sim_run(c->r->sim, sim_now_us(c->r->sim) + A_WEEK_US);
	assert_int_equal(c->tells, tells);
	/* With what its flash kept it boots, and comes to where it was going. */
	if (boots_again) {
		journey_power_on(p->j);
		rehearsal_run(c->r, sim_now_us(c->r->sim) + A_WEEK_US);
		assert_int_equal(p->state, JOURNEY_ARRIVED);
	}
	case_world_free(c);
	assert_int_equal(mem_out(), 0);
	return cut;
}

/* Whatever k is, until the row is over before it. */
static int
cut_everywhere(const struct step_cases *cases, bool late)
{
	const struct step_case *one = late ? &cases->late : &cases->happy;
	int k = 0;

	while (one->none == NULL && cut_in_pool(cases, one, k, !late))
		k++;
	return k;
}

static void
a_power_cut_at_any_event_in_a_good_pool_leaves_nothing_and_the_next_boot_arrives(void **state)
{
	(void)state;
	for (size_t f = 0; f < step_families_n; f++)
		for (size_t i = 0; i < *step_families[f].n; i++) {
			const struct step_cases *cases = &step_families[f].cases[i];
			int k = cut_everywhere(cases, false);

			/* A RELEASE has gone as soon as its row begins. */
			assert_true(k > 0 || cases->step == &step_dhcp_release);
		}
}

static void
a_power_cut_between_two_answers_one_of_them_late_leaves_nothing(void **state)
{
	(void)state;
	for (size_t f = 0; f < step_families_n; f++)
		for (size_t i = 0; i < *step_families[f].n; i++)
			(void)cut_everywhere(&step_families[f].cases[i], true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_power_cut_at_any_event_in_a_good_pool_leaves_nothing_and_the_next_boot_arrives),
		cmocka_unit_test(
		    a_power_cut_between_two_answers_one_of_them_late_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
