/* test_fake_phone.c - one real step in the fake world, against the toy KDC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_phone.h"
#include "steps.h"

static const uint32_t before_login =
    FACT_ADDRESS | FACT_DOMAIN | FACT_CLOCK | FACT_USER | FACT_DC;

static void
given_the_right_password_the_phone_logs_in(void **state)
{
	struct fake_phone *p = fake_phone_new();
	struct sim_kdc kdc = { .password = "secret", .delay_us = 1000 };

	(void)state;
	fake_phone_knows(p, before_login);
	sim_kdc_listen(p->f, &kdc);
	fake_phone_walk(p, &step_krb_login, 3);
	assert_int_equal(p->row->verdict, STEP_DONE);
	assert_int_equal(kdc.logins, 1);
	assert_string_equal(p->row->seen,
	    "{\"krb_messages\": [\"AS-REQ\", \"KRB-ERROR 25\", \"AS-REQ\", \"AS-REP\"]}");
	fake_phone_free(p);
}

static void
given_a_wrong_password_the_detail_says_so(void **state)
{
	struct fake_phone *p = fake_phone_new();
	struct sim_kdc kdc = { .password = "other" };

	(void)state;
	fake_phone_knows(p, before_login);
	sim_kdc_listen(p->f, &kdc);
	fake_phone_walk(p, &step_krb_login, 3);
	assert_int_equal(p->row->verdict, STEP_FAIL);
	assert_int_equal(p->row->why, WHY_AUTH);
	assert_string_equal(p->row->detail, "krb:24 KDC_ERR_PREAUTH_FAILED");
	assert_int_equal(journey_state(p->j), JOURNEY_FAILED);
	fake_phone_free(p);
}

static void
given_a_silent_kdc_every_try_times_out(void **state)
{
	struct fake_phone *p = fake_phone_new();
	struct sim_kdc kdc = { .silent = true };

	(void)state;
	fake_phone_knows(p, before_login);
	sim_kdc_listen(p->f, &kdc);
	fake_phone_walk(p, &step_krb_login, 2);
	assert_int_equal(p->row->why, WHY_TIMEOUT);
	assert_int_equal(p->row->tries, 2);
	assert_int_equal(kdc.packets, 6);
	fake_phone_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_right_password_the_phone_logs_in),
		cmocka_unit_test(given_a_wrong_password_the_detail_says_so),
		cmocka_unit_test(given_a_silent_kdc_every_try_times_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
