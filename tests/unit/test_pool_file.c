/* test_pool_file.c - what a pool file may say, and what its mistakes are called. */
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
#include "temp_file.h"

static const char pool_text[] =
    "name: contoso-lab\n"
    "network: {mode: loopback, addresses: [127.42.0.0/16]}\n"
    "macs: '00:04:f2:10:00:00'\n"
    "side: internal\n"
    "dhcp: {mode: relay, server: 127.0.0.1, relay: {untagged: 127.0.0.2, 200: 127.0.0.3}}\n"
    "ports: {67: 20067, 53: 20053, 5061: 25061}\n"
    "users: {name: \"phone%05d\", first: 0, domain: contoso.com, sip_domain: contoso.com, "
    "password: \"file:users.secret\"}\n"
    "guard: {canary: 1, wrong_passwords: 3}\n"
    "leave: false\n"
    "allow: [127.0.0.0/8]\n";

static void
given_the_designs_pool_file_it_is_read(void **state)
{
	struct config_error error = { "" };
	struct pool_file p;

	(void)state;
	(void)temp_file("users.secret", "s3cret\nmore\n", 12);
	if (pool_file_load(temp_file("p.yaml", pool_text, strlen(pool_text)), &p, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(p.network.mode, POOL_LOOPBACK);
	assert_int_equal(p.network.addresses[0].ip, 0x7f2a0000);
	assert_int_equal(p.network.addresses[0].mask, 0xffff0000);
	assert_int_equal(p.macs[2], 0xf2);
	assert_false(p.external);
	assert_int_equal(p.dhcp.n_relays, 2);
	assert_int_equal(p.dhcp.relay[1].vlan, 200);
	assert_int_equal(p.dhcp.relay[1].giaddr, 0x7f000003);
	assert_int_equal(p.n_ports, 3);
	assert_string_equal(p.users.password, "s3cret");
	assert_int_equal(p.guard.wrong_passwords, 3);
	assert_int_equal(p.n_allow, 1);
	pool_file_done(&p);
	assert_int_equal(mem_out(), 0);
}

/* The sample with one piece replaced must fail with this. */
static void
assert_pool_error(const char *from, const char *to, const char *wanted)
{
	struct config_error error = { "" };
	const char *at = strstr(pool_text, from);
	struct pool_file p;
	char text[2048];

	assert_non_null(at);
	(void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - pool_text), pool_text, to,
	    at + strlen(from));
	(void)temp_file("users.secret", "s3cret\n", 7);
	assert_int_not_equal(
	    pool_file_load(temp_file("p.yaml", text, strlen(text)), &p, &error), 0);
	if (strstr(error.text, wanted) == NULL)
		fail_msg("wanted `%s' in `%s'", wanted, error.text);
	assert_int_equal(mem_out(), 0);
}

static void
given_a_bad_pool_file_the_error_says_what_to_do(void **state)
{
	(void)state;
	assert_pool_error("phone%05d", "phone%s", "exactly one %d or %0Nd");
	assert_pool_error("phone%05d", "phone%d%d", "exactly one %d or %0Nd");
	assert_pool_error(
	    "127.0.0.0/8", "8.8.8.0/24", "public: list public addresses one by one");
	assert_pool_error("127.0.0.0/8", "0.0.0.0/0", "public");
	assert_pool_error("127.0.0.0/8", "127.0.0.1/8", "host bits");
	assert_pool_error("[127.0.0.0/8]", "[]", "could send nowhere");
	assert_pool_error("mode: relay, server: 127.0.0.1,", "mode: relay,", "needs `server'");
	assert_pool_error("mode: loopback", "mode: interface", "needs `interface'");
	assert_pool_error(
	    "mode: loopback", "mode: loopback, netns: x", "`netns' needs mode interface");
	assert_pool_error("mode: loopback", "mode: host", "must be none");
	assert_pool_error("file:users.secret", "hunter2", "file:NAME");
	assert_pool_error("file:users.secret", "file:nowhere.secret", "cannot be opened");
	assert_pool_error("20067", "99999", "from 1 to 65535");
	assert_pool_error("200: 127", "5000: 127", "from 1 to 4094");
	assert_pool_error("internal", "inside", "one of internal, external");
}

static void
given_a_password_too_long_to_keep_it_is_not_cut(void **state)
{
	struct config_error error = { "" };
	struct pool_file p;
	char line[300];

	(void)state;
	memset(line, 'x', sizeof line);
	(void)temp_file("users.secret", line, sizeof line);
	assert_int_not_equal(
	    pool_file_load(temp_file("p.yaml", pool_text, strlen(pool_text)), &p, &error), 0);
	assert_non_null(strstr(error.text, "p.yaml:7:"));
	assert_non_null(strstr(error.text, "is too long"));

	/* One that just fits, and no end of line behind it. */
	(void)temp_file("users.secret", line, 255);
	assert_int_equal(
	    pool_file_load(temp_file("p.yaml", pool_text, strlen(pool_text)), &p, &error), 0);
	assert_int_equal(strlen(p.users.password), 255);
	pool_file_done(&p);
}

static void
given_no_memory_at_the_nth_allocation_it_says_so(void **state)
{
	struct pool_file p;
	int err = -1;

	(void)state;
	(void)temp_file("users.secret", "s3cret\n", 7);
	for (long n = 1; err != 0; n++) {
		struct config_error error = { "" };
		const char *path = temp_file("p.yaml", pool_text, strlen(pool_text));

		assert_in_range(n, 1, 1000);
		mem_fail_at(n);
		err = pool_file_load(path, &p, &error);
		mem_fail_at(0);
		if (err == 0)
			break;
		assert_int_equal(mem_out(), 0);
		assert_non_null(strstr(error.text, "p.yaml"));
	}
	pool_file_done(&p);
	assert_int_equal(mem_out(), 0);
}

static void
given_a_name_pattern_it_is_expanded_without_printf(void **state)
{
	char name[16];

	(void)state;
	assert_int_equal(pool_user_name("phone%05d", 42, name, sizeof name), 0);
	assert_string_equal(name, "phone00042");
	assert_int_equal(pool_user_name("p%dx", 7, name, sizeof name), 0);
	assert_string_equal(name, "p7x");
	assert_int_not_equal(pool_user_name("p%n", 7, name, sizeof name), 0);
	assert_int_not_equal(pool_user_name("plain", 7, name, sizeof name), 0);
	assert_int_not_equal(pool_user_name("averyveryverylong%05d", 7, name, sizeof name), 0);
}

static int
clean(void **state)
{
	(void)state;
	temp_clean();
	return 0;
}

/* The sample with one piece replaced loads. */
static struct pool_file
loads(const char *from, const char *to)
{
	struct config_error error = { "" };
	const char *at = strstr(pool_text, from);
	struct pool_file p = { 0 };
	char text[2048];

	assert_non_null(at);
	(void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - pool_text), pool_text, to,
	    at + strlen(from));
	if (pool_file_load(temp_file("p.yaml", text, strlen(text)), &p, &error) != 0)
		fail_msg("%s", error.text);
	return p;
}

static void
given_a_password_file_its_first_line_is_taken_whatever_ends_it(void **state)
{
	static const char *const files[] = { "s3cret", "s3cret\n", "s3cret\r\nmore\r\n",
		"s3cret\rmore" };

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct pool_file p;

		(void)temp_file("users.secret", files[i], strlen(files[i]));
		p = loads("leave: false", "leave: true");
		assert_string_equal(p.users.password, "s3cret");
		assert_true(p.leave);
		pool_file_done(&p);
	}
}

static void
given_a_password_file_with_a_whole_path_the_pool_files_folder_does_not_matter(void **state)
{
	char to[300];
	struct pool_file p;

	(void)state;
	(void)snprintf(to, sizeof to, "file:%s", temp_file("elsewhere.secret", "other\n", 6));
	p = loads("file:users.secret", to);
	assert_string_equal(p.users.password, "other");
	pool_file_done(&p);
}

static void
given_no_password_in_its_file_it_says_so(void **state)
{
	struct config_error error = { "" };
	struct pool_file p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		(void)temp_file("users.secret", "\nsecond line\n", i == 0 ? 0 : 13);
		assert_int_not_equal(
		    pool_file_load(
			temp_file("p.yaml", pool_text, strlen(pool_text)), &p, &error),
		    0);
		assert_non_null(strstr(error.text, "has an empty first line"));
		assert_null(strstr(error.text, "second"));
	}
}

static void
given_a_password_in_the_file_itself_it_is_not_repeated(void **state)
{
	struct config_error error = { "" };
	struct pool_file p;
	char text[2048];

	(void)state;
	(void)snprintf(text, sizeof text, "%s", pool_text);
	memcpy(strstr(text, "file:users.secret"), "hunter2-hunter2-x", 17);
	assert_int_not_equal(
	    pool_file_load(temp_file("p.yaml", text, strlen(text)), &p, &error), 0);
	assert_null(strstr(error.text, "hunter2"));
}

static void
given_a_side_the_phones_are_inside_or_outside(void **state)
{
	struct pool_file p;

	(void)state;
	(void)temp_file("users.secret", "s3cret\n", 7);
	p = loads("side: internal", "side: external");
	assert_true(p.external);
	pool_file_done(&p);
}

static void
given_no_dhcp_what_it_would_have_said_must_be_there(void **state)
{
	static const char *const from =
	    "{mode: relay, server: 127.0.0.1, relay: {untagged: 127.0.0.2, 200: 127.0.0.3}}";
	struct pool_file p;

	(void)state;
	(void)temp_file("users.secret", "s3cret\n", 7);
	assert_pool_error(
	    from, "{mode: none, domain: contoso.com}", "needs `domain' and `dns'");
	assert_pool_error(from, "{mode: none, dns: [127.0.0.53]}", "needs `domain' and `dns'");
	p = loads(from, "{mode: none, domain: contoso.com, dns: [127.0.0.53]}");
	assert_int_equal(p.dhcp.mode, POOL_DHCP_NONE);
	pool_file_done(&p);
}

static void
a_pattern_has_one_place_and_nothing_else_behind_a_percent(void **state)
{
	static const char *const bad[] = { "phone", "%", "phone%", "%5d", "%00d", "%0d", "%-5d",
		"%010d", "%u", "%05", "%d%%", "%%d", "a%db%d" };
	char name[16];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		memset(name, 'n', sizeof name);
		assert_int_equal(pool_user_name(bad[i], 7, name, sizeof name), -EINVAL);
		assert_int_equal(name[0], 'n');
	}
	assert_int_equal(pool_user_name("%d", 0, name, sizeof name), 0);
	assert_string_equal(name, "0");
	assert_int_equal(pool_user_name("p%03dx", 1234, name, sizeof name), 0);
	assert_string_equal(name, "p1234x");
	assert_int_equal(pool_user_name("p%09d", UINT32_MAX, name, sizeof name), 0);
	assert_string_equal(name, "p4294967295");
	assert_int_equal(
	    pool_user_name("much-too-long%05d", 1, name, sizeof name), -ENAMETOOLONG);
	assert_int_equal(pool_user_name("ten-chars-%05d", 1, name, sizeof name), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_the_designs_pool_file_it_is_read),
		cmocka_unit_test(given_a_bad_pool_file_the_error_says_what_to_do),
		cmocka_unit_test(given_a_password_too_long_to_keep_it_is_not_cut),
		cmocka_unit_test(given_no_memory_at_the_nth_allocation_it_says_so),
		cmocka_unit_test(given_a_name_pattern_it_is_expanded_without_printf),
		cmocka_unit_test(
		    given_a_password_file_its_first_line_is_taken_whatever_ends_it),
		cmocka_unit_test(
		    given_a_password_file_with_a_whole_path_the_pool_files_folder_does_not_matter),
		cmocka_unit_test(given_no_password_in_its_file_it_says_so),
		cmocka_unit_test(given_a_password_in_the_file_itself_it_is_not_repeated),
		cmocka_unit_test(given_a_side_the_phones_are_inside_or_outside),
		cmocka_unit_test(given_no_dhcp_what_it_would_have_said_must_be_there),
		cmocka_unit_test(a_pattern_has_one_place_and_nothing_else_behind_a_percent),
	};

	return cmocka_run_group_tests(tests, NULL, clean);
}
