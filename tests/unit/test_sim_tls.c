/* test_sim_tls.c - certificates as facts: what a phone says of them, and the meeting of both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include <mbedtls/ssl.h>

#include "io_uv.h"
#include "mem.h"
#include "sim_scene.h"
#include "sim_tls.h"

enum { NOW_S = 1000000000, DAY_S = 86400 }; /* NOW_S: the scene's true time */

static const struct io_addr sip = { SCENE_SERVER, 5061 };
static const char *const other_names[] = { "other.contoso.com", "pool01.contoso.com" };

static struct sim_cert
good(void)
{
	return (struct sim_cert){ .common_name = "pool01.contoso.com",
		.not_before_s = NOW_S - DAY_S,
		.not_after_s = NOW_S + DAY_S,
		.root = span_of("root") };
}

static void
scene_sip(struct scene *s)
{
	scene_begin(s, true, 1);
	assert_int_equal(sim_listen_at(s->sim, SIM_STREAM, sip, NULL, scene_on_call, s), 0);
	assert_int_equal(s->phone[0].io->ops->trust(s->phone[0].io, span_of("root")), 0);
}

/* What the phone makes of it under this name. */
static struct io_tls_seen
look_as(struct scene *s, const struct sim_cert *cert, const char *name)
{
	struct io_handle *h = scene_tls(s, 0, sip, name);
	struct io_tls_seen seen;
	int rc = sim_tls_look(h, cert, &seen);

	assert_int_equal(rc, seen.flaw == TLS_OK && seen.alert_got == 0 ? 0 : -EPROTO);
	s->phone[0].io->ops->close(h);
	return seen;
}

static struct io_tls_seen
look(struct scene *s, const struct sim_cert *cert)
{
	return look_as(s, cert, "pool01.contoso.com");
}

static void
assert_seen(struct io_tls_seen seen, enum io_flaw flaw, int alert)
{
	assert_int_equal(seen.flaw, flaw);
	assert_int_equal(seen.alert_sent, alert);
	assert_int_equal(seen.alert_got, 0);
	assert_int_equal(seen.version, 0x0301);
}

/* ---- the certificate ---- */

static void
a_good_one_has_no_flaw(void **state)
{
	struct sim_cert cert = good();
	struct scene s;

	(void)state;
	scene_sip(&s);
	assert_seen(look(&s, &cert), TLS_OK, 0);
	/* Who asks for no name takes any. */
	assert_seen(look_as(&s, &cert, NULL), TLS_OK, 0);
	scene_end(&s);
}

static void
the_last_second_of_its_time_is_still_good(void **state)
{
	struct sim_cert cert = good();
	struct scene s;

	(void)state;
	scene_sip(&s);
	cert.not_before_s = cert.not_after_s = NOW_S;
	assert_seen(look(&s, &cert), TLS_OK, 0);
	cert.not_after_s = NOW_S - 1;
	assert_seen(look(&s, &cert), TLS_EXPIRED, 45);
	cert.not_before_s = NOW_S + 1;
	cert.not_after_s = NOW_S + 2;
	assert_seen(look(&s, &cert), TLS_EARLY, 46);
	scene_end(&s);
}

static void
time_goes_on_and_so_does_the_phones_clock(void **state)
{
	struct sim_cert cert = good();
	struct scene s;
	struct io *io;

	(void)state;
	scene_sip(&s);
	io = s.phone[0].io;
	scene_alarm(&s, 0, 2ull * DAY_S * 1000000);
	scene_run(&s);
	assert_seen(look(&s, &cert), TLS_EXPIRED, 45);
	/* Two days slow, the phone finds it good. */
	io->ops->clock(io, (NOW_S - 2ll * DAY_S) * 1000000);
	assert_seen(look(&s, &cert), TLS_OK, 0);
	io->ops->clock(io, 0);
	assert_seen(look(&s, &cert), TLS_EARLY, 46);
	scene_end(&s);
}

static void
alternative_names_stand_in_for_the_common_one(void **state)
{
	struct sim_cert cert = good();
	struct scene s;

	(void)state;
	scene_sip(&s);
	cert.dns_names = other_names;
	cert.n_dns_names = 2;
	assert_seen(look(&s, &cert), TLS_OK, 0);
	cert.n_dns_names = 1;
	assert_seen(look(&s, &cert), TLS_NAME, 42);
	cert.n_dns_names = 0;
	assert_seen(look(&s, &cert), TLS_OK, 0);
	cert.common_name = NULL;
	assert_seen(look(&s, &cert), TLS_NAME, 42);
	scene_end(&s);
}

static void
a_star_is_one_label_at_the_front(void **state)
{
	struct sim_cert cert = good();
	struct scene s;

	(void)state;
	scene_sip(&s);
	cert.common_name = "*.Contoso.com";
	assert_seen(look_as(&s, &cert, "pool01.contoso.com"), TLS_OK, 0);
	assert_seen(look_as(&s, &cert, "a.b.contoso.com"), TLS_NAME, 42);
	assert_seen(look_as(&s, &cert, "contoso.com"), TLS_NAME, 42);
	assert_seen(look_as(&s, &cert, ".contoso.com"), TLS_NAME, 42);
	assert_seen(look_as(&s, &cert, "pool01"), TLS_NAME, 42);
	cert.common_name = "*.";
	assert_seen(look_as(&s, &cert, "pool01."), TLS_NAME, 42);
	cert.common_name = "pool*.contoso.com";
	assert_seen(look(&s, &cert), TLS_NAME, 42);
	scene_end(&s);
}

static void
roots_are_flash_and_stay_through_a_power_cut(void **state)
{
	struct sim_cert cert = good();
	struct scene s;
	struct io *io;

	(void)state;
	scene_sip(&s);
	io = s.phone[0].io;
	io->ops->power_cut(io);
	io->ops->address(io, SCENE_IP, 0);
	assert_seen(look(&s, &cert), TLS_OK, 0);
	cert.root = span_of("another");
	assert_seen(look(&s, &cert), TLS_NO_ROOT, 48);
	io->ops->trust(io, span_of("another"));
	assert_seen(look(&s, &cert), TLS_OK, 0);
	cert.root = span_of("root");
	assert_seen(look(&s, &cert), TLS_OK, 0);
	/* Signed by itself alone. */
	cert.root = (struct span){ NULL, 0 };
	assert_seen(look(&s, &cert), TLS_NO_ROOT, 48);
	cert.root = span_of("root");
	sim_phone_distrust(io);
	assert_seen(look(&s, &cert), TLS_NO_ROOT, 48);
	scene_end(&s);
}

static void
sha_2_is_told_only_of_a_chain_that_is_good_otherwise(void **state)
{
	struct sim_cert cert = good();
	struct scene s;

	(void)state;
	scene_sip(&s);
	cert.sha2 = true;
	assert_seen(look(&s, &cert), TLS_SHA2, 46);
	cert.sha2 = false;
	cert.root_sha2 = true;
	assert_seen(look(&s, &cert), TLS_SHA2, 46);
	sim_phone_distrust(s.phone[0].io);
	assert_seen(look(&s, &cert), TLS_NO_ROOT, 48);
	scene_end(&s);
}

static void
a_roots_own_dates_count_where_it_is_trusted(void **state)
{
	struct sim_cert cert = good();
	struct scene s;

	(void)state;
	scene_sip(&s);
	cert.root_not_before_s = 1;
	cert.root_not_after_s = NOW_S - 1;
	assert_seen(look(&s, &cert), TLS_EXPIRED, 45);
	cert.root_not_before_s = NOW_S + 1;
	cert.root_not_after_s = NOW_S + 2;
	assert_seen(look(&s, &cert), TLS_EARLY, 46);
	sim_phone_distrust(s.phone[0].io);
	assert_seen(look(&s, &cert), TLS_NO_ROOT, 48);
	scene_end(&s);
}

/* ---- the hello ---- */

static bool
rsa_before_tls_1_2(const mbedtls_ssl_ciphersuite_t *suite)
{
	return suite->min_minor_ver <= MBEDTLS_SSL_MINOR_VERSION_1 &&
	    (suite->key_exchange == MBEDTLS_KEY_EXCHANGE_RSA ||
		suite->key_exchange == MBEDTLS_KEY_EXCHANGE_DHE_RSA);
}

static void
what_can_be_offered_is_what_the_real_library_has(void **state)
{
	(void)state;
	for (int id = 0; id <= 0xffff; id++) {
		const mbedtls_ssl_ciphersuite_t *suite = mbedtls_ssl_ciphersuite_from_id(id);

		assert_int_equal(sim_tls_can_offer((uint16_t)id),
		    suite != NULL && rsa_before_tls_1_2(suite));
	}
}

static void
the_hello_keeps_the_profiles_order_and_ends_in_00ff(void **state)
{
	static const uint16_t profile[] = { 0x000a, 0x0009, 0x0064, 0x0005, 0x0003, 0x0004 };
	static const uint16_t offered[] = { 0x000a, 0x0005, 0x0004, 0x00ff };
	const struct io_tls_habit habit = { profile, 6, false };
	struct sim_cert cert = good();
	struct io_tls_seen seen;
	struct scene s;

	(void)state;
	scene_sip(&s);
	seen = look(&s, &cert);
	assert_int_equal(seen.n_hello, 4);
	assert_int_equal(seen.hello[0], 0x0004);
	sim_phone_tls(s.phone[0].io, &habit);
	seen = look(&s, &cert);
	assert_int_equal(seen.n_hello, 4);
	assert_memory_equal(seen.hello, offered, sizeof(offered));
	assert_int_equal(seen.suite, 0x000a);
	scene_end(&s);
}

static void
a_server_may_have_likings_of_its_own(void **state)
{
	static const uint16_t likes[] = { 0x002f, 0x000a, 0x0005 };
	struct sim_cert cert = good();
	struct io_tls_seen seen;
	struct scene s;

	(void)state;
	scene_sip(&s);
	cert.suites = likes;
	cert.n_suites = 3;
	seen = look(&s, &cert);
	assert_int_equal(seen.suite, 0x000a);
	cert.n_suites = 1;
	seen = look(&s, &cert);
	assert_int_equal(seen.suite, 0);
	assert_int_equal(seen.version, 0);
	assert_int_equal(seen.alert_got, 40);
	assert_int_equal(seen.flaw, TLS_OK);
	scene_end(&s);
}

static void
a_hello_has_room_for_sixteen_suites(void **state)
{
	static uint16_t many[40];
	const struct io_tls_habit habit = { many, 40, false };
	struct sim_cert cert = good();
	struct io_tls_seen seen;
	struct scene s;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		many[i] = 0x0005;
	scene_sip(&s);
	sim_phone_tls(s.phone[0].io, &habit);
	seen = look(&s, &cert);
	assert_int_equal(seen.n_hello, 16);
	assert_int_equal(seen.hello[15], 0x0005);
	scene_end(&s);
}

/* ---- meeting ---- */

static void
a_good_meeting_is_up_and_a_bad_one_down_at_their_time(void **state)
{
	struct sim_cert cert = good();
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_sip(&s);
	h = scene_tls(&s, 0, sip, "pool01.contoso.com");
	assert_true(sim_meet(s.sim, h, &cert, 40));
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_UP);
	assert_int_equal(scene_last(&s, 0)->at_us, 40);
	assert_int_equal(scene_last(&s, 0)->tls.suite, 0x0004);
	s.phone[0].io->ops->close(h);

	h = scene_tls(&s, 0, sip, "pool02.contoso.com");
	assert_false(sim_meet(s.sim, h, &cert, 10));
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_DOWN);
	assert_int_equal(scene_last(&s, 0)->ev.err, -EPROTO);
	assert_int_equal(scene_last(&s, 0)->at_us, 50);
	assert_int_equal(scene_last(&s, 0)->tls.flaw, TLS_NAME);
	assert_int_equal(scene_last(&s, 0)->tls.n_hello, 4);
	scene_end(&s);
}

static void
without_a_certificate_nothing_can_be_agreed_upon(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_sip(&s);
	h = scene_tls(&s, 0, sip, NULL);
	assert_false(sim_meet(s.sim, h, NULL, 0));
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->tls.alert_got, 40);
	assert_int_equal(scene_last(&s, 0)->tls.suite, 0);
	scene_end(&s);
}

static void
a_plain_stream_is_met_without_one(void **state)
{
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_sip(&s);
	h = scene_stream(&s, 0, sip);
	assert_true(sim_meet(s.sim, h, NULL, 0));
	scene_run(&s);
	assert_int_equal(scene_last(&s, 0)->ev.kind, IO_UP);
	assert_null(scene_last(&s, 0)->ev.tls);
	scene_end(&s);
}

static void
what_was_seen_at_the_beginning_is_told_with_the_end(void **state)
{
	struct sim_cert cert = good();
	struct io_tls_seen more = { .alert_got = 80, .suite = 0x0005 };
	struct io_handle *h;
	struct scene s;

	(void)state;
	scene_sip(&s);
	for (int i = 0; i < 2; i++) {
		h = scene_tls(&s, 0, sip, "pool01.contoso.com");
		assert_true(sim_meet(s.sim, h, &cert, 0));
		scene_run(&s);
		sim_down(s.sim, h, 0, -EPROTO, i == 0 ? NULL : &more);
		scene_run(&s);
		assert_int_equal(scene_last(&s, 0)->tls.suite, i == 0 ? 0x0004 : 0x0005);
		assert_int_equal(scene_last(&s, 0)->tls.alert_got, i == 0 ? 0 : 80);
		s.phone[0].io->ops->close(h);
	}
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_one_has_no_flaw),
		cmocka_unit_test(the_last_second_of_its_time_is_still_good),
		cmocka_unit_test(time_goes_on_and_so_does_the_phones_clock),
		cmocka_unit_test(alternative_names_stand_in_for_the_common_one),
		cmocka_unit_test(a_star_is_one_label_at_the_front),
		cmocka_unit_test(roots_are_flash_and_stay_through_a_power_cut),
		cmocka_unit_test(sha_2_is_told_only_of_a_chain_that_is_good_otherwise),
		cmocka_unit_test(a_roots_own_dates_count_where_it_is_trusted),
		cmocka_unit_test(what_can_be_offered_is_what_the_real_library_has),
		cmocka_unit_test(the_hello_keeps_the_profiles_order_and_ends_in_00ff),
		cmocka_unit_test(a_server_may_have_likings_of_its_own),
		cmocka_unit_test(a_hello_has_room_for_sixteen_suites),
		cmocka_unit_test(a_good_meeting_is_up_and_a_bad_one_down_at_their_time),
		cmocka_unit_test(without_a_certificate_nothing_can_be_agreed_upon),
		cmocka_unit_test(a_plain_stream_is_met_without_one),
		cmocka_unit_test(what_was_seen_at_the_beginning_is_told_with_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
