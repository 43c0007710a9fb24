/* test_plan_pool.c - what a pool file makes of the phones' world, and what cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "run_plan.h"
#include "temp_file.h"

static const char loopback[] = "{mode: loopback, addresses: [127.42.0.0/16]}";
static const char relay[] = "{mode: relay, server: 127.0.0.1, relay: {untagged: 127.0.0.2, "
			    "200: 127.0.0.3}}";

/* A pool file with this network and this DHCP is added to an empty plan. */
static int
plan(struct run_plan *p, const char *network, const char *dhcp, struct config_error *error)
{
	char yaml[900];
	int n = snprintf(yaml, sizeof yaml,
	    "name: x\nnetwork: %s\nmacs: '00:04:f2:20:00:00'\ndhcp: %s\n"
	    "ports: {53: 20053}\n"
	    "users: {name: \"p%%d\", domain: a.com, sip_domain: a.com, password: file:secret}\n"
	    "allow: [127.0.0.0/8, 10.42.0.0/16]\n",
	    network, dhcp);

	memset(p, 0, sizeof *p);
	(void)temp_file("secret", "s3cret\n", 7);
	return run_plan_pool(p, temp_file("pool.yaml", yaml, (size_t)n), error);
}

static struct run_plan *
planned(const char *network, const char *dhcp)
{
	static struct run_plan p;
	struct config_error error = { "" };

	if (plan(&p, network, dhcp, &error) != 0)
		fail_msg("%s", error.text);
	return &p;
}

static void
done(struct run_plan *p)
{
	run_plan_done(p);
	temp_clean();
	assert_int_equal(mem_out(), 0);
}

static void
refuses(const char *network, const char *dhcp, const char *word)
{
	static struct run_plan p;
	struct config_error error = { "" };

	assert_int_not_equal(plan(&p, network, dhcp, &error), 0);
	if (strstr(error.text, word) == NULL)
		fail_msg("wanted `%s' in `%s'", word, error.text);
	done(&p);
}

static void
given_a_pool_on_the_loopback_its_relays_lead_to_it(void **state)
{
	struct run_plan *p = planned(loopback, relay);
	const struct io_world_cfg *w = &p->world;

	(void)state;
	assert_int_equal(w->net, IO_NET_LOOPBACK);
	assert_int_equal(w->dhcp, IO_DHCP_RELAY);
	assert_int_equal(w->dhcp_server, 0x7f000001);
	assert_int_equal(w->n_relays, 2);
	assert_int_equal(w->relays[1].vlan, 200);
	assert_int_equal(w->relays[1].giaddr, 0x7f000003);
	assert_int_equal(w->n_ports, 1);
	assert_int_equal(w->ports[0].standard, 53);
	assert_int_equal(w->ports[0].real, 20053);
	assert_int_equal(w->n_allow, 2);
	assert_int_equal(w->allow[1].ip, 0x0a2a0000);
	assert_int_equal(w->allow[1].mask, 0xffff0000);
	assert_int_equal(w->mac_base[3], 0x20);
	done(p);
}

static void
given_an_interface_its_vlans_and_addresses_are_the_worlds(void **state)
{
	struct run_plan *p = planned("{mode: interface, interface: eth1, netns: lab, "
				     "vlans: {200: eth1.200, 7: eth2}, "
				     "addresses: [10.42.64.0/18, 10.42.128.0/17]}",
	    "{mode: broadcast}");
	const struct io_world_cfg *w = &p->world;

	(void)state;
	assert_int_equal(w->net, IO_NET_INTERFACE);
	assert_int_equal(w->dhcp, IO_DHCP_BROADCAST);
	assert_string_equal(w->interface, "eth1");
	assert_string_equal(p->pool.network.netns, "lab");
	assert_int_equal(w->n_vlans, 2);
	assert_int_equal(w->vlans[0].vlan, 200);
	assert_string_equal(w->vlans[0].interface, "eth1.200");
	assert_int_equal(w->vlans[1].vlan, 7);
	assert_string_equal(w->vlans[1].interface, "eth2");
	assert_int_equal(w->n_addresses, 2);
	assert_int_equal(w->addresses[1].ip, 0x0a2a8000);
	assert_int_equal(w->addresses[1].mask, 0xffff8000);
	assert_int_equal(w->n_relays, 0);
	done(p);
}

/* A relay agent on a real network: the host's own address is the giaddr. */
static void
given_an_interface_and_a_relay_both_hold(void **state)
{
	struct run_plan *p = planned("{mode: interface, interface: eth1}",
	    "{mode: relay, server: 10.42.0.67, relay: {untagged: 10.42.0.9}}");

	(void)state;
	assert_int_equal(p->world.net, IO_NET_INTERFACE);
	assert_int_equal(p->world.dhcp, IO_DHCP_RELAY);
	assert_int_equal(p->world.n_relays, 1);
	assert_int_equal(p->world.n_addresses, 0);
	done(p);
}

static void
given_broadcasts_on_the_loopback_it_says_what_they_need(void **state)
{
	(void)state;
	refuses(loopback, "{mode: broadcast}", "needs network {mode: interface}");
}

static const char by_hand[] = "{mode: none, domain: a.com, dns: 10.42.0.10}";

static void
given_the_hosts_one_address_nobody_asks_for_a_lease(void **state)
{
	struct run_plan *p = planned("{mode: host}", by_hand);

	(void)state;
	assert_int_equal(p->world.net, IO_NET_HOST);
	assert_int_equal(p->world.dhcp, IO_DHCP_NONE);
	assert_int_equal(p->world.n_relays, 0);
	assert_int_equal(p->pool.dhcp.dns[0], 0x0a2a000a);
	done(p);
	p = planned("{mode: host, addresses: [10.42.0.7]}", by_hand);
	assert_int_equal(p->pool.network.addresses[0].ip, 0x0a2a0007);
	done(p);
}

static void
given_more_than_the_host_can_be_it_says_what(void **state)
{
	(void)state;
	refuses("{mode: host, addresses: [10.42.0.0/16]}", by_hand, "has one address");
	refuses("{mode: host, addresses: [10.42.0.7, 10.42.0.8]}", by_hand, "has one address");
	refuses("{mode: host}", "{mode: broadcast}", "dhcp mode must be none");
	refuses("{mode: host}", "{mode: none, domain: a.com, dns: 10.43.0.1}",
	    "the DNS server 10.43.0.1 is not in `allow'");
	refuses("{mode: host}", "{mode: none, domain: a.com, dns: [10.42.0.1, 192.0.2.1]}",
	    "192.0.2.1 is not in `allow'");
	refuses(loopback, by_hand, "needs network {mode: host}");
	refuses("{mode: interface, interface: eth1}", by_hand, "needs network {mode: host}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_a_pool_on_the_loopback_its_relays_lead_to_it),
		cmocka_unit_test(given_an_interface_its_vlans_and_addresses_are_the_worlds),
		cmocka_unit_test(given_an_interface_and_a_relay_both_hold),
		cmocka_unit_test(given_broadcasts_on_the_loopback_it_says_what_they_need),
		cmocka_unit_test(given_the_hosts_one_address_nobody_asks_for_a_lease),
		cmocka_unit_test(given_more_than_the_host_can_be_it_says_what),
	};

	return cmocka_run_group_tests_name("plan_pool", tests, NULL, NULL);
}
