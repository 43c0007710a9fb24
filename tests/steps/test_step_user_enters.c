/* test_step_user_enters.c - row 7: a person takes time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_phone.h"
#include "steps.h"

enum { S = 1000000 };

static void
it_takes_as_long_as_the_person_types(void **state)
{
	static const uint64_t times_us[] = { 0, 20 * S, 3600ull * S };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct fake_phone *p = fake_phone_new();

		p->id.think_us = times_us[i];
		fake_phone_row(p, &step_user_enters, 1)->limit_ms = 86400 * 1000;
		fake_phone_walk_rows(p);
		assert_int_equal(p->row->verdict, STEP_DONE);
		assert_int_equal(p->row->ended_us - p->row->started_us, times_us[i]);
		assert_string_equal(p->row->seen, "{}");
		fake_phone_free(p);
	}
}

static void
the_power_may_go_while_somebody_types(void **state)
{
	struct fake_phone *p = fake_phone_new();

	(void)state;
	fake_phone_row(p, &step_user_enters, 1);
	fake_phone_switch_on(p);
	(void)sim_run(p->f, 5 * S);
	journey_power_off(p->j);
	assert_int_equal(sim_open(p->f), 0);
	assert_int_equal(p->n_told, 0);
	fake_phone_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_takes_as_long_as_the_person_types),
		cmocka_unit_test(the_power_may_go_while_somebody_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
