/* The command line of cx700pool: every kind of value, its limits, and complaints of one line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "options.h"

static int
read_args(struct pool_options *o, struct buf *complaint, char *const args[])
{
	int argc = 0;

	while (args[argc] != NULL)
		argc++;
	pool_options_default(o);
	buf_clear(complaint);
	return pool_options_read(o, argc, args, complaint);
}

static void
given_nothing_the_defaults_hold(void **state)
{
	struct pool_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(read_args(&o, &complaint, (char *[]){ "pool", NULL }), 0);
	assert_int_equal(o.listen, 0x7f000001);
	assert_int_equal(o.port_base, 20000);
	assert_int_equal(o.users, 10000);
	assert_int_equal(o.net_bits, 16);
	assert_int_equal(o.voice_vlan, 200);
	assert_int_equal(o.keep_alive_us, 300000000);
	assert_int_equal(o.ready_fd, -1);
	assert_int_equal(o.lock_out, 0);
	assert_false(o.publish_ca || o.no_update || o.help);
	buf_done(&complaint);
}

static void
given_every_option_each_lands_in_its_place(void **state)
{
	struct pool_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(
	    read_args(&o, &complaint,
		(char *[]){ "pool", "--dir=/x", "--listen", "127.0.1.1", "--port-base", "30000",
		    "--users", "5000", "--firmware-version", "3.5.6907.35", "--firmware-size",
		    "20000000", "--keep-alive", "20s", "--publish-ca", "--no-update",
		    "--addresses", "127.64.0.0/10", "--voice-vlan", "0", "--lease=90m",
		    "--sip-version", "3", "--lock-out=5", "--ready-fd", "7", "--help", NULL }),
	    0);
	assert_string_equal(o.dir, "/x");
	assert_int_equal(o.listen, 0x7f000101);
	assert_int_equal(o.port_base, 30000);
	assert_int_equal(o.users, 5000);
	assert_string_equal(o.firmware_version, "3.5.6907.35");
	assert_int_equal(o.firmware_size, 20000000);
	assert_int_equal(o.keep_alive_us, 20000000);
	assert_true(o.publish_ca && o.no_update && o.help);
	assert_int_equal(o.net, 0x7f400000);
	assert_int_equal(o.net_bits, 10);
	assert_int_equal(o.voice_vlan, 0);
	assert_int_equal(o.lease_us, 5400000000);
	assert_int_equal(o.sip_version, 3);
	assert_int_equal(o.lock_out, 5);
	assert_int_equal(o.ready_fd, 7);
	buf_done(&complaint);
}

static void
given_a_bad_value_it_complains_in_one_line(void **state)
{
	static char *const bad[][2] = {
		{ "--listen", "localhost" },
		{ "--listen", "0.0.0.0" },
		{ "--listen", "224.0.0.1" },
		{ "--listen", "255.255.255.255" },
		{ "--port-base", "80" },
		{ "--port-base", "60001" },
		{ "--users", "0" },
		{ "--users", "ten" },
		{ "--users", "010x" },
		{ "--firmware-size", "1" },
		{ "--firmware-version", "latest" },
		{ "--keep-alive", "20" },
		{ "--keep-alive", "0s" },
		{ "--keep-alive", "s" },
		{ "--lease", "99999999999999999999s" },
		{ "--addresses", "127.42.0.1/16" },
		{ "--addresses", "127.42.0.0" },
		{ "--addresses", "127.0.0.0/31" },
		{ "--voice-vlan", "4095" },
		{ "--sip-version", "2" },
		{ "--ready-fd", "-1" },
		{ "--dir", "" },
		{ "--faults", "" },
		{ "--begin-fd", "x" },
		{ "--help=yes", NULL },
		{ "--users", NULL },
		{ "--nonsense", NULL },
		{ "file", NULL },
	};
	struct buf complaint = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct pool_options o;

		assert_int_equal(
		    read_args(&o, &complaint, (char *[]){ "pool", bad[i][0], bad[i][1], NULL }),
		    -EINVAL);
		assert_true(complaint.n > 0);
		assert_null(memchr(complaint.p, '\n', complaint.n));
	}
	buf_done(&complaint);
}

static void
given_a_front_end_alone_it_is_told_who_it_is(void **state)
{
	struct pool_options o;
	struct buf complaint = { 0 };

	(void)state;
	assert_int_equal(
	    read_args(&o, &complaint,
		(char *[]){ "pool", "--only", "sip", "--realm=R.EXAMPLE", "--keytab", "k",
		    "--certificate", "c", "--key", "p", "--standard-ports", NULL }),
	    0);
	assert_string_equal(o.only, "sip");
	assert_string_equal(o.realm, "R.EXAMPLE");
	assert_string_equal(o.keytab, "k");
	assert_string_equal(o.certificate, "c");
	assert_string_equal(o.key, "p");
	assert_true(o.standard_ports);
	buf_done(&complaint);
}

/* What is missing, or what is said to a pool that has a realm of its own. */
static void
given_half_of_a_front_end_it_says_what_is_missing(void **state)
{
	static const struct {
		char *args[8];
		const char *complaint;
	} half[] = {
		{ { "pool", "--only", "kdc", NULL },
		    "--only: 'kdc' cannot stand alone; sip can" },
		{ { "pool", "--only", "sip", NULL },
		    "--only sip needs --keytab, --certificate and --key" },
		{ { "pool", "--only=sip", "--keytab=k", "--key=p", NULL },
		    "--only sip needs --keytab, --certificate and --key" },
		{ { "pool", "--keytab", "k", NULL },
		    "--realm, --keytab, --certificate and --key are for --only sip" },
		{ { "pool", "--realm", "R", NULL },
		    "--realm, --keytab, --certificate and --key are for --only sip" },
	};
	struct buf complaint = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof half / sizeof half[0]; i++) {
		struct pool_options o;

		assert_int_equal(read_args(&o, &complaint, half[i].args), -EINVAL);
		assert_string_equal(buf_cstr(&complaint), half[i].complaint);
	}
	buf_done(&complaint);
}

static void
given_help_every_option_is_named(void **state)
{
	struct buf text = { 0 };

	(void)state;
	pool_options_help(&text);
	assert_non_null(strstr(buf_cstr(&text), "--keep-alive"));
	assert_non_null(strstr(buf_cstr(&text), "--ready-fd"));
	buf_done(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_nothing_the_defaults_hold),
		cmocka_unit_test(given_every_option_each_lands_in_its_place),
		cmocka_unit_test(given_a_bad_value_it_complains_in_one_line),
		cmocka_unit_test(given_a_front_end_alone_it_is_told_who_it_is),
		cmocka_unit_test(given_half_of_a_front_end_it_says_what_is_missing),
		cmocka_unit_test(given_help_every_option_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
