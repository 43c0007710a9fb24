/*
 * test_run_habits.c - the habits that a scenario gives the embedded pool's servers, as phones
 * on real sockets meet them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "played.h"
#include "temp_file.h"

enum { PHONES = 3 };

/* A phone begins with the CA again and again; here it may do so, but each time tries once. */
#define ONE_TRY "journey: {override: {pool_tls: {tries: 1}}}\n"

static int
setup(void **state)
{
	*state = calloc(1, sizeof(struct played));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	played_done(*state);
	free(*state);
	temp_clean();
	return 0;
}

/* All phones get there, and this step fails them all for this reason. */
static void
fails_all(struct played *p, const char *servers, const char *step, const char *reason)
{
	played_run(p, PHONES, servers);
	assert_int_equal(p->status, 1);
	assert_int_equal(played_phones(p, "failed"), PHONES);
	assert_true(played_step(p, step, "failed") >= PHONES);
	assert_true(played_reason(p, step, reason) >= PHONES);
	played_done(p);
}

static void
passes(struct played *p, const char *servers)
{
	played_run(p, PHONES, servers);
	if (p->status != 0)
		fail_msg("exit %d: %s", p->status, p->said);
	assert_int_equal(played_phones(p, "finished"), PHONES);
}

static void
a_certificate_with_a_flaw_is_not_believed(void **state)
{
	struct played *p = *state;

	fails_all(p, "servers: {sip: {certificate: expired}}\n", "pool_tls_untrusted", "tls");
	fails_all(p, "servers: {sip: {certificate: early}}\n", "pool_tls_untrusted", "tls");
	fails_all(
	    p, "servers: {sip: {certificate: wrong_name}}\n", "pool_tls_untrusted", "tls");
	fails_all(p, "servers: {sip: {certificate: other_root}}\n" ONE_TRY, "pool_tls", "tls");
}

static void
a_root_with_sha2_ends_at_the_handshake_with_the_pool(void **state)
{
	struct played *p = *state;

	fails_all(p, "servers: {sip: {certificate: sha2}}\n" ONE_TRY, "pool_tls", "tls");
}

/* The mailbox is not what a phone fails for. */
static void
exchange_may_have_the_flaw_or_no_mailbox(void **state)
{
	struct played *p = *state;

	passes(
	    p, "servers: {exchange: {certificate: expired}}\njourney: {until: update_ask}\n");
	assert_int_equal(
	    played_reason(p, "cas_tls", "tls"), played_step(p, "cas_tls", "attempts"));
	played_done(p);
	passes(p, "servers: {exchange: {mailbox: false}}\njourney: {until: update_ask}\n");
	assert_int_equal(played_step(p, "cas_tls", "failed"), PHONES);
	assert_int_equal(played_reason(p, "cas_tls", "not_found"), PHONES);
}

static void
where_the_directory_has_the_root_nobody_asks_the_ca(void **state)
{
	struct played *p = *state;

	passes(p, "servers: {ldap: {publish_ca: true}}\njourney: {until: sip_register}\n");
	assert_int_equal(played_step(p, "ca_fetch", "skipped"), PHONES);
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(p->servers, "ca-web"), "requests")),
	    0);
}

static void
where_no_ca_is_published_there_is_no_trust(void **state)
{
	fails_all(
	    *state, "servers: {ldap: {enrollment: false}}\n", "ldap_find_ca", "not_found");
}

/* A ticket for the short name is good enough: 18 and 19 are not needed. */
static void
a_ca_that_takes_the_first_key_has_told_all_at_step_17(void **state)
{
	struct played *p = *state;

	passes(p, "servers: {ca_web: {wrong_key: false}}\njourney: {until: sip_register}\n");
	assert_int_equal(played_step(p, "ca_fetch", "skipped"), PHONES);
	assert_int_equal(played_step(p, "ca_wrong_key", "done"), PHONES);
}

static void
a_time_server_that_is_wrong_keeps_everybody_out(void **state)
{
	fails_all(*state, "servers: {ntp: {offset: 20m}}\n", "krb_login", "auth");
}

static void
what_is_offered_and_how_long_it_is_are_the_scenarios(void **state)
{
	struct played *p = *state;

	passes(p,
	    "servers: {update: {size: 1000kB, version: 3.5.6907.35}}\n"
	    "journey: {until: update_confirm}\n");
	assert_int_equal(json_integer_value(
			     json_object_get(json_object_get(p->summary, "bytes"), "firmware")),
	    PHONES * 1000000);
	played_done(p);
	passes(p, "servers: {update: {blank: true}}\njourney: {until: update_confirm}\n");
	assert_int_equal(played_step(p, "update_download", "done"), 0);
}

/* An eighth is missing of what is sent, and then of each rest that is asked for. */
static void
an_image_that_ends_too_soon_is_asked_for_again(void **state)
{
	struct played *p = *state;

	played_run(p, PHONES,
	    "servers: {update: {wrong_length: true, size: 1000kB}}\n"
	    "journey: {override: {update_download: {tries: 2}}}\n");
	assert_int_equal(played_step(p, "update_download", "failed"), PHONES);
	assert_int_equal(played_step(p, "update_download", "retries"), PHONES);
	assert_int_equal(played_reason(p, "update_download", "reset"), 2 * PHONES);
}

/* Told to be alive every few seconds, they are; with the usual 300 s nobody would be. */
static void
a_short_keep_alive_is_kept(void **state)
{
	struct played *p = *state;

	passes(p,
	    "servers: {sip: {keep_alive: 2s}}\n"
	    "journey: {until: sip_provision, stay: 5s}\n");
	assert_int_equal(played_phones(p, "unfinished"), 0);
}

static void
leases_options_and_names_are_the_scenarios(void **state)
{
	struct played *p = *state;

	passes(p,
	    "servers:\n"
	    "  dhcp: {voice_vlan: 0, lease: 1h, options_off: [42]}\n"
	    "  dns: {hide: [_ntp._udp.contoso.com], add: [time.windows.com A 127.0.0.1]}\n"
	    "journey: {until: ntp_find}\n");
	assert_int_equal(played_step(p, "dhcp_voice_vlan", "skipped"), PHONES);
	assert_int_equal(played_step(p, "ntp_find", "done"), PHONES);
	played_done(p);
	fails_all(p,
	    "servers: {dns: {hide: [_kerberos._tcp.contoso.com, "
	    "_ldap._tcp.dc._msdcs.contoso.com, _ldap._tcp.contoso.com, "
	    "_kerberos._tcp.dc._msdcs.contoso.com, contoso.com]}}\n",
	    "dc_find", "not_found");
}

static void
what_is_only_rehearsed_is_refused_before_anything_starts(void **state)
{
	struct played *p = *state;

	played_run(p, PHONES, "servers: {kdc: {offset: 20m}}\n");
	assert_int_equal(p->status, 2);
	assert_non_null(strstr(p->said, "played.yaml:5:1: `servers': only a rehearsal"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_certificate_with_a_flaw_is_not_believed, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_root_with_sha2_ends_at_the_handshake_with_the_pool, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    exchange_may_have_the_flaw_or_no_mailbox, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    where_the_directory_has_the_root_nobody_asks_the_ca, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    where_no_ca_is_published_there_is_no_trust, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_ca_that_takes_the_first_key_has_told_all_at_step_17, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_time_server_that_is_wrong_keeps_everybody_out, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_offered_and_how_long_it_is_are_the_scenarios, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    an_image_that_ends_too_soon_is_asked_for_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_short_keep_alive_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    leases_options_and_names_are_the_scenarios, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_only_rehearsed_is_refused_before_anything_starts, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
