/* test_pool_lists.c - the lists and maps of a pool file, one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "pool_file.h"
#include "pool_lists.h"

/* The value of `key: TEXT`, by the reader of that key. */
static int
read_value(field_own_fn *fn, const char *key, const char *text, struct pool_file *p,
    struct config_error *error)
{
	struct field_place at = { .file = "p.yaml", .error = error };
	char all[512];
	struct tree t;
	int err;

	(void)snprintf(all, sizeof all, "%s: %s\n", key, text);
	*p = (struct pool_file){ 0 };
	*error = (struct config_error){ "" };
	assert_int_equal(tree_parse(span_of(all), "p.yaml", &t, error), 0);
	err = fn(&at, tree_get(t.root, key), p);
	tree_free(&t);
	assert_int_equal(mem_out(), 0);
	return err;
}

static void
given_good_values_they_are_read(void **state)
{
	struct config_error e;
	struct pool_file p;

	(void)state;
	assert_int_equal(
	    read_value(pool_read_addresses, "addresses", "[10.42.64.0/18, 127.0.0.1]", &p, &e),
	    0);
	assert_int_equal(p.network.n_addresses, 2);
	assert_int_equal(p.network.addresses[0].mask, 0xffffc000);
	assert_int_equal(p.network.addresses[1].mask, 0xffffffff);
	assert_int_equal(
	    read_value(pool_read_vlans, "vlans", "{200: veth0.200, 7: eth1}", &p, &e), 0);
	assert_int_equal(p.network.n_vlans, 2);
	assert_int_equal(p.network.vlans[0].vlan, 200);
	assert_string_equal(p.network.vlans[1].interface, "eth1");
	assert_int_equal(read_value(pool_read_relays, "relay",
			     "{untagged: 127.0.0.2, 4094: 127.0.0.3}", &p, &e),
	    0);
	assert_int_equal(p.dhcp.relay[0].vlan, 0);
	assert_int_equal(p.dhcp.relay[1].vlan, 4094);
	assert_int_equal(read_value(pool_read_dns, "dns", "10.0.0.1", &p, &e), 0);
	assert_int_equal(p.dhcp.dns[0], 0x0a000001);
	assert_int_equal(read_value(pool_read_dns, "dns", "[10.0.0.1, 10.0.0.2]", &p, &e), 0);
	assert_int_equal(p.dhcp.dns[1], 0x0a000002);
	assert_int_equal(
	    read_value(pool_read_suffixes, "suffixes", "[a.com, b.com]", &p, &e), 0);
	assert_int_equal(p.dhcp.n_suffixes, 2);
	assert_string_equal(p.dhcp.suffixes[1], "b.com");
	assert_int_equal(read_value(pool_read_ports, "ports", "standard", &p, &e), 0);
	assert_int_equal(p.n_ports, 0);
	assert_int_equal(read_value(pool_read_ports, "ports", "{67: 20067}", &p, &e), 0);
	assert_int_equal(p.ports[0].standard, 67);
	assert_int_equal(p.ports[0].real, 20067);
}

static void
given_networks_private_ones_are_allowed_whole_and_public_ones_one_by_one(void **state)
{
	static const char *const fine[] = { "[10.0.0.0/8]", "[172.16.0.0/12]",
		"[192.168.4.0/24]", "[169.254.0.0/16]", "[127.0.0.0/8, 8.8.8.8]",
		"[8.8.8.8/32]" };
	static const char *const public[] = { "[8.8.8.0/31]", "[10.0.0.0/7]", "[172.0.0.0/8]",
		"[0.0.0.0/0]", "[127.0.0.1, 192.0.0.0/8]" };
	struct config_error e;
	struct pool_file p;

	(void)state;
	for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
		assert_int_equal(read_value(pool_read_allow, "allow", fine[i], &p, &e), 0);
	for (size_t i = 0; i < sizeof public / sizeof public[0]; i++) {
		assert_int_equal(
		    read_value(pool_read_allow, "allow", public[i], &p, &e), -EINVAL);
		assert_non_null(strstr(e.text, "public"));
	}
}

static void
given_mistakes_the_error_names_the_place(void **state)
{
	static const struct {
		field_own_fn *fn;
		const char *text, *wanted;
	} bad[] = {
		{ pool_read_allow, "[]", "p.yaml:1:8: `allow' is empty" },
		{ pool_read_allow, "{a: b}", "must be a list of networks" },
		{ pool_read_addresses, "[10.0.0.0/33]", "p.yaml:1:5: not a network" },
		{ pool_read_addresses, "[10.0.0.0/]", "not a network" },
		{ pool_read_addresses, "[10.0.0.1/8]", "host bits set beyond its /8" },
		{ pool_read_addresses, "[[x]]", "not a list" },
		{ pool_read_vlans, "{0: eth0}", "from 1 to 4094" },
		{ pool_read_vlans, "{4095: eth0}", "p.yaml:1:5: `4095' must be" },
		{ pool_read_vlans, "{2: averyverylongname}", "at most 15 bytes" },
		{ pool_read_vlans, "[2]", "must be a map" },
		{ pool_read_relays, "{tagged: 127.0.0.1}", "from 1 to 4094" },
		{ pool_read_relays, "{2: x}", "`2' must be an IPv4 address" },
		{ pool_read_dns, "[1.1.1.1, 2.2.2.2, 3.3.3.3]", "keeps two DNS servers" },
		{ pool_read_dns, "{a: b}", "an address or a list of two" },
		{ pool_read_suffixes, "[a, b, c, d]", "more than 3 suffixes" },
		{ pool_read_suffixes, "x", "must be a list of domains" },
		{ pool_read_ports, "{0: 1}", "from 1 to 65535" },
		{ pool_read_ports, "{1: 65536}", "from 1 to 65535" },
		{ pool_read_ports, "odd", "must be `standard' or a map" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		bool allow = bad[i].fn == pool_read_allow;
		struct config_error e;
		struct pool_file p;

		assert_int_equal(
		    read_value(bad[i].fn, allow ? "allow" : "k", bad[i].text, &p, &e), -EINVAL);
		if (strstr(e.text, bad[i].wanted) == NULL)
			fail_msg("wanted `%s' in `%s'", bad[i].wanted, e.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_good_values_they_are_read),
		cmocka_unit_test(
		    given_networks_private_ones_are_allowed_whole_and_public_ones_one_by_one),
		cmocka_unit_test(given_mistakes_the_error_names_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
