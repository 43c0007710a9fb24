/*
 * test_run_faults.c - the faults of a scenario, played by the embedded pool on real sockets:
 * the phones meet them where they are, and the pool counts them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "played.h"
#include "temp_file.h"

enum { PHONES = 3 };

/* One try of this step is enough to see it. */
#define ONCE(step) "journey: {override: {" step ": {tries: 1}}}\n"

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

static void
passes(struct played *p, const char *tail)
{
	played_run(p, PHONES, tail);
	if (p->status != 0)
		fail_msg("exit %d: %s", p->status, p->said);
	assert_int_equal(played_phones(p, "finished"), PHONES);
}

/* Four ways of 100 ms to log in; nobody else is slower for it. */
static void
a_slow_kdc_is_slow_for_who_logs_in(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults: [{server: kdc, do: {delay: 100ms}}]\n"
	    "journey: {until: krb_login}\n");
	assert_true(played_ms(p, "krb_login", "p50") >= 400);
	assert_int_equal(played_fault(p, "kdc", "delayed"), 4 * PHONES);
	assert_int_equal(played_fault(p, "dns", "delayed"), 0);
}

/* It is the run's clock: the pool had been up for a while when the phones began. */
static void
a_fault_holds_from_its_time_on_and_for_so_long(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults:\n"
	    "  - {server: kdc, from: 60s, do: {refuse: true}}\n"
	    "  - {server: ntp, for: 1ms, do: {drop: 100%}}\n"
	    "  - {server: dns, from: 30s, for: 1s, do: {answer: SERVFAIL}}\n");
	assert_int_equal(played_fault(p, "kdc", "refused"), 0);
	assert_int_equal(played_fault(p, "ntp", "dropped"), 0);
	assert_int_equal(played_fault(p, "dns", "answered"), 0);
}

/* On port 80 of another host than the update service, which goes on. */
static void
where_the_web_of_the_ca_is_gone_its_port_refuses(void **state)
{
	struct played *p = *state;

	played_run(p, PHONES,
	    "profile: cx700-1.0.522.101\n"
	    "faults: [{server: ca_web, do: {refuse: true}}]\n" ONCE("ca_find"));
	assert_int_equal(p->status, 1);
	assert_int_equal(played_phones(p, "failed"), PHONES);
	assert_int_equal(
	    played_reason(p, "ca_find", "refused"), played_step(p, "ca_find", "attempts"));
	assert_int_equal(played_step(p, "update_at_power_on", "done"), PHONES);
}

/* Three images of 2 MB through 4 MB/s: a second and a half for the last of them. */
static void
what_all_replies_share_is_shared(void **state)
{
	struct played *p = *state;

	passes(p,
	    "servers: {update: {bandwidth: 4MB/s, size: 2MB}}\n"
	    "journey: {until: update_download}\n");
	assert_true(played_ms(p, "update_download", "max") >= 1400);
}

/* The phones sign in, then the front end starts anew: each makes its line again. */
static void
lines_that_are_reset_are_made_again(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults: [{server: sip, from: 2s, for: 300ms, do: {reset: true}}]\n"
	    "journey: {until: sip_provision, stay: 8s, override: {\n"
	    "  pool_tls: {tries: 9, pause: 200ms}, sip_register: {tries: 9}}}\n");
	assert_true(played_step(p, "pool_tls", "done") >= 2 * PHONES);
	assert_true(played_fault(p, "sip", "reset") >= PHONES);
}

/* Told that they are no more, they ask again when they have waited for a while. */
static void
users_who_are_signed_off_sign_in_again(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults: [{server: sip, from: 1s, do: {sign_off: deactivated}}]\n"
	    "journey: {until: sip_provision, stay: 14s}\n");
	assert_true(played_step(p, "sip_register", "done") >= 2 * PHONES);
}

/* Gone when they begin, back before they give up. */
static void
a_server_that_comes_back_is_found(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults: [{server: kdc, for: 2s, do: {refuse: true}},\n"
	    "  {server: sip, for: 700ms, do: {refuse: true}}]\n"
	    "journey: {until: sip_provision, override: {\n"
	    "  krb_login: {tries: 60, pause: 100ms},\n"
	    "  pool_tls_untrusted: {tries: 40, pause: 100ms}}}\n");
	assert_true(played_reason(p, "krb_login", "refused") >= PHONES);
	assert_true(played_reason(p, "pool_tls_untrusted", "refused") >= PHONES);
	assert_int_equal(played_fault(p, "kdc", "refused"), 1);
	assert_int_equal(played_fault(p, "sip", "refused"), 1);
}

/* A hello or a certificate may bear a changed byte and be read; what both have heard of the
 * other is compared at the end of a handshake, and then it is over. */
static void
what_is_corrupted_under_tls_is_no_handshake(void **state)
{
	struct played *p = *state;

	played_run(p, PHONES,
	    "faults: [{server: sip, do: {corrupt: 100%}}]\n"
	    "journey: {override: {pool_tls_untrusted: {tries: 1}, pool_tls: {tries: 1}}}\n");
	assert_int_equal(p->status, 1);
	assert_int_equal(played_phones(p, "failed"), PHONES);
	assert_int_equal(played_step(p, "pool_tls", "done"), 0);
	assert_true(played_fault(p, "sip", "corrupted") >= PHONES);
}

/* Datagrams are sent again by the phone, pieces of a connection by TCP. */
static void
what_is_lost_now_and_then_is_made_good(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults: [{server: dns, do: {drop: 20%}}, {server: ldap, do: {drop: 20%}}]\n"
	    "journey: {until: ldap_find_ca}\n");
	assert_true(played_fault(p, "dns", "dropped") > 0);
	assert_true(played_fault(p, "ldap", "dropped") > 0);
}

static void
odd_packets_do_no_harm(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults:\n"
	    "  - {server: dns, do: {duplicate: 50%, reorder: 30%}}\n"
	    "  - {server: kdc, do: {duplicate: 50%, reorder: 30%}}\n"
	    "  - {server: dhcp, do: {duplicate: 100%}}\n"
	    "journey: {until: krb_login}\n");
	assert_true(played_fault(p, "kdc", "duplicated") > 0);
	assert_true(played_fault(p, "dns", "reordered") > 0);
	assert_true(played_fault(p, "dhcp", "duplicated") > 0);
}

/* 500 kB at 400 kB/s each; the small answers of the same server are as slow, but short. */
static void
a_slow_download_is_slow_for_each(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults: [{server: update, do: {slow: 400kB/s}}]\n"
	    "servers: {update: {size: 500kB}}\n"
	    "journey: {until: update_download}\n");
	assert_true(played_ms(p, "update_download", "p50") >= 1200);
}

/* One worker, 60 ms for each of three: the last waits for all. */
static void
requests_wait_for_a_worker(void **state)
{
	struct played *p = *state;

	passes(p,
	    "servers: {ntp: {takes: 60ms, workers: 1}}\n"
	    "journey: {until: ntp_sync}\n");
	assert_true(played_ms(p, "ntp_sync", "max") >= 120);
}

/* The whole way, with everything a bit worse than it should be, and all doors in use. */
static void
on_a_bad_day_phones_still_get_there(void **state)
{
	struct played *p = *state;

	passes(p,
	    "faults:\n"
	    "  - {server: dhcp, do: {delay: 20ms±10ms}}\n"
	    "  - {server: dns, do: {delay: 10ms±10ms, drop: 2%}}\n"
	    "  - {server: ntp, do: {delay: 10ms}}\n"
	    "  - {server: kdc, do: {delay: 20ms±20ms, drop: 2%}}\n"
	    "  - {server: ldap, do: {delay: 5ms}}\n"
	    "  - {server: ca_web, do: {delay: 5ms}}\n"
	    "  - {server: sip, do: {delay: 5ms±5ms}}\n"
	    "  - {server: exchange, do: {delay: 5ms}}\n"
	    "  - {server: update, do: {delay: 5ms}}\n"
	    "servers: {update: {bandwidth: 100Mbit/s, size: 500kB}, sip: {latency: 2ms}}\n");
	assert_int_equal(played_step(p, "update_confirm", "done"), PHONES);
	assert_true(played_fault(p, "exchange", "delayed") > 0);
}

static void
the_pool_of_a_run_that_has_no_faults_has_none(void **state)
{
	struct played *p = *state;

	passes(p, "journey: {until: krb_login}\n");
	assert_non_null(json_object_get(p->servers, "kdc"));
	assert_null(json_object_get(json_object_get(p->servers, "kdc"), "faults"));
	assert_true(json_integer_value(json_object_get(
			json_object_get(p->servers, "kdc"), "requests")) >= 2 * PHONES);
}

/* Its DHCP and SIP ports are free, the KDC's is not: the pool cannot start there, says so, and
 * nothing else; the next place is taken. */
static void
a_place_where_one_port_is_taken_is_passed_over(void **state)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(20088),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct played *p = *state;

	/* If it cannot be had, somebody else's pool has it: the same to us. */
	if (bind(fd, (const struct sockaddr *)&at, sizeof at) == 0)
		assert_int_equal(listen(fd, 1), 0);
	passes(p, "faults: [{server: kdc, do: {delay: 1ms}}]\njourney: {until: krb_login}\n");
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_slow_kdc_is_slow_for_who_logs_in, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_fault_holds_from_its_time_on_and_for_so_long, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    where_the_web_of_the_ca_is_gone_its_port_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_all_replies_share_is_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    lines_that_are_reset_are_made_again, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    users_who_are_signed_off_sign_in_again, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_server_that_comes_back_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_corrupted_under_tls_is_no_handshake, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_lost_now_and_then_is_made_good, setup, teardown),
		cmocka_unit_test_setup_teardown(odd_packets_do_no_harm, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_slow_download_is_slow_for_each, setup, teardown),
		cmocka_unit_test_setup_teardown(requests_wait_for_a_worker, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    on_a_bad_day_phones_still_get_there, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    the_pool_of_a_run_that_has_no_faults_has_none, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_place_where_one_port_is_taken_is_passed_over, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
