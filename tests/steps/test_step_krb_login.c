/* test_step_krb_login.c - row 11-12 in the fake world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "fake_phone.h"
#include "mem.h"
#include "steps.h"

/* A phone that knows its DC, and the KDC there. */
struct rig {
	struct fake_phone *p;
	struct sim_kdc kdc;
};

static void
rig_up(struct rig *r)
{
	memset(r, 0, sizeof *r);
	r->p = fake_phone_new();
	fake_phone_knows(r->p, FACT_ADDRESS | FACT_DC | FACT_CLOCK | FACT_USER);
	sim_kdc_listen(r->p->f, &r->kdc);
}

static void
rig_down(struct rig *r)
{
	fake_phone_free(r->p);
	assert_int_equal(mem_out(), 0);
}

static void
it_logs_in(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.password = "secret";
	fake_phone_row(r.p, &step_krb_login, 3)->gives = FACT_TGT;
	fake_phone_walk_rows(r.p);
	assert_int_equal(r.p->row->verdict, STEP_DONE);
	assert_true(facts_know(&r.p->facts, FACT_TGT));
	assert_int_equal(r.kdc.logins, 1);
	assert_string_equal(r.p->row->seen,
	    "{\"krb_messages\": [\"AS-REQ\", \"KRB-ERROR 25\", \"AS-REQ\", \"AS-REP\"]}");
	rig_down(&r);
}

static void
given_a_wrong_password_it_does_not_try_again(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r);
	r.kdc.password = "another";
	fake_phone_walk(r.p, &step_krb_login, 3);
	assert_int_equal(r.p->row->verdict, STEP_FAIL);
	assert_int_equal(r.p->row->why, WHY_AUTH);
	assert_int_equal(r.p->row->tries, 1);
	assert_string_equal(r.p->row->detail, "krb:24 KDC_ERR_PREAUTH_FAILED");
	rig_down(&r);
}

static void
other_refusals_have_their_own_detail(void **state)
{
	const int codes[] = { 6, 18, 37 };
	const char *const details[] = { "krb:6 KDC_ERR_C_PRINCIPAL_UNKNOWN",
		"krb:18 KDC_ERR_CLIENT_REVOKED", "krb:37 KRB_AP_ERR_SKEW" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rig r;

		rig_up(&r);
		r.kdc.login_error = codes[i];
		fake_phone_walk(r.p, &step_krb_login, 3);
		assert_int_equal(r.p->row->verdict, STEP_FAIL);
		assert_int_equal(r.p->row->why, WHY_AUTH);
		assert_string_equal(r.p->row->detail, details[i]);
		rig_down(&r);
	}
}

/* dc01 is down; whoever else is asked is told to its listener. */
static void
first_is_deaf(void *arg, struct sim *f, const struct sim_call *c)
{
	unsigned *second = arg;

	if (c->deed == SIM_SENT && c->to.ip == 0x7f000009) {
		++*second;
		sim_down(f, c->h, 1000, -ECONNREFUSED, NULL);
	}
}

static void
given_a_silent_controller_the_next_one_is_asked(void **state)
{
	unsigned second = 0;
	struct rig r;

	(void)state;
	rig_up(&r);
	r.p->facts.dcs[0] = r.p->facts.dc;
	r.p->facts.dcs[1] = (struct facts_target){ "dc02.contoso.com", 0x7f000009, 389 };
	r.p->facts.n_dcs = 2;
	sim_listen(r.p->f, SIM_UDP, 88, first_is_deaf, &second);
	fake_phone_walk(r.p, &step_krb_login, 2);
	assert_int_equal(second, 1);
	assert_int_equal(r.p->told[0].why, WHY_TIMEOUT);
	assert_int_equal(r.p->row->why, WHY_REFUSED);
	/* What comes next speaks to the one that was asked last. */
	assert_string_equal(r.p->facts.dc.name, "dc02.contoso.com");
	rig_down(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_logs_in),
		cmocka_unit_test(given_a_wrong_password_it_does_not_try_again),
		cmocka_unit_test(other_refusals_have_their_own_detail),
		cmocka_unit_test(given_a_silent_controller_the_next_one_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
