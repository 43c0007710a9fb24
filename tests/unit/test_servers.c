/* test_servers.c - `servers:` of a rehearsal: what holds by itself, every habit, every mistake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "servers.h"

static int
read_map(const char *yaml, struct servers *out, struct config_error *error)
{
	struct field_place at = { .file = "s.yaml", .error = error };
	struct tree t;
	int err;

	*error = (struct config_error){ "" };
	*out = (struct servers){ .cost = { { .workers = 0 } } };
	assert_int_equal(tree_parse(span_of(yaml), "s.yaml", &t, error), 0);
	err = servers_read(&at, t.root, out);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
	return err;
}

static struct servers
servers_of(const char *yaml)
{
	struct config_error error;
	struct servers s;

	if (read_map(yaml, &s, &error) != 0)
		fail_msg("%s", error.text);
	return s;
}

static void
assert_error(const char *yaml, const char *wanted)
{
	struct config_error error;
	struct servers s;

	assert_int_equal(read_map(yaml, &s, &error), -EINVAL);
	assert_string_equal(error.text, wanted);
}

/* Ports that are none, names that are none. */
static const char *const no_home_pools[] = { "pool02.contoso.com:", "pool02.contoso.com:0",
	"pool02.contoso.com:65536", "pool02.contoso.com:5061:1", ":5061", "a..b", "-:x" };

static void
what_nobody_says_is_what_the_embedded_pool_does(void **state)
{
	struct servers s;

	(void)state;
	servers_default(&s);
	assert_int_equal(s.dhcp.voice_vlan, 200);
	assert_int_equal(s.dhcp.lease_s, 192 * 3600);
	assert_string_equal(s.dhcp.domain, "");
	assert_int_equal(
	    s.dhcp.n_search + s.dhcp.n_options_off + s.dns.n_add + s.dns.n_hide, 0);
	assert_int_equal(s.ntp.offset_us, 0);
	assert_int_equal(s.kdc.offset_us, 0);
	assert_int_equal(s.kdc.ticket_bytes, 560);
	assert_false(phones_has(&s.kdc.locked, 1, 0, 1));
	assert_false(s.ldap.publish_ca);
	assert_true(s.ldap.enrollment);
	assert_true(s.ca_web.wrong_key);
	assert_int_equal(s.sip.certificate, CERTIFICATE_GOOD);
	assert_int_equal(s.sip.keep_alive_s, 300);
	assert_int_equal(s.sip.expires_s, 7200);
	assert_float_equal(s.sip.redirect, 0, 0);
	assert_int_equal(s.sip.version, 4);
	assert_int_equal(s.exchange.certificate, CERTIFICATE_GOOD);
	assert_true(s.exchange.mailbox);
	assert_string_equal(s.update.version, "1.0.522.101");
	assert_int_equal(s.update.size, 15 * 1024 * 1024);
	assert_false(s.update.blank);
	assert_false(s.update.wrong_length);
}

static void
every_server_costs_something_by_itself(void **state)
{
	struct servers s;

	(void)state;
	servers_default(&s);
	for (size_t i = 0; i < SERVERS_COUNT; i++) {
		assert_true(s.cost[i].takes.a_us > 0);
		assert_true(s.cost[i].workers > 0);
		assert_int_equal(s.cost[i].latency_us, 200);
		assert_int_equal(s.cost[i].bytes_per_s, 125000000);
	}
	assert_int_equal(s.cost[SERVERS_KDC].takes.a_us, 2000);
	assert_int_equal(s.cost[SERVERS_KDC].workers, 4);
}

static void
an_empty_map_and_no_map_are_the_same(void **state)
{
	static const char *const maps[] = { "{}", "{kdc: {}}", "{sip: {version: 4}}" };
	struct servers a;

	(void)state;
	servers_default(&a);
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct servers b = servers_of(maps[i]);

		for (size_t k = 0; k < SERVERS_COUNT; k++) {
			assert_int_equal(a.cost[k].takes.a_us, b.cost[k].takes.a_us);
			assert_int_equal(a.cost[k].workers, b.cost[k].workers);
			assert_int_equal(a.cost[k].latency_us, b.cost[k].latency_us);
			assert_int_equal(a.cost[k].bytes_per_s, b.cost[k].bytes_per_s);
		}
		assert_int_equal(a.dhcp.lease_s, b.dhcp.lease_s);
		assert_int_equal(a.sip.expires_s, b.sip.expires_s);
		assert_string_equal(a.update.version, b.update.version);
		assert_true(b.ldap.enrollment && b.ca_web.wrong_key && b.exchange.mailbox);
	}
}

static void
every_server_has_takes_workers_latency_and_bandwidth(void **state)
{
	(void)state;
	for (size_t i = 0; i < SERVERS_COUNT; i++) {
		char yaml[120];
		struct servers s;

		snprintf(yaml, sizeof yaml,
		    "%s: {takes: 300ms±100ms, workers: 7, latency: 40ms, bandwidth: 2Mbit/s}",
		    servers_name[i]);
		s = servers_of(yaml);
		for (size_t k = 0; k < SERVERS_COUNT; k++)
			assert_int_equal(s.cost[k].workers == 7, k == i);
		assert_int_equal(s.cost[i].takes.a_us, 300000);
		assert_int_equal(s.cost[i].takes.b_us, 100000);
		assert_int_equal(s.cost[i].latency_us, 40000);
		assert_int_equal(s.cost[i].bytes_per_s, 250000);
		assert_int_equal(servers_find(servers_name[i]), i);
	}
	assert_int_equal(servers_find("oracle"), SERVERS_COUNT);
	assert_null(servers_name[SERVERS_COUNT]);
}

static void
the_habits_of_address_and_clock_are_read(void **state)
{
	struct servers s = servers_of(
	    "dhcp: {voice_vlan: 0, lease: 300s, domain: site.contoso.com,\n"
	    "       search: [site.contoso.com, contoso.com.], options_off: [42, 43]}\n"
	    "ntp: {offset: -20m}\n");

	(void)state;
	assert_int_equal(s.dhcp.voice_vlan, 0);
	assert_int_equal(s.dhcp.lease_s, 300);
	assert_string_equal(s.dhcp.domain, "site.contoso.com");
	assert_int_equal(s.dhcp.n_search, 2);
	assert_string_equal(s.dhcp.search[0], "site.contoso.com");
	assert_string_equal(s.dhcp.search[1], "contoso.com");
	assert_int_equal(s.dhcp.n_options_off, 2);
	assert_int_equal(s.dhcp.options_off[1], 43);
	assert_int_equal(s.ntp.offset_us, -1200000000);
}

static void
records_are_added_to_the_zone_and_names_hidden(void **state)
{
	struct servers s = servers_of(
	    "dns:\n"
	    "  add:\n"
	    "    - sip.contoso.com A 10.40.0.9\n"
	    "    - _sipinternaltls._tcp.contoso.com SRV 10 5 5061 pool02.contoso.com.\n"
	    "    - '  www.contoso.com   cname   pool01.contoso.com  '\n"
	    "  hide: [_sip._tls.contoso.com, autodiscover.contoso.com]\n");

	(void)state;
	assert_int_equal(s.dns.n_add, 3);
	assert_string_equal(s.dns.add[0].name, "sip.contoso.com");
	assert_int_equal(s.dns.add[0].type, SERVERS_A);
	assert_int_equal(s.dns.add[0].ip, 0x0a280009);
	assert_int_equal(s.dns.add[0].at.line, 3);
	assert_int_equal(s.dns.add[1].type, SERVERS_SRV);
	assert_int_equal(s.dns.add[1].priority, 10);
	assert_int_equal(s.dns.add[1].weight, 5);
	assert_int_equal(s.dns.add[1].port, 5061);
	assert_string_equal(s.dns.add[1].target, "pool02.contoso.com");
	assert_int_equal(s.dns.add[2].type, SERVERS_CNAME);
	assert_string_equal(s.dns.add[2].name, "www.contoso.com");
	assert_string_equal(s.dns.add[2].target, "pool01.contoso.com");
	assert_int_equal(s.dns.n_hide, 2);
	assert_string_equal(s.dns.hide[1], "autodiscover.contoso.com");
}

static void
the_habits_of_identity_and_trust_are_read(void **state)
{
	struct servers s =
	    servers_of("kdc: {offset: 20m, ticket: 1.2kB, wrong_password: 10%, expired: [1], "
		       "locked: [2-3], disabled: '4',\n"
		       "      unknown: 5-6}\n"
		       "ldap: {publish_ca: true, enrollment: false}\n"
		       "ca_web: {wrong_key: false}\n");

	(void)state;
	assert_int_equal(s.kdc.offset_us, 1200000000);
	assert_int_equal(s.kdc.ticket_bytes, 1200);
	assert_float_equal(s.kdc.wrong_password.share, 0.1, 1e-12);
	assert_true(phones_has(&s.kdc.expired, 1, 1, 10));
	assert_true(phones_has(&s.kdc.locked, 1, 3, 10));
	assert_true(phones_has(&s.kdc.disabled, 1, 4, 10));
	assert_true(phones_has(&s.kdc.unknown, 1, 6, 10));
	assert_false(phones_has(&s.kdc.unknown, 1, 7, 10));
	assert_true(s.ldap.publish_ca);
	assert_false(s.ldap.enrollment);
	assert_false(s.ca_web.wrong_key);
}

static void
a_domain_or_a_home_pool_may_be_left_empty(void **state)
{
	struct servers s = servers_of("dhcp: {domain: ''}\nsip: {home_pool: ''}\n");

	(void)state;
	assert_string_equal(s.dhcp.domain, "");
	assert_string_equal(s.sip.home_pool, "");
}

static void
a_home_pool_is_a_host_with_a_port_or_without(void **state)
{
	char longest[160], yaml[200];
	struct servers s;

	(void)state;
	s = servers_of("sip: {home_pool: 'pool02.contoso.com.:5071'}");
	assert_string_equal(s.sip.home_pool, "pool02.contoso.com:5071");
	s = servers_of("sip: {home_pool: pool02.contoso.com.}");
	assert_string_equal(s.sip.home_pool, "pool02.contoso.com");
	for (size_t i = 0; i < sizeof no_home_pools / sizeof *no_home_pools; i++) {
		char wanted[200];

		(void)snprintf(yaml, sizeof yaml, "sip: {home_pool: '%s'}", no_home_pools[i]);
		(void)snprintf(wanted, sizeof wanted,
		    "s.yaml:1:18: `home_pool' must be a host such as pool02.contoso.com, with "
		    "a port or without, not `%s'",
		    no_home_pools[i]);
		assert_error(yaml, wanted);
	}

	/* 127 bytes are kept, not one more: neither of the host nor with its port. */
	(void)snprintf(longest, sizeof longest, "%060d.%060d.%05d", 0, 0, 0);
	(void)snprintf(yaml, sizeof yaml, "sip: {home_pool: %s}", longest);
	s = servers_of(yaml);
	assert_string_equal(s.sip.home_pool, longest);
	(void)snprintf(yaml, sizeof yaml, "sip: {home_pool: '%s:5061'}", longest);
	assert_int_equal(read_map(yaml, &s, &(struct config_error){ "" }), -EINVAL);
}

static void
the_habits_of_the_pool_are_read(void **state)
{
	struct servers s = servers_of(
	    "sip: {certificate: sha2, keep_alive: 5m, expires: 1h, redirect: 25%,\n"
	    "      home_pool: pool02.contoso.com, version: 3}\n"
	    "exchange: {certificate: other_root, mailbox: false}\n"
	    "update: {version: 1.0.199.123, size: 7MB, blank: true, wrong_length: true}\n");

	(void)state;
	assert_int_equal(s.sip.certificate, CERTIFICATE_SHA2);
	assert_int_equal(s.sip.keep_alive_s, 300);
	assert_int_equal(s.sip.expires_s, 3600);
	assert_float_equal(s.sip.redirect, 0.25, 1e-12);
	assert_string_equal(s.sip.home_pool, "pool02.contoso.com");
	assert_int_equal(s.sip.version, 3);
	assert_int_equal(s.exchange.certificate, CERTIFICATE_OTHER_ROOT);
	assert_false(s.exchange.mailbox);
	assert_string_equal(s.update.version, "1.0.199.123");
	assert_int_equal(s.update.size, 7000000);
	assert_true(s.update.blank);
	assert_true(s.update.wrong_length);
}

static void
every_flaw_of_a_certificate_has_its_word(void **state)
{
	static const char *const words[] = { "good", "sha2", "expired", "early", "wrong_name",
		"other_root" };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		char yaml[60];

		snprintf(yaml, sizeof yaml, "sip: {certificate: %s}", words[i]);
		assert_int_equal(servers_of(yaml).sip.certificate, i);
	}
}

static void
a_mistake_is_named_at_its_place(void **state)
{
	static const char record[] =
	    "a record is NAME A ADDRESS, NAME CNAME TARGET, or NAME SRV PRIORITY WEIGHT PORT "
	    "TARGET";
	static const char *const bad_records[] = { "x", "x A", "x A 1.2.3", "x A 1.2.3.4 5",
		"x AAAA ::1", "x SRV 1 2 y", "x SRV 1 2 65536 y", "x SRV 1 2 3 y z", "-- A",
		"x..y A 1.2.3.4", ".x A 1.2.3.4", "x CNAME y!", "''", "[x]",
		"x\\ty A 1.2.3.4" };

	(void)state;
	assert_error("[kdc]", "s.yaml:1:1: the file must be a map of keys and values");
	assert_error("kcd: {}", "s.yaml:1:1: unknown key `kcd'");
	assert_error(
	    "exchnge: {}", "s.yaml:1:1: unknown key `exchnge'; did you mean `exchange'?");
	assert_error(
	    "kdc: {takse: 2ms}", "s.yaml:1:7: unknown key `takse'; did you mean `takes'?");
	assert_error("kdc: 2ms", "s.yaml:1:6: `kdc' must be a map of keys and values");
	assert_error(
	    "kdc: {workers: 0}", "s.yaml:1:16: `workers' must be from 1 to 10000, not 0");
	assert_error("kdc: {latency: 2m}", "s.yaml:1:16: `latency' is out of range: 2m");
	assert_error("kdc: {bandwidth: 1Gbit}",
	    "s.yaml:1:18: `bandwidth' must be a rate such as 64kB/s or 100Mbit/s, not `1Gbit'");
	assert_error("kdc: {locked: some}",
	    "s.yaml:1:15: `locked' must be a share such as 10% or a list such as [3, 7-9]");
	assert_error("dhcp: {voice_vlan: 4095}",
	    "s.yaml:1:20: `voice_vlan' must be from 0 to 4094, not 4095");
	assert_error(
	    "dhcp: {search: contoso.com}", "s.yaml:1:16: `search' must be a list of names");
	assert_error(
	    "dhcp: {search: [a b]}", "s.yaml:1:17: not a name such as contoso.com: `a b'");
	assert_error("dhcp: {search: [{a: b}]}", "s.yaml:1:17: not a name such as contoso.com");
	assert_error(
	    "dhcp: {search: [a, b, c, d, e, f, g, h, i]}", "s.yaml:1:41: more than 8 names");
	assert_error("dhcp: {options_off: 42}",
	    "s.yaml:1:21: `options_off' must be a list of numbers, as in [42, 43]");
	assert_error("dhcp: {options_off: [255]}",
	    "s.yaml:1:22: `options_off' must be from 1 to 254, not 255");
	assert_error("dhcp: {options_off: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}",
	    "s.yaml:1:61: more than 16 options");
	assert_error("dns: {add: x}",
	    "s.yaml:1:12: `add' must be a list of records, as in [\"NAME A ADDRESS\"]");
	assert_error("ntp: {offset: 20}",
	    "s.yaml:1:15: `offset' must be a duration such as 20m or -20m, not `20'");
	assert_error("sip: {certificate: sha1}",
	    "s.yaml:1:20: `certificate' must be one of good, sha2, expired, early, wrong_name, "
	    "other_root, not `sha1'; did you mean `sha2'?");
	assert_error("dhcp: {domain: a b}",
	    "s.yaml:1:16: `domain' must be a name such as contoso.com, not `a b'");
	assert_error("dhcp: {domain: contoso..com}",
	    "s.yaml:1:16: `domain' must be a name such as contoso.com, not `contoso..com'");
	assert_error("sip: {home_pool: 'x y'}",
	    "s.yaml:1:18: `home_pool' must be a host such as pool02.contoso.com, with a port "
	    "or without, not `x y'");
	assert_error("sip: {redirect: 5%}", "s.yaml:1:17: `redirect' needs a `home_pool'");
	assert_error("sip: {version: 2}", "s.yaml:1:16: `version' must be from 3 to 4, not 2");
	assert_error("update: {size: 1kB}", "s.yaml:1:16: `size' is out of range: 1kB");
	for (size_t i = 0; i < sizeof bad_records / sizeof *bad_records; i++) {
		char yaml[100], wanted[200];

		snprintf(yaml, sizeof yaml, "dns: {add: [%s]}", bad_records[i]);
		snprintf(wanted, sizeof wanted, "s.yaml:1:13: %s", record);
		assert_error(yaml, wanted);
	}
}

static void
a_version_is_four_numbers(void **state)
{
	static const char *const bad[] = { "1.0.522", "1.0.522.101.2", "1.0.522.x",
		"1..522.101", "v1.0.522.101", "1.0.522.", "1.0.522.101.", "''", "1.0.522.-1",
		"newest" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char yaml[60];
		struct config_error error;
		struct servers s;

		snprintf(yaml, sizeof yaml, "update: {version: %s}", bad[i]);
		if (read_map(yaml, &s, &error) == 0)
			fail_msg("`%s' is read", bad[i]);
		assert_non_null(strstr(error.text, "must be a version such as 1.0.522.101"));
	}
}

static void
there_is_an_end_to_records(void **state)
{
	char yaml[33 * 20 + 20] = "dns: {add: [";
	struct config_error error;
	struct servers s;

	(void)state;
	for (int i = 0; i < SERVERS_RECORDS_MAX; i++)
		strcat(yaml, "a.b A 10.0.0.1, ");
	strcat(yaml, "]}");
	assert_int_equal(read_map(yaml, &s, &error), 0);
	assert_int_equal(s.dns.n_add, SERVERS_RECORDS_MAX);
	strcpy(yaml + strlen(yaml) - 2, "a.b A 10.0.0.1]}");
	assert_error(yaml, "s.yaml:1:525: more than 32 records");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_says_is_what_the_embedded_pool_does),
		cmocka_unit_test(every_server_costs_something_by_itself),
		cmocka_unit_test(an_empty_map_and_no_map_are_the_same),
		cmocka_unit_test(every_server_has_takes_workers_latency_and_bandwidth),
		cmocka_unit_test(the_habits_of_address_and_clock_are_read),
		cmocka_unit_test(records_are_added_to_the_zone_and_names_hidden),
		cmocka_unit_test(the_habits_of_identity_and_trust_are_read),
		cmocka_unit_test(a_domain_or_a_home_pool_may_be_left_empty),
		cmocka_unit_test(a_home_pool_is_a_host_with_a_port_or_without),
		cmocka_unit_test(the_habits_of_the_pool_are_read),
		cmocka_unit_test(every_flaw_of_a_certificate_has_its_word),
		cmocka_unit_test(a_mistake_is_named_at_its_place),
		cmocka_unit_test(a_version_is_four_numbers),
		cmocka_unit_test(there_is_an_end_to_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
