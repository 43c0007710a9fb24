/* test_io_host.c - which address this machine has, without a packet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "io_uv.h"

static void
what_leads_to_the_loopback_leaves_from_it(void **state)
{
	uint32_t ip = 0;

	(void)state;
	assert_int_equal(io_host_towards(0x7f000001, &ip), 0);
	assert_int_equal(ip, 0x7f000001);
	assert_int_equal(io_host_towards(0x7f2a0107, &ip), 0);
	assert_int_equal(ip >> 24, 127);
}

static void
where_no_way_leads_is_an_error_and_no_address(void **state)
{
	uint32_t ip = 7;

	(void)state;
	/* Nobody may connect to the broadcast address, with or without a network. */
	assert_true(io_host_towards(UINT32_MAX, &ip) < 0);
	assert_int_equal(ip, 7);
}

static void
an_address_is_ours_if_it_can_be_bound(void **state)
{
	(void)state;
	assert_int_equal(io_host_has(0x7f000001), 0);
	assert_int_equal(io_host_has(0x7f2a0001), 0);
	assert_int_equal(io_host_has(0xc0000201), -EADDRNOTAVAIL); /* 192.0.2.1 */
	assert_int_equal(io_host_has(0), -EADDRNOTAVAIL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leads_to_the_loopback_leaves_from_it),
		cmocka_unit_test(where_no_way_leads_is_an_error_and_no_address),
		cmocka_unit_test(an_address_is_ours_if_it_can_be_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
