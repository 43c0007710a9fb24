/* test_capture.c - what `run --pcap` asks dumpcap for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture.h"

static void
assert_filter(const struct pool_file *pool, const char *filter)
{
	struct buf out = { 0 };

	capture_filter(pool, &out);
	assert_string_equal(buf_cstr(&out), filter);
	buf_done(&out);
}

static void
given_addresses_and_relays_only_their_packets_are_asked_for(void **state)
{
	struct pool_file pool = {
		.network = { .addresses = { { 0x7f2a0000, 0xffff0000 }, { 0x0a010203, ~0u } },
		    .n_addresses = 2 },
		.dhcp = { .relay = { { 0, 0x7f000002 }, { 200, 0x7f000003 } }, .n_relays = 2 },
	};

	(void)state;
	assert_filter(&pool,
	    "(udp or tcp) and (net 127.42.0.0 mask 255.255.0.0 or net 10.1.2.3 mask "
	    "255.255.255.255 or host 127.0.0.2 or host 127.0.0.3)");
	pool.network.n_addresses = 0;
	pool.dhcp.n_relays = 1;
	assert_filter(&pool, "(udp or tcp) and (host 127.0.0.2)");
}

static void
given_no_address_it_asks_for_all(void **state)
{
	struct pool_file pool = { 0 };

	(void)state;
	assert_filter(&pool, "udp or tcp");
}

/* A DISCOVER comes from nowhere and goes to everybody. */
static void
given_dhcp_by_broadcast_who_has_no_address_yet_is_asked_for_too(void **state)
{
	struct pool_file pool = {
		.network = { .mode = POOL_INTERFACE,
		    .addresses = { { 0x0a2a0000, 0xffff0000 } },
		    .n_addresses = 1 },
		.dhcp = { .mode = POOL_DHCP_BROADCAST },
	};

	(void)state;
	assert_filter(
	    &pool, "(udp or tcp) and (net 10.42.0.0 mask 255.255.0.0 or udp port 67)");
	pool.network.n_addresses = 0;
	assert_filter(&pool, "udp or tcp");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_addresses_and_relays_only_their_packets_are_asked_for),
		cmocka_unit_test(given_no_address_it_asks_for_all),
		cmocka_unit_test(
		    given_dhcp_by_broadcast_who_has_no_address_yet_is_asked_for_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
