/* test_pool_habits.c - the pool reads a scenario's faults and habits; its command line wins;
 * certificates get the flaws that are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <gnutls/x509.h>
#include <string.h>

#include "mem.h"
#include "pool.h"
#include "scenario.h"
#include "temp_file.h"

static int
setup(void **state)
{
	*state = mem_new(sizeof(struct pool));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	mem_free(*state);
	temp_clean();
	assert_int_equal(mem_out(), 0);
	return 0;
}

/* As main does it. */
static int
read_pool(struct pool *pool, const char *text, const char *option, struct config_error *error)
{
	char *args[] = { "pool", "--faults", (char *)temp_file("f.yaml", text, strlen(text)),
		(char *)option };
	int argc = option != NULL ? 4 : 3, err;
	struct buf complaint = { 0 };

	*error = (struct config_error){ "" };
	pool_options_default(&pool->options);
	assert_int_equal(pool_options_read(&pool->options, argc, args, &complaint), 0);
	err = pool_habits_read(pool, error);
	if (err == 0)
		assert_int_equal(pool_options_read(&pool->options, argc, args, &complaint), 0);
	buf_done(&complaint);
	return err;
}

static void
without_a_file_the_habits_are_the_usual_ones(void **state)
{
	struct pool *pool = *state;
	struct pool_options usual;
	struct config_error error;

	pool_options_default(&pool->options);
	pool_options_default(&usual);
	assert_int_equal(pool_habits_read(pool, &error), 0);
	assert_int_equal(pool->faults.n, 0);
	assert_memory_equal(&pool->options, &usual, sizeof usual);
	assert_int_equal(pool->habits.cost[SERVERS_SIP].workers, 4);
}

/* The tables of scenario and of options say the same where both say something. */
static void
a_file_that_says_nothing_changes_nothing(void **state)
{
	struct pool *pool = *state;
	struct pool_options usual;
	struct config_error error;

	assert_int_equal(read_pool(pool, "servers: {}\n", NULL, &error), 0);
	pool_options_default(&usual);
	assert_string_equal(pool->options.firmware_version, usual.firmware_version);
	usual.firmware_version = pool->options.firmware_version;
	usual.faults = pool->options.faults;
	assert_memory_equal(&pool->options, &usual, sizeof usual);
}

static void
habits_and_faults_are_read_and_the_command_line_wins(void **state)
{
	static const char text[] = "faults: [{server: kdc, from: 2s, do: {delay: 300ms}}]\n"
				   "servers:\n"
				   "  sip: {keep_alive: 20s, version: 3, takes: 5ms}\n"
				   "  update: {version: 1.2.3.4, size: 2MB, blank: true}\n"
				   "  ldap: {publish_ca: true, latency: 3ms}\n"
				   "  dhcp: {voice_vlan: 7, lease: 1h}\n";
	struct pool *pool = *state;
	struct config_error error;

	if (read_pool(pool, text, NULL, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(pool->faults.n, 1);
	assert_string_equal(pool->faults.fault[0].server, "kdc");
	assert_int_equal(pool->options.keep_alive_us, 20000000);
	assert_int_equal(pool->options.sip_version, 3);
	assert_string_equal(pool->options.firmware_version, "1.2.3.4");
	assert_int_equal(pool->options.firmware_size, 2000000);
	assert_true(pool->options.no_update && pool->options.publish_ca);
	assert_int_equal(pool->options.voice_vlan, 7);
	assert_int_equal(pool->options.lease_us, 3600000000u);
	assert_int_equal(read_pool(pool, text, "--keep-alive=30s", &error), 0);
	assert_int_equal(pool->options.keep_alive_us, 30000000);
	assert_int_equal(pool->options.voice_vlan, 7);
}

/* What a rehearsal takes for granted is not played on real sockets. */
static void
only_what_is_said_of_costs_is_said(void **state)
{
	struct pool *pool = *state;
	const struct servers_cost *cost = pool->habits.cost;
	struct config_error error;

	assert_int_equal(read_pool(pool,
			     "servers: {sip: {takes: 20ms}, kdc: {workers: 4},\n"
			     "  ldap: {latency: 0.2ms}, update: {bandwidth: 1Gbit/s}}\n",
			     NULL, &error),
	    0);
	assert_true(cost[SERVERS_SIP].said_work && cost[SERVERS_KDC].said_work);
	assert_true(cost[SERVERS_LDAP].said_latency && cost[SERVERS_UPDATE].said_bandwidth);
	assert_false(cost[SERVERS_SIP].said_latency || cost[SERVERS_SIP].said_bandwidth);
	assert_false(cost[SERVERS_LDAP].said_work || cost[SERVERS_DNS].said_work);
}

static void
a_whole_scenario_will_do(void **state)
{
	struct config_error error;
	struct pool *pool = *state;

	assert_int_equal(read_pool(pool,
			     "title: Whole\nphones: 3\narrival: [{at_once: 3}]\n"
			     "faults: [{server: dns, do: {drop: 10%}}]\n",
			     NULL, &error),
	    0);
	assert_int_equal(pool->faults.n, 1);
}

static void
what_is_wrong_is_said_with_its_place(void **state)
{
	struct wrong {
		const char *text, *error;
	};
	static const struct wrong wrong[] = {
		{ "fautls: []\n", ":1:1: unknown key `fautls'; did you mean `faults'?" },
		{ "title: x\nfaults: 3\n", ":2:9: `faults' must be a list" },
		{ "servers:\n  exchnge: {}\n",
		    ":2:3: unknown key `exchnge'; did you mean `exchange'?" },
		{ "- 1\n", ":1:1: the file must be a map of keys and values" },
		{ "servers: {kdc: {offset: 1m}}\n", ": servers: kdc.offset: the KDC keeps" },
		{ "servers: {kdc: {ticket: 2kB}}\n", ": servers: kdc.ticket: the KDC makes" },
		{ "servers: [\n", "f.yaml:" },
	};
	struct config_error error;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(read_pool(*state, wrong[i].text, NULL, &error), -EINVAL);
		if (strstr(error.text, wrong[i].error) == NULL)
			fail_msg("%s instead of %s", error.text, wrong[i].error);
	}
}

static void
a_file_that_is_not_there_is_an_error(void **state)
{
	struct pool *pool = *state;
	struct config_error error = { "" };

	pool_options_default(&pool->options);
	pool->options.faults = "/nowhere/f.yaml";
	assert_true(pool_habits_read(pool, &error) < 0);
	assert_non_null(strstr(error.text, "/nowhere/f.yaml"));
}

/* ---- certificates ---- */

static gnutls_x509_crt_t
issued(struct pool_ca *ca, enum servers_certificate flaw)
{
	static const char *const names[] = { "fe01.contoso.com", NULL };
	struct pool_cert *cert;
	gnutls_x509_crt_t crt;
	gnutls_datum_t text;

	assert_int_equal(pool_ca_issue(ca, names, flaw, &cert), 0);
	text = (gnutls_datum_t){ (unsigned char *)pool_cert_pem(cert),
		(unsigned)strlen(pool_cert_pem(cert)) };
	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	assert_int_equal(gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM), 0);
	pool_cert_free(cert);
	return crt;
}

static void
a_certificate_has_the_one_flaw_that_is_asked_for(void **state)
{
	const int64_t now = 1700000000;
	struct pool_ca *ca;

	(void)state;
	assert_int_equal(pool_ca_new("test CA", now, 3, false, &ca), 0);
	for (int flaw = CERTIFICATE_GOOD; flaw <= CERTIFICATE_OTHER_ROOT; flaw++) {
		gnutls_x509_crt_t crt = issued(ca, (enum servers_certificate)flaw);

		assert_int_equal(gnutls_x509_crt_get_expiration_time(crt) < now,
		    flaw == CERTIFICATE_EXPIRED);
		assert_int_equal(
		    gnutls_x509_crt_get_activation_time(crt) > now, flaw == CERTIFICATE_EARLY);
		assert_int_equal(gnutls_x509_crt_check_hostname(crt, "fe01.contoso.com") == 0,
		    flaw == CERTIFICATE_WRONG_NAME);
		assert_int_equal(
		    gnutls_x509_crt_get_signature_algorithm(crt) == GNUTLS_SIGN_RSA_SHA256,
		    flaw == CERTIFICATE_SHA2);
		gnutls_x509_crt_deinit(crt);
	}
	pool_ca_free(ca);
}

static void
a_ca_of_sha2_signs_everything_with_it(void **state)
{
	gnutls_x509_crt_t root, crt;
	struct pool_ca *ca;
	gnutls_datum_t der;

	(void)state;
	assert_int_equal(pool_ca_new("test CA", 1700000000, 3, true, &ca), 0);
	crt = issued(ca, CERTIFICATE_GOOD);
	assert_int_equal(gnutls_x509_crt_get_signature_algorithm(crt), GNUTLS_SIGN_RSA_SHA256);
	der = (gnutls_datum_t){ (unsigned char *)pool_ca_root(ca).p,
		(unsigned)pool_ca_root(ca).n };
	assert_int_equal(gnutls_x509_crt_init(&root), 0);
	assert_int_equal(gnutls_x509_crt_import(root, &der, GNUTLS_X509_FMT_DER), 0);
	assert_int_equal(gnutls_x509_crt_get_signature_algorithm(root), GNUTLS_SIGN_RSA_SHA256);
	gnutls_x509_crt_deinit(root);
	gnutls_x509_crt_deinit(crt);
	pool_ca_free(ca);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    without_a_file_the_habits_are_the_usual_ones, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_file_that_says_nothing_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    habits_and_faults_are_read_and_the_command_line_wins, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    only_what_is_said_of_costs_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(a_whole_scenario_will_do, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_wrong_is_said_with_its_place, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_file_that_is_not_there_is_an_error, setup, teardown),
		cmocka_unit_test(a_certificate_has_the_one_flaw_that_is_asked_for),
		cmocka_unit_test(a_ca_of_sha2_signs_everything_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
