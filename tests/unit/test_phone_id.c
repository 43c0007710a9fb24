/* test_phone_id.c - who phone number N is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "phone_id.h"

static struct pool_file
pool(const char *users)
{
	struct pool_file p = {
		.macs = { 0x00, 0x04, 0xf2, 0x10, 0xff, 0xff },
		.users = { .first = 7,
		    .domain = "contoso.com",
		    .sip_domain = "sip.contoso.com" },
	};

	strcpy(p.users.name, users);
	return p;
}

static void
mac_serial_and_user_count_up_from_the_pool_files_base(void **state)
{
	struct pool_file p = pool("phone%05d");
	struct spread twenty = { .a_us = 20000000 };
	struct phone_cfg cfg = { .pool = &p,
		.groups = &(struct phone_group){ .types_for = &twenty },
		.n_groups = 1 };
	struct identity id;
	char realm[128];

	(void)state;
	assert_int_equal(phone_id(&cfg, 1, 1, &id), 0);
	assert_memory_equal(id.mac, ((uint8_t[]){ 0x00, 0x04, 0xf2, 0x11, 0x00, 0x00 }), 6);
	assert_string_equal(id.serial, "0004F2110000");
	assert_string_equal(id.user, "phone00008");
	assert_string_equal(id.sip_user, "phone00008");
	assert_string_equal(id.user_domain, "contoso.com");
	assert_string_equal(id.sip_domain, "sip.contoso.com");
	assert_int_equal(id.think_us, 20000000);
	assert_int_equal(id.index, 1);
	phone_realm(&p, realm, sizeof realm);
	assert_string_equal(realm, "CONTOSO.COM");
}

static void
the_same_seed_gives_the_same_person(void **state)
{
	struct pool_file p = pool("phone%05d");
	struct spread wide = { .a_us = 20000000, .b_us = 8000000 };
	struct phone_cfg cfg = {
		.pool = &p, .groups = &(struct phone_group){ .types_for = &wide }, .n_groups = 1
	};
	struct identity a, b, c;

	(void)state;
	assert_int_equal(phone_id(&cfg, 1, 1, &a), 0);
	assert_int_equal(phone_id(&cfg, 1, 1, &b), 0);
	assert_int_equal(phone_id(&cfg, 1, 2, &c), 0);
	assert_int_equal(a.think_us, b.think_us);
	assert_int_not_equal(a.think_us, c.think_us);
}

static void
a_pattern_with_anything_but_one_number_is_refused(void **state)
{
	static const char *const bad[] = { "phone", "%s", "%05d%05d", "a%n%05d" };
	struct spread none = { 0 };
	struct identity id;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct pool_file p = pool(bad[i]);
		struct phone_cfg cfg = { .pool = &p,
			.groups = &(struct phone_group){ .types_for = &none },
			.n_groups = 1 };

		assert_int_not_equal(phone_id(&cfg, 1, 0, &id), 0);
	}
}

static void
without_dhcp_the_pool_file_says_what_it_would_have_said(void **state)
{
	struct pool_file p = pool("phone%05d");
	struct spread none = { 0 };
	struct phone_cfg cfg = {
		.pool = &p, .groups = &(struct phone_group){ .types_for = &none }, .n_groups = 1
	};
	struct identity id;

	(void)state;
	p.network.addresses[0].ip = 0x0a2a0007;
	p.dhcp.mode = POOL_DHCP_NONE;
	p.dhcp.dns[0] = 0x0a2a000a;
	p.dhcp.dns[1] = 0x0a2a000b;
	strcpy(p.dhcp.domain, "contoso.com");
	strcpy(p.dhcp.suffixes[0], "corp.contoso.com");
	p.dhcp.n_suffixes = 1;
	assert_int_equal(phone_id(&cfg, 1, 3, &id), 0);
	assert_int_equal(id.given.ip, 0x0a2a0007);
	assert_int_equal(id.given.dns[0], 0x0a2a000a);
	assert_int_equal(id.given.dns[1], 0x0a2a000b);
	assert_string_equal(id.given.domain, "contoso.com");
	assert_int_equal(id.given.n_suffixes, 1);
	assert_string_equal(id.given.suffix[0], "corp.contoso.com");

	p.dhcp.mode = POOL_DHCP_RELAY;
	assert_int_equal(phone_id(&cfg, 1, 3, &id), 0);
	assert_int_equal(id.given.ip, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mac_serial_and_user_count_up_from_the_pool_files_base),
		cmocka_unit_test(the_same_seed_gives_the_same_person),
		cmocka_unit_test(a_pattern_with_anything_but_one_number_is_refused),
		cmocka_unit_test(without_dhcp_the_pool_file_says_what_it_would_have_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
