/* test_run_targets.c - what is said before the first packet, and which targets need a --yes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "run_targets.h"

#define S UINT64_C(1000000)

/* 200 phones at a lab whose servers have ports of their own. */
static struct run_plan *
new_plan(void)
{
	struct run_plan *p = mem_new(sizeof *p);

	assert_non_null(p);
	p->phones = 200;
	p->scenario.n_groups = 1;
	p->pool = (struct pool_file){
		.file = mem_copy("lab.yaml", 8),
		.name = "contoso-lab",
		.macs = { 0x00, 0x04, 0xf2, 0x10, 0xff, 0xff },
		.users = { .name = "phone%05d", .first = 7, .domain = "contoso.com" },
		.allow_at = { 9, 8, NULL },
		.n_allow = 1,
	};
	p->pool.allow[0] = (struct pool_net){ 0x0a2a0000, 0xffff0000 };
	p->pool.dhcp.mode = POOL_DHCP_RELAY;
	p->pool.dhcp.server = 0x0a2a0043;
	p->pool.dhcp.n_relays = 1;
	p->pool.dhcp.relay[0].giaddr = 0x0a2a0002;
	assert_non_null(p->pool.file);
	return p;
}

static void
plan_free(struct run_plan *p)
{
	run_plan_done(p);
	mem_free(p);
	assert_int_equal(mem_out(), 0);
}

static void
assert_says(const struct run_plan *p, const char *words)
{
	struct buf said = { 0 };

	run_targets_text(p, &said);
	if (strstr(buf_cstr(&said), words) == NULL)
		fail_msg("no `%s' in:\n%s", words, buf_cstr(&said));
	buf_done(&said);
}

static void
assert_silent(const struct run_plan *p, const char *words)
{
	struct buf said = { 0 };

	run_targets_text(p, &said);
	if (strstr(buf_cstr(&said), words) != NULL)
		fail_msg("`%s' in:\n%s", words, buf_cstr(&said));
	buf_done(&said);
}

/* ---- what is said ---- */

static void
who_is_sent_are_the_first_and_the_last_phone_and_their_accounts(void **state)
{
	struct run_plan *p = new_plan();

	(void)state;
	assert_says(p,
	    "pool contoso-lab: 200 phones, 00:04:f2:10:ff:ff to 00:04:f2:11:00:c6, as "
	    "phone00007 to phone00206 of contoso.com\n");
	p->phones = 1;
	assert_says(
	    p, "pool contoso-lab: 1 phone, 00:04:f2:10:ff:ff, as phone00007 of contoso.com\n");
	plan_free(p);
}

static void
each_kind_of_server_has_a_line_with_its_port(void **state)
{
	static const char *const lines[] = {
		"  DHCP     port 67: 10.42.0.67, as relay 10.42.0.2\n",
		"  DNS      port 53: named by DHCP\n",
		"  NTP      port 123: ",
		"  HTTP     port 80: ",
		"  SIP      port 5061: ",
		"  Kerberos port 88: ",
		"  LDAP     port 389: ",
		"  HTTPS    port 443: Exchange",
	};
	struct run_plan *p = new_plan();

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		assert_says(p, lines[i]);
	plan_free(p);
}

static void
a_translated_port_is_said_with_the_one_that_phones_know(void **state)
{
	struct run_plan *p = new_plan();

	(void)state;
	p->pool.ports[0] = (struct pool_port){ 88, 20088 };
	p->pool.ports[1] = (struct pool_port){ 53, 53 };
	p->pool.n_ports = 2;
	assert_says(p, "Kerberos port 88 (here 20088): ");
	assert_says(p, "DNS      port 53: ");
	plan_free(p);
}

static void
how_leases_are_asked_for_is_said(void **state)
{
	struct run_plan *p = new_plan();

	(void)state;
	p->pool.dhcp.n_relays = 2;
	p->pool.dhcp.relay[1] = (struct pool_relay){ 200, 0x0a2a0003 };
	assert_says(p, "10.42.0.67, as relay 10.42.0.2 and 10.42.0.3\n");

	p->pool.dhcp.mode = POOL_DHCP_BROADCAST;
	strcpy(p->pool.network.interface, "veth0");
	assert_says(p, "DHCP     port 67: by broadcast on veth0\n");

	p->pool.dhcp.mode = POOL_DHCP_NONE;
	p->pool.dhcp.dns[0] = 0x0a2a000a;
	assert_silent(p, "DHCP     port");
	assert_says(p, "DNS      port 53: 10.42.0.10\n");
	assert_says(p, "NTP      port 123: named by DNS\n");
	p->pool.dhcp.dns[1] = 0x0a2a000b;
	assert_says(p, "DNS      port 53: 10.42.0.10, 10.42.0.11\n");
	plan_free(p);
}

static void
outside_phones_update_over_https(void **state)
{
	struct run_plan *p = new_plan();

	(void)state;
	p->pool.external = true;
	assert_says(p, "HTTPS    port 443: Exchange and the update service\n");
	plan_free(p);
}

static void
servers_that_nobody_gets_to_are_left_out(void **state)
{
	struct run_plan *p = new_plan();

	(void)state;
	p->group[0].journey.until = journey_find("ntp_sync");
	assert_says(p, "NTP ");
	assert_silent(p, "Kerberos");
	assert_silent(p, "HTTP");
	assert_silent(p, "guard");

	/* One group that goes further is enough, or one that stays and has chores. */
	p->scenario.n_groups = 2;
	p->group[1].journey.until = journey_find("krb_login");
	assert_says(p, "Kerberos");
	assert_silent(p, "LDAP");
	p->group[0].journey.stay_us = S;
	assert_says(p, "HTTPS");
	plan_free(p);
}

static void
where_nothing_else_may_go_is_said_with_what_is_public_in_it(void **state)
{
	struct run_plan *p = new_plan();

	(void)state;
	assert_says(p, "  only within 10.42.0.0/16\n");
	p->pool.allow[1] = (struct pool_net){ 0xc0000201, ~(uint32_t)0 };
	p->pool.allow[2] = (struct pool_net){ 0x7f000001, ~(uint32_t)0 };
	p->pool.n_allow = 3;
	assert_says(p, "  only within 10.42.0.0/16, 192.0.2.1 (public), 127.0.0.1\n");
	plan_free(p);
}

static void
the_guard_is_said_and_that_there_is_none(void **state)
{
	struct run_plan *p = new_plan();

	(void)state;
	assert_says(p, "guard: none; with a wrong password all these accounts could be locked");
	p->pool.guard.canary = 1;
	assert_says(p, "guard: the others wait until 1 has logged in\n");
	p->pool.guard.wrong_passwords = 3;
	assert_says(p,
	    "guard: the others wait until 1 has logged in; stop after 3 wrong passwords in a "
	    "row\n");
	p->pool.guard.canary = 0;
	p->pool.guard.wrong_passwords = 1;
	assert_says(p, "guard: stop after 1 wrong password\n");
	plan_free(p);
}

/* ---- what needs a yes ---- */

static void
given_private_targets_nobody_has_to_say_yes(void **state)
{
	static const struct pool_net private[] = {
		{ 0x7f000000, 0xff000000 }, /* 127/8 */
		{ 0x0a000000, 0xff000000 }, /* 10/8 */
		{ 0xac100000, 0xfff00000 }, /* 172.16/12 */
		{ 0xac1fffff, 0xffffffff }, /* its last address */
		{ 0xc0a80000, 0xffff0000 }, /* 192.168/16 */
		{ 0xa9fe0000, 0xffff0000 }, /* 169.254/16 */
	};
	struct run_plan *p = new_plan();
	struct config_error error = { "" };

	(void)state;
	memcpy(p->pool.allow, private, sizeof private);
	p->pool.n_allow = sizeof private / sizeof *private;
	assert_int_equal(run_targets_check(&p->pool, false, &error), 0);
	assert_string_equal(error.text, "");
	plan_free(p);
}

static void
given_a_public_target_yes_is_asked_for_at_its_place(void **state)
{
	static const uint32_t public[] = { 0x08080808, 0xac200000, 0xac0fffff, 0xc0a90000,
		0x80000001, 0x0b000000 };
	struct run_plan *p = new_plan();
	struct config_error error = { "" };

	(void)state;
	p->pool.n_allow = 2;
	for (size_t i = 0; i < sizeof public / sizeof *public; i++) {
		p->pool.allow[1] = (struct pool_net){ public[i], ~(uint32_t)0 };
		assert_int_equal(run_targets_check(&p->pool, false, &error), -EINVAL);
		assert_int_equal(run_targets_check(&p->pool, true, &error), 0);
	}
	p->pool.allow[1].ip = 0x08080808;
	assert_int_equal(run_targets_check(&p->pool, false, &error), -EINVAL);
	assert_string_equal(error.text,
	    "lab.yaml:9:8: 8.8.8.8 is neither loopback nor private: add --yes if phones shall "
	    "be sent there");
	plan_free(p);
}

static void
a_network_is_private_only_as_a_whole(void **state)
{
	struct pool_net net = { 0x0a000000, 0xfe000000 }; /* 10.0.0.0/7 */

	(void)state;
	assert_false(pool_net_is_private(&net));
	net = (struct pool_net){ 0, 0 };
	assert_false(pool_net_is_private(&net));
	net = (struct pool_net){ 0xac100000, 0xfff80000 }; /* half of 172.16/12 */
	assert_true(pool_net_is_private(&net));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    who_is_sent_are_the_first_and_the_last_phone_and_their_accounts),
		cmocka_unit_test(each_kind_of_server_has_a_line_with_its_port),
		cmocka_unit_test(a_translated_port_is_said_with_the_one_that_phones_know),
		cmocka_unit_test(how_leases_are_asked_for_is_said),
		cmocka_unit_test(outside_phones_update_over_https),
		cmocka_unit_test(servers_that_nobody_gets_to_are_left_out),
		cmocka_unit_test(where_nothing_else_may_go_is_said_with_what_is_public_in_it),
		cmocka_unit_test(the_guard_is_said_and_that_there_is_none),
		cmocka_unit_test(given_private_targets_nobody_has_to_say_yes),
		cmocka_unit_test(given_a_public_target_yes_is_asked_for_at_its_place),
		cmocka_unit_test(a_network_is_private_only_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
