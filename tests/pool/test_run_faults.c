/*
 * test_run_faults.c - the faults of a scenario, played by the embedded pool on real sockets:
 * the phones meet them where they are, and the pool counts them.
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
