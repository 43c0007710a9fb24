/* What the pool stands on: its CA, firmware, folder, log and pool file, and ranges of HTTP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "firmware.h"
#include "folder.h"
#include "http_range.h"
#include "loop.h"
#include "mem.h"
#include "pool_ca.h"
#include "pool_file.h"
#include "pool_log.h"
#include "pool_yaml.h"

static const char *const names[] = { "pool01.contoso.com", "fe01.contoso.com", NULL };

/* What is in the file; returns text. */
static const char *
content(const char *path, char *text, size_t cap)
{
	FILE *file = fopen(path, "re");
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, cap - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

static gnutls_x509_crt_t
certificate(const char *pem)
{
	gnutls_datum_t text = { (unsigned char *)pem, (unsigned)strlen(pem) };
	gnutls_x509_crt_t crt;

	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	assert_int_equal(gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM), 0);
	return crt;
}

static void
given_a_server_its_certificate_is_signed_by_the_root_with_sha1(void **state)
{
	gnutls_x509_crt_t root, crt;
	struct pool_cert *cert;
	struct pool_ca *ca;
	unsigned status = 0;

	(void)state;
	assert_int_equal(pool_ca_new("test CA", loop_wall_us() / 1000000, 0, false, &ca), 0);
	assert_int_equal(pool_ca_issue(ca, names, CERTIFICATE_GOOD, &cert), 0);
	root = certificate(pool_ca_root_pem(ca));
	crt = certificate(pool_cert_pem(cert));
	assert_int_equal(gnutls_x509_crt_get_signature_algorithm(crt), GNUTLS_SIGN_RSA_SHA1);
	assert_int_equal(gnutls_x509_crt_get_signature_algorithm(root), GNUTLS_SIGN_RSA_SHA1);
	assert_int_equal(
	    gnutls_x509_crt_verify(crt, &root, 1, GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1, &status),
	    0);
	assert_int_equal(status, 0);
	assert_true(gnutls_x509_crt_check_hostname(crt, "fe01.contoso.com"));
	assert_false(gnutls_x509_crt_check_hostname(crt, "mail01.contoso.com"));
	gnutls_x509_crt_deinit(root);
	gnutls_x509_crt_deinit(crt);
	pool_cert_free(cert);
	pool_ca_free(ca);
}

static void
given_a_seed_the_root_is_the_same_again(void **state)
{
	static const uint64_t seeds[] = { 7, 7, 8, 0, 0 };
	struct pool_ca *ca[5];

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(
		    pool_ca_new("test CA", 1790000000 + i * 1000, seeds[i], false, &ca[i]), 0);
	assert_true(span_eq(pool_ca_root(ca[0]), pool_ca_root(ca[1])));
	assert_false(span_eq(pool_ca_root(ca[0]), pool_ca_root(ca[2])));
	assert_false(span_eq(pool_ca_root(ca[3]), pool_ca_root(ca[4])));
	for (int i = 0; i < 5; i++)
		pool_ca_free(ca[i]);
}

/* openssl reads the chain as a browser would. */
static void
given_the_chain_openssl_finds_the_root_in_it(void **state)
{
	char dir[FOLDER_PATH_MAX], line[256] = "", command[2 * FOLDER_PATH_MAX];
	struct pool_ca *ca;
	FILE *out;

	(void)state;
	if (system("openssl version >/dev/null 2>&1") != 0) {
		printf("skipped: openssl is not installed\n");
		skip();
	}
	assert_int_equal(pool_ca_new("test CA", loop_wall_us() / 1000000, 0, false, &ca), 0);
	assert_int_equal(folder_make(NULL, dir), 0);
	assert_int_equal(folder_write(dir, "chain.p7b", pool_ca_chain(ca)), 0);
	snprintf(command, sizeof command,
	    "openssl pkcs7 -inform DER -print_certs -noout -in %s/chain.p7b", dir);
	out = popen(command, "r");
	assert_non_null(out);
	assert_non_null(fgets(line, sizeof line, out));
	assert_int_equal(pclose(out), 0);
	assert_non_null(strstr(line, "test CA"));
	folder_remove(dir);
	pool_ca_free(ca);
}

static void
given_a_version_the_firmware_is_always_the_same(void **state)
{
	char dir[FOLDER_PATH_MAX], path[FOLDER_PATH_MAX];
	uint32_t crc[3];
	uint8_t bytes[10000];
	int fd;

	(void)state;
	assert_int_equal(folder_make(NULL, dir), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    firmware_make(folder_file(dir, "CPE.nbt", path),
			i < 2 ? "1.0.522.101" : "3.5.6907.35", sizeof bytes, &fd, &crc[i]),
		    0);
		assert_int_equal(pread(fd, bytes, sizeof bytes, 0), sizeof bytes);
		assert_int_equal(crc32(crc32(0, NULL, 0), bytes, (uInt)sizeof bytes), crc[i]);
		close(fd);
	}
	assert_memory_equal(bytes, "CX700NBT3.5.6907.35", 20);
	assert_int_equal(crc[0], crc[1]);
	assert_int_not_equal(crc[0], crc[2]);
	folder_remove(dir);
}

static void
given_a_private_folder_nothing_of_it_is_left(void **state)
{
	char dir[FOLDER_PATH_MAX], sub[FOLDER_PATH_MAX];
	struct stat st;

	(void)state;
	assert_int_equal(folder_make(NULL, dir), 0);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(folder_write(dir, "secret", span_of("x\n")), 0);
	assert_int_equal(stat(folder_file(dir, "secret", sub), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(folder_make(folder_file(dir, "sub", sub), sub), 0);
	assert_int_equal(folder_write(sub, "file", span_of("y")), 0);
	folder_remove(dir);
	assert_int_equal(stat(dir, &st), -1);
	assert_int_equal(folder_make("/nowhere/at/all", dir), -ENOENT);
}

static void
given_a_forged_line_the_log_blanks_it(void **state)
{
	char dir[FOLDER_PATH_MAX], path[FOLDER_PATH_MAX], line[200];
	struct pool_log *log;
	FILE *file;

	(void)state;
	assert_int_equal(folder_make(NULL, dir), 0);
	assert_int_equal(pool_log_open(folder_file(dir, "log", path), &log), 0);
	assert_true(pool_log_is_new(log));
	pool_log_line(log, "http", 0x7f2a0007, "%s", "GET /\r\nforged");
	pool_log_flush(log);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file));
	assert_string_equal(strstr(line, "Z ") + 2, "http 127.42.0.7 GET /  forged\n");
	assert_null(fgets(line, sizeof line, file));
	fclose(file);
	pool_log_close(log);
	folder_remove(dir);
}

static void
given_another_day_the_log_goes_on_in_another_file(void **state)
{
	char dir[FOLDER_PATH_MAX], path[2][FOLDER_PATH_MAX], text[64] = "";
	struct pool_log *log;

	(void)state;
	assert_int_equal(folder_make(NULL, dir), 0);
	folder_file(dir, "day1", path[0]);
	folder_file(dir, "day2", path[1]);
	assert_int_equal(pool_log_open(path[0], &log), 0);
	pool_log_raw(log, span_of("one\n"));
	assert_int_equal(pool_log_turn(log, "/nowhere/day2", "head\n"), -ENOENT);
	pool_log_raw(log, span_of("two\n"));
	assert_int_equal(pool_log_turn(log, path[1], "head\n"), 0);
	pool_log_raw(log, span_of("three\n"));
	assert_int_equal(pool_log_turn(log, path[0], "head\n"), 0);
	pool_log_raw(log, span_of("four\n"));
	pool_log_close(log);
	assert_string_equal(content(path[0], text, sizeof text), "one\ntwo\nfour\n");
	assert_string_equal(content(path[1], text, sizeof text), "head\nthree\n");
	folder_remove(dir);
}

static void
given_options_the_pool_file_says_the_same_to_the_farm(void **state)
{
	char dir[FOLDER_PATH_MAX], path[FOLDER_PATH_MAX];
	struct config_error error = { 0 };
	struct pool_options o;
	struct pool_file file;
	struct buf text = { 0 };

	(void)state;
	pool_options_default(&o);
	o.listen = 0x7f000101;
	o.port_base = 30000;
	o.voice_vlan = 77;
	pool_yaml(&o, &(struct serve_hosts){ .dc = o.listen }, 0, &text);
	assert_int_equal(folder_make(NULL, dir), 0);
	assert_int_equal(folder_write(dir, "pool.yaml", buf_bytes(&text)), 0);
	assert_int_equal(folder_write(dir, "users.secret", span_of("geheim\n")), 0);
	assert_int_equal(pool_file_load(folder_file(dir, "pool.yaml", path), &file, &error), 0);
	assert_int_equal(file.dhcp.mode, POOL_DHCP_RELAY);
	assert_int_equal(file.dhcp.server, 0x7f000101);
	assert_int_equal(file.dhcp.n_relays, 2);
	assert_int_equal(file.dhcp.relay[0].giaddr, 0x7f000102);
	assert_int_equal(file.dhcp.relay[1].vlan, 77);
	assert_int_equal(file.dhcp.relay[1].giaddr, 0x7f000103);
	assert_int_equal(file.n_ports, 8);
	assert_string_equal(file.users.password, "geheim");
	assert_int_equal(file.guard.canary, 0);
	assert_true(file.leave);
	assert_int_equal(file.n_allow, 4);
	pool_file_done(&file);
	buf_done(&text);
	folder_remove(dir);
}

static void
given_ranges_each_means_what_rfc_7233_says(void **state)
{
	static const struct {
		const char *value;
		int rc;
		uint64_t first, n;
	} cases[] = {
		{ NULL, -ENOENT, 0, 0 },
		{ "bytes=0-", 0, 0, 1000 },
		{ "bytes=400-", 0, 400, 600 },
		{ "bytes=400-499", 0, 400, 100 },
		{ "bytes=400-5000", 0, 400, 600 },
		{ "bytes=999-999", 0, 999, 1 },
		{ "bytes=-100", 0, 900, 100 },
		{ "bytes=-5000", 0, 0, 1000 },
		{ "bytes=1000-", -ERANGE, 0, 0 },
		{ "bytes=-0", -ERANGE, 0, 0 },
		{ "bytes=500-400", -ENOENT, 0, 0 },
		{ "bytes=0-1,5-6", -ENOENT, 0, 0 },
		{ "bytes=", -ENOENT, 0, 0 },
		{ "bytes=-", -ENOENT, 0, 0 },
		{ "bytes=x-y", -ENOENT, 0, 0 },
		{ "lines=1-2", -ENOENT, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t first = 0, n = 0;

		assert_int_equal(
		    http_range_read(cases[i].value, 1000, &first, &n), cases[i].rc);
		assert_int_equal(first, cases[i].first);
		assert_int_equal(n, cases[i].n);
	}
}

static int
nothing_is_left(void **state)
{
	(void)state;
	assert_int_equal(mem_out(), 0);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    given_a_server_its_certificate_is_signed_by_the_root_with_sha1),
		cmocka_unit_test(given_a_seed_the_root_is_the_same_again),
		cmocka_unit_test(given_the_chain_openssl_finds_the_root_in_it),
		cmocka_unit_test(given_a_version_the_firmware_is_always_the_same),
		cmocka_unit_test(given_a_private_folder_nothing_of_it_is_left),
		cmocka_unit_test(given_a_forged_line_the_log_blanks_it),
		cmocka_unit_test(given_another_day_the_log_goes_on_in_another_file),
		cmocka_unit_test(given_options_the_pool_file_says_the_same_to_the_farm),
		cmocka_unit_test(given_ranges_each_means_what_rfc_7233_says),
	};

	return cmocka_run_group_tests(tests, NULL, nothing_is_left);
}
