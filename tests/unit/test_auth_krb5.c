/* test_auth_krb5.c - a phone's logins and tickets, against a real krb5kdc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kdc_rig.h"
#include "mem.h"

static const char SIP[] = "sip/fe01.contoso.com";
static const int64_t MINUTES_20 = 20ll * 60 * 1000000;

static struct kdc_rig *
rig_of(void **state)
{
	if (*state == NULL)
		skip();
	return *state;
}

static void
given_the_right_password_it_signs_in_with_preauthentication(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = kdc_rig_phone(1, NULL);
	unsigned before = rig->packets;
	struct auth_out out;

	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_DONE);
	assert_int_equal(rig->packets - before, 2);
	assert_int_equal(rig->streams, 0);
	auth_krb5_free(phone);
}

static void
given_a_wrong_password_it_says_preauth_failed(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = kdc_rig_phone(1, "wrong");
	unsigned before = rig->packets;
	struct auth_out out;

	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_FAILED);
	assert_int_equal(out.code, 24);
	assert_string_equal(out.text, "krb:24 KDC_ERR_PREAUTH_FAILED");
	assert_int_equal(rig->packets - before, 2);
	auth_krb5_free(phone);
}

static void
given_an_unknown_user_it_says_so(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = kdc_rig_phone(99999, NULL);
	struct auth_out out;

	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_FAILED);
	assert_int_equal(out.code, 6);
	assert_string_equal(out.text, "krb:6 KDC_ERR_C_PRINCIPAL_UNKNOWN");
	auth_krb5_free(phone);
}

static int
rig_setup(void **state)
{
	static struct kdc_rig rig;

	*state = kdc_rig_up(&rig, 20) ? &rig : NULL;
	return 0;
}

static int
rig_teardown(void **state)
{
	if (*state != NULL)
		kdc_rig_down(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_right_password_it_signs_in_with_preauthentication),
		cmocka_unit_test(given_a_wrong_password_it_says_preauth_failed),
		cmocka_unit_test(given_an_unknown_user_it_says_so),
	};

	(void)SIP;
	(void)MINUTES_20;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
