/* test_auth_krb5.c - a phone's logins and tickets, against a real krb5kdc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>

#include "kdc_rig.h"
#include "mem.h"

static const char SIP[] = "sip/fe01.contoso.com";
static const char WEB[] = "HTTP/dc01.contoso.com";
static const int64_t MINUTES_20 = 20ll * 60 * 1000000;

/*
 * LeakSanitizer asks for this.  libkrb5 1.20 loses a key of 16 bytes for each preauthenticated
 * AS-REP that does not decrypt, which only a changed reply does.
 */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:krb5_c_string_to_key_with_params\n";
}

enum {
	USERS = 24,
	LOGINS = 1000,
	WARM_UP = 100,
	LEAK = 64 /* bytes a login; malloc's own lists grow too */,
	THREADS = 4,
	LOGINS_A_THREAD = 50,
	UNTOUCHED = 65535 /* a byte behind every reply */
};

static struct kdc_rig *
rig_of(void **state)
{
	if (*state == NULL)
		skip();
	return *state;
}

static struct auth *
signed_in(struct kdc_rig *rig, uint32_t i)
{
	struct auth *phone = kdc_rig_phone(i, NULL);
	struct auth_out out;

	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_DONE);
	return phone;
}

static void
assert_login_fails(struct kdc_rig *rig, struct auth *phone, int code, const char *text)
{
	struct auth_out out;

	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_FAILED);
	assert_int_equal(out.code, code);
	assert_string_equal(out.text, text);
	auth_krb5_free(phone);
}

/* ---- the AS exchange -------------------------------------------------------------------- */

static void
given_the_right_password_it_signs_in_with_preauthentication(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	unsigned before = rig->packets;
	struct auth *phone = signed_in(rig, 1);

	assert_int_equal(rig->packets - before, 2);
	assert_int_equal(rig->streams, 0);
	auth_krb5_free(phone);
}

static void
given_a_wrong_password_it_says_preauth_failed_after_one_try(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	unsigned before = rig->packets;

	assert_login_fails(rig, kdc_rig_phone(1, "wrong"), 24, "krb:24 KDC_ERR_PREAUTH_FAILED");
	assert_int_equal(rig->packets - before, 2);
}

static void
given_no_preauthentication_a_wrong_password_reads_the_same(void **state)
{
	struct kdc_rig *rig = rig_of(state);

	kdc_rig_admin(rig, "modprinc -requires_preauth phone00002\n");
	assert_login_fails(rig, kdc_rig_phone(2, "wrong"), 24, "krb:24 KDC_ERR_PREAUTH_FAILED");
	auth_krb5_free(signed_in(rig, 2));
}

static void
given_an_unknown_user_it_says_so(void **state)
{
	assert_login_fails(
	    rig_of(state), kdc_rig_phone(99999, NULL), 6, "krb:6 KDC_ERR_C_PRINCIPAL_UNKNOWN");
}

static void
given_a_locked_account_it_says_revoked(void **state)
{
	struct kdc_rig *rig = rig_of(state);

	kdc_rig_admin(rig, "modprinc -allow_tix phone00003\n");
	assert_login_fails(rig, kdc_rig_phone(3, NULL), 18, "krb:18 KDC_ERR_CLIENT_REVOKED");
}

static void
given_an_expired_password_it_says_so(void **state)
{
	struct kdc_rig *rig = rig_of(state);

	kdc_rig_admin(rig, "modprinc -pwexpire yesterday phone00004\n");
	assert_login_fails(rig, kdc_rig_phone(4, NULL), 23, "krb:23 KDC_ERR_KEY_EXPIRED");
}

static void
given_a_clock_20_minutes_off_the_login_fails_by_skew(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = kdc_rig_phone(1, NULL);

	phone->ops->clock(phone, -MINUTES_20);
	assert_login_fails(rig, phone, 37, "krb:37 KRB_AP_ERR_SKEW");

	phone = kdc_rig_phone(1, NULL);
	phone->ops->clock(phone, MINUTES_20);
	assert_login_fails(rig, phone, 37, "krb:37 KRB_AP_ERR_SKEW");
}

static void
given_a_clock_put_right_it_signs_in(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = kdc_rig_phone(1, NULL);
	struct auth_out out;

	phone->ops->clock(phone, MINUTES_20);
	phone->ops->clock(phone, MINUTES_20 / 10);
	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_DONE);
	assert_int_equal(kdc_rig_ticket(rig, phone, SIP, &out), AUTH_DONE);
	auth_krb5_free(phone);
}

/* ---- the TGS exchange ------------------------------------------------------------------- */

static void
given_a_ticket_it_is_asked_for_once(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = signed_in(rig, 1);
	unsigned before = rig->packets;
	struct auth_out out;

	assert_int_equal(kdc_rig_ticket(rig, phone, SIP, &out), AUTH_DONE);
	assert_int_equal(rig->packets - before, 1);
	assert_int_equal(kdc_rig_ticket(rig, phone, SIP, &out), AUTH_DONE);
	assert_int_equal(rig->packets - before, 1);
	auth_krb5_free(phone);
}

static void
given_an_unknown_service_it_says_so(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = signed_in(rig, 1);
	struct auth_out out;

	assert_int_equal(kdc_rig_ticket(rig, phone, "HTTP/nobody", &out), AUTH_FAILED);
	assert_int_equal(out.code, 7);
	assert_string_equal(out.text, "krb:7 KDC_ERR_S_PRINCIPAL_UNKNOWN");
	auth_krb5_free(phone);
}

static void
given_a_clock_that_goes_wrong_the_ticket_fails_by_skew(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = signed_in(rig, 1);
	struct auth_out out;

	phone->ops->clock(phone, MINUTES_20);
	assert_int_equal(kdc_rig_ticket(rig, phone, SIP, &out), AUTH_FAILED);
	assert_int_equal(out.code, 37);
	phone->ops->clock(phone, 0);
	assert_int_equal(kdc_rig_ticket(rig, phone, SIP, &out), AUTH_DONE);
	auth_krb5_free(phone);
}

static void
given_no_login_there_is_nothing_to_ask_with(void **state)
{
	struct auth *phone = kdc_rig_phone(1, NULL);
	struct auth_talk *talk;
	struct auth_sa *sa;
	struct buf token;

	(void)rig_of(state);
	buf_init(&token, 0);
	assert_int_equal(phone->ops->ticket(phone, SIP, &talk), -ENOKEY);
	assert_int_equal(phone->ops->negotiate(phone, WEB, &token), -ENOKEY);
	assert_int_equal(phone->ops->sign_open(phone, SIP, &token, &sa), -ENOKEY);
	assert_int_equal(token.n, 0);
	auth_krb5_free(phone);
}

static void
given_no_ticket_for_it_a_service_gets_no_token(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = signed_in(rig, 1);
	struct buf token;

	buf_init(&token, 0);
	assert_int_equal(phone->ops->negotiate(phone, WEB, &token), -ENOKEY);
	assert_int_equal(token.n, 0);
	auth_krb5_free(phone);
}

static void
given_a_service_name_with_a_realm_it_is_refused(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = signed_in(rig, 1);
	struct auth_talk *talk;
	struct buf token;

	buf_init(&token, 0);
	assert_int_equal(phone->ops->ticket(phone, "HTTP/a@OTHER.COM", &talk), -EINVAL);
	assert_int_equal(phone->ops->ticket(phone, "HTTP/a\\", &talk), -EINVAL);
	assert_int_equal(phone->ops->ticket(phone, "", &talk), -EINVAL);
	assert_int_equal(phone->ops->negotiate(phone, "HTTP/a@OTHER.COM", &token), -EINVAL);
	auth_krb5_free(phone);
}

static void
given_power_off_the_tickets_are_gone_and_the_password_stays(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = signed_in(rig, 1);
	struct auth_talk *talk;
	struct auth_out out;
	struct buf token;

	buf_init(&token, 0);
	assert_int_equal(kdc_rig_ticket(rig, phone, WEB, &out), AUTH_DONE);
	phone->ops->forget(phone);
	assert_int_equal(phone->ops->negotiate(phone, WEB, &token), -ENOKEY);
	assert_int_equal(phone->ops->ticket(phone, WEB, &talk), -ENOKEY);
	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_DONE);
	assert_int_equal(kdc_rig_ticket(rig, phone, WEB, &out), AUTH_DONE);
	auth_krb5_free(phone);
}

/* ---- what the caller carries ------------------------------------------------------------ */

static void
given_an_unreadable_reply_it_fails_without_a_code(void **state)
{
	static const uint8_t JUNK[] = { 0x7e, 0x81, 0xff, 0x30, 0x00, 0xff };
	struct auth *phone = kdc_rig_phone(1, NULL);
	struct auth_talk *talk;
	struct auth_out out;
	size_t n;

	(void)rig_of(state);
	for (n = 0; n <= sizeof JUNK; n++) {
		assert_int_equal(phone->ops->login(phone, &talk), 0);
		assert_int_equal(
		    phone->ops->next(talk, (struct span){ NULL, 0 }, &out), AUTH_SEND);
		assert_string_equal(out.realm, "CONTOSO.COM");
		assert_false(out.stream);
		assert_int_equal(
		    phone->ops->next(talk, (struct span){ JUNK, n }, &out), AUTH_FAILED);
		assert_int_equal(out.code, 0);
		assert_int_equal(strncmp(out.text, "krb:0 ", 6), 0);
		phone->ops->drop(talk);
	}
	auth_krb5_free(phone);
}

/* The KDC's last reply to a login, made shorter or with another byte; how that ends. */
static enum auth_next
login_with(struct kdc_rig *rig, struct auth *phone, size_t cut, size_t change, size_t *n_out)
{
	static uint8_t reply[65536];
	struct auth_talk *talk;
	struct auth_out out;
	enum auth_next next;
	size_t n;

	assert_int_equal(phone->ops->login(phone, &talk), 0);
	assert_int_equal(phone->ops->next(talk, (struct span){ NULL, 0 }, &out), AUTH_SEND);
	n = kdc_rig_exchange(rig, &out, reply);
	assert_int_equal(phone->ops->next(talk, (struct span){ reply, n }, &out), AUTH_SEND);
	n = kdc_rig_exchange(rig, &out, reply);
	reply[change] ^= 0x55;
	next = phone->ops->next(talk, (struct span){ reply, n - cut }, &out);
	phone->ops->drop(talk);
	*n_out = n;
	return next;
}

static void
given_a_reply_cut_short_it_fails(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = kdc_rig_phone(1, NULL);
	size_t i, n;

	for (i = 1, n = 2; i < n; i++)
		assert_int_equal(login_with(rig, phone, i, UNTOUCHED, &n), AUTH_FAILED);
	assert_true(n > 400);
	auth_krb5_free(phone);
}

/* Not every byte is protected: the ticket itself is opaque to the phone. */
static void
given_a_reply_with_another_byte_it_ends_one_way_or_the_other(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = kdc_rig_phone(1, NULL);
	unsigned failed = 0;
	size_t i, n;

	for (i = 0, n = 1; i < n; i++)
		failed += login_with(rig, phone, 0, i, &n) == AUTH_FAILED;
	assert_true(failed > n / 4);
	auth_krb5_free(phone);
}

static void
given_two_conversations_at_once_both_end_well(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct auth *phone = signed_in(rig, 1);
	struct auth_talk *first, *second;
	struct auth_out out;

	assert_int_equal(phone->ops->ticket(phone, SIP, &first), 0);
	assert_int_equal(phone->ops->ticket(phone, WEB, &second), 0);
	assert_int_equal(phone->ops->next(first, (struct span){ NULL, 0 }, &out), AUTH_SEND);
	assert_int_equal(kdc_rig_walk(rig, phone, second, &out), AUTH_DONE);
	phone->ops->drop(first);
	assert_int_equal(kdc_rig_ticket(rig, phone, SIP, &out), AUTH_DONE);
	auth_krb5_free(phone);
}

static void
given_a_reply_too_big_for_udp_it_goes_over_tcp(void **state)
{
	struct kdc_rig rig;
	struct auth *phone;
	struct auth_out out;

	(void)rig_of(state);
	assert_true(kdc_rig_make(&rig, 2));
	kdc_rig_configure(
	    &rig, "kdc.conf", "[kdcdefaults]\n\tkdc_max_dgram_reply_size = 100\n");
	kdc_rig_start(&rig);
	phone = kdc_rig_phone(1, NULL);
	assert_int_equal(kdc_rig_login(&rig, phone, &out), AUTH_DONE);
	assert_int_equal(rig.streams, 2);
	assert_int_equal(rig.packets, 3);
	assert_int_equal(kdc_rig_ticket(&rig, phone, SIP, &out), AUTH_DONE);
	assert_int_equal(rig.streams, 3);
	auth_krb5_free(phone);
	kdc_rig_down(&rig);
}

static void
given_a_stream_reply_of_another_length_it_fails(void **state)
{
	static const uint8_t SHORT[] = { 0, 0, 0 }, LONG[] = { 0, 0, 0, 2, 0x7e, 0x7e, 0x7e },
			     NOTHING[] = { 0, 0, 0, 0 };
	struct auth *phone = kdc_rig_phone(1, NULL);
	const struct span wrong[] = { { SHORT, sizeof SHORT }, { LONG, sizeof LONG },
		{ NOTHING, sizeof NOTHING }, { NULL, 0 } };
	struct auth_talk *talk;
	struct auth_out out;
	uint8_t too_big[512];
	size_t i, n;

	(void)rig_of(state);
	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(phone->ops->login(phone, &talk), 0);
		assert_int_equal(
		    phone->ops->next(talk, (struct span){ NULL, 0 }, &out), AUTH_SEND);
		n = kdc_rig_too_big(too_big, sizeof too_big);
		assert_int_equal(
		    phone->ops->next(talk, (struct span){ too_big, n }, &out), AUTH_SEND);
		assert_true(out.stream);
		assert_int_equal(
		    out.packet.n - 4, (uint32_t)out.packet.p[2] << 8 | out.packet.p[3]);
		assert_int_equal(phone->ops->next(talk, wrong[i], &out), AUTH_FAILED);
		assert_int_equal(out.code, 0);
		phone->ops->drop(talk);
	}
	auth_krb5_free(phone);
}

static void
given_a_service_of_another_realm_the_referral_shows(void **state)
{
	struct kdc_rig rig;
	struct auth *phone;
	struct auth_out out;

	(void)rig_of(state);
	assert_true(kdc_rig_make(&rig, 2));
	kdc_rig_configure(
	    &rig, "krb5.conf", "[domain_realm]\n\t.fabrikam.com = FABRIKAM.COM\n");
	kdc_rig_admin(&rig, "addprinc -randkey krbtgt/FABRIKAM.COM\n");
	kdc_rig_start(&rig);
	phone = kdc_rig_phone(1, NULL);
	assert_int_equal(kdc_rig_login(&rig, phone, &out), AUTH_DONE);
	assert_int_equal(
	    kdc_rig_ticket(&rig, phone, "HTTP/dc02.fabrikam.com", &out), AUTH_SEND);
	assert_string_equal(out.text, "FABRIKAM.COM");
	auth_krb5_free(phone);
	kdc_rig_down(&rig);
}

static int
rig_setup(void **state)
{
	static struct kdc_rig rig;

	*state = kdc_rig_up(&rig, USERS) ? &rig : NULL;
	return 0;
}

static int
rig_teardown(void **state)
{
	if (*state != NULL)
		kdc_rig_down(*state);
	return 0;
}

/* ---- many ------------------------------------------------------------------------------- */

static void
sign_in_and_out(struct kdc_rig *rig, uint32_t i)
{
	struct auth_out out;
	struct auth *phone = kdc_rig_phone(i, NULL);
	struct auth_sa *sa;
	struct buf token;

	buf_init(&token, 0);
	assert_int_equal(kdc_rig_login(rig, phone, &out), AUTH_DONE);
	assert_int_equal(kdc_rig_ticket(rig, phone, SIP, &out), AUTH_DONE);
	assert_int_equal(phone->ops->sign_open(phone, SIP, &token, &sa), 0);
	phone->ops->sign_close(sa);
	phone->ops->forget(phone);
	buf_done(&token);
	auth_krb5_free(phone);
}

static void
given_a_thousand_logins_nothing_leaks(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	long out_before = mem_out();
	size_t heap_before;
	int i;

	for (i = 0; i < WARM_UP; i++)
		sign_in_and_out(rig, 1);
	heap_before = mallinfo2().uordblks;
	for (i = 0; i < LOGINS; i++)
		sign_in_and_out(rig, 1);
	assert_int_equal(mem_out(), out_before);
	assert_true(mallinfo2().uordblks < heap_before + LEAK * LOGINS);
}

static void
given_no_memory_a_phone_is_not_made_and_nothing_leaks(void **state)
{
	struct auth_krb5_cfg cfg = {
		.user = "phone00001", .realm = RIG_REALM, .password = "x", .serial = 1
	};
	long before = mem_out();
	struct auth_talk *talk;
	struct auth *phone;
	long n;
	int err;

	(void)rig_of(state);
	for (n = 1, err = -1; err != 0; n++) {
		mem_fail_at(n);
		err = auth_krb5_new(&cfg, &phone);
		if (err == 0)
			err = phone->ops->login(phone, &talk);
		else
			phone = NULL;
		if (err == 0)
			phone->ops->drop(talk);
		auth_krb5_free(phone);
	}
	mem_fail_at(0);
	assert_true(n > 4);
	assert_int_equal(mem_out(), before);
}

struct crew {
	struct kdc_rig rig;
	uint32_t first;
	unsigned done;
};

static void *
crew_work(void *arg)
{
	struct crew *crew = arg;
	struct auth_out out;
	struct auth *phone;
	unsigned i;

	for (i = 0; i < LOGINS_A_THREAD; i++) {
		phone = kdc_rig_phone(crew->first + i % 4, NULL);
		crew->done += kdc_rig_login(&crew->rig, phone, &out) == AUTH_DONE &&
		    kdc_rig_ticket(&crew->rig, phone, SIP, &out) == AUTH_DONE;
		auth_krb5_free(phone);
	}
	return NULL;
}

static void
given_phones_in_several_threads_all_sign_in(void **state)
{
	struct kdc_rig *rig = rig_of(state);
	struct crew crews[THREADS];
	pthread_t threads[THREADS];
	unsigned i;

	for (i = 0; i < THREADS; i++) {
		crews[i] = (struct crew){ .rig = *rig, .first = 8 + 4 * i };
		assert_int_equal(pthread_create(&threads[i], NULL, crew_work, &crews[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(crews[i].done, LOGINS_A_THREAD);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_right_password_it_signs_in_with_preauthentication),
		cmocka_unit_test(given_a_wrong_password_it_says_preauth_failed_after_one_try),
		cmocka_unit_test(given_no_preauthentication_a_wrong_password_reads_the_same),
		cmocka_unit_test(given_an_unknown_user_it_says_so),
		cmocka_unit_test(given_a_locked_account_it_says_revoked),
		cmocka_unit_test(given_an_expired_password_it_says_so),
		cmocka_unit_test(given_a_clock_20_minutes_off_the_login_fails_by_skew),
		cmocka_unit_test(given_a_clock_put_right_it_signs_in),
		cmocka_unit_test(given_a_ticket_it_is_asked_for_once),
		cmocka_unit_test(given_an_unknown_service_it_says_so),
		cmocka_unit_test(given_a_clock_that_goes_wrong_the_ticket_fails_by_skew),
		cmocka_unit_test(given_no_login_there_is_nothing_to_ask_with),
		cmocka_unit_test(given_no_ticket_for_it_a_service_gets_no_token),
		cmocka_unit_test(given_a_service_name_with_a_realm_it_is_refused),
		cmocka_unit_test(given_power_off_the_tickets_are_gone_and_the_password_stays),
		cmocka_unit_test(given_an_unreadable_reply_it_fails_without_a_code),
		cmocka_unit_test(given_a_reply_cut_short_it_fails),
		cmocka_unit_test(given_a_reply_with_another_byte_it_ends_one_way_or_the_other),
		cmocka_unit_test(given_two_conversations_at_once_both_end_well),
		cmocka_unit_test(given_a_reply_too_big_for_udp_it_goes_over_tcp),
		cmocka_unit_test(given_a_stream_reply_of_another_length_it_fails),
		cmocka_unit_test(given_a_service_of_another_realm_the_referral_shows),
		cmocka_unit_test(given_a_thousand_logins_nothing_leaks),
		cmocka_unit_test(given_no_memory_a_phone_is_not_made_and_nothing_leaks),
		cmocka_unit_test(given_phones_in_several_threads_all_sign_in),
	};

	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
