/*
 * test_pool_joined.c - cx700pool --only sip: a front end that stands alone, with a key and a
 * certificate that others have made; and what it says where one of them is not good.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"
#include "pool_ca.h"
#include "program.h"
#include "span.h"
#include "temp_file.h"

enum { FRONT = 0x7f00092b, PORT = 27061, RC4 = 23, PATH = 256 };

static const char *const names[] = { "pool01.contoso.com", "fe01.contoso.com", NULL };

struct fixture {
	struct pool_ca *ca;
	struct pool_cert *cert;
	char keytab[PATH], certificate[PATH], key[PATH], dir[PATH];
};

static void
keytab_text(struct buf *b, const char *text)
{
	buf_u16(b, (uint16_t)strlen(text));
	buf_text(b, text);
}

/* sip/fe01.contoso.com@CONTOSO.COM with a key of RC4, as ktutil would write it (version 2). */
static void
keytab_write(char path_out[PATH])
{
	static const uint8_t key[16] = { 0x10, 0x32 };
	struct buf entry = { 0 }, file = { 0 };

	buf_u16(&entry, 2); /* components */
	keytab_text(&entry, "CONTOSO.COM");
	keytab_text(&entry, "sip");
	keytab_text(&entry, "fe01.contoso.com");
	buf_u32(&entry, 1); /* KRB5_NT_PRINCIPAL */
	buf_u32(&entry, 0);
	buf_u8(&entry, 1); /* key version */
	buf_u16(&entry, RC4);
	buf_u16(&entry, sizeof key);
	buf_put(&entry, key, sizeof key);
	buf_u16(&file, 0x0502);
	buf_u32(&file, (uint32_t)entry.n);
	buf_span(&file, buf_bytes(&entry));
	snprintf(path_out, PATH, "%s", temp_file("sip.keytab", file.p, file.n));
	buf_done(&entry);
	buf_done(&file);
}

static void
pem_write(const char *name, const char *pem, char path_out[PATH])
{
	snprintf(path_out, PATH, "%s", temp_file(name, pem, strlen(pem)));
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	assert_int_equal(pool_ca_new("another CA", 1790000000, 0, false, &f->ca), 0);
	assert_int_equal(pool_ca_issue(f->ca, names, CERTIFICATE_GOOD, &f->cert), 0);
	keytab_write(f->keytab);
	pem_write("front.pem", pool_cert_pem(f->cert), f->certificate);
	pem_write("front.key", pool_cert_key_pem(f->cert), f->key);
	snprintf(f->dir, sizeof f->dir, "%s/pool", temp_folder());
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	pool_cert_free(f->cert);
	pool_ca_free(f->ca);
	temp_clean();
	free(f);
	return 0;
}

/* ---- the files ---- */

static void
given_its_files_a_certificate_is_read_as_it_was_issued(void **state)
{
	const struct fixture *f = *state;
	struct pool_cert *cert;

	assert_int_equal(pool_cert_read(f->certificate, f->key, &cert), 0);
	assert_string_equal(pool_cert_pem(cert), pool_cert_pem(f->cert));
	assert_string_equal(pool_cert_key_pem(cert), pool_cert_key_pem(f->cert));
	pool_cert_free(cert);
}

static void
given_files_that_are_none_or_no_pair_it_says_which(void **state)
{
	const struct fixture *f = *state;
	struct pool_cert *cert = NULL;
	struct pool_ca *ca;
	struct pool_cert *other;
	char key[PATH], junk[PATH];

	assert_int_equal(pool_cert_read("/nowhere/x.pem", f->key, &cert), -ENOENT);
	assert_int_equal(pool_cert_read(f->certificate, "/nowhere/x.key", &cert), -ENOENT);
	pem_write("junk", "not a certificate\n", junk);
	assert_int_equal(pool_cert_read(junk, f->key, &cert), -EINVAL);
	assert_int_equal(pool_cert_read(f->certificate, junk, &cert), -EINVAL);
	assert_int_equal(pool_cert_read(f->certificate, f->certificate, &cert), -EINVAL);

	/* A key that is good, but another's. */
	assert_int_equal(pool_ca_new("third CA", 1790000000, 0, false, &ca), 0);
	assert_int_equal(pool_ca_issue(ca, names, CERTIFICATE_GOOD, &other), 0);
	pem_write("other.key", pool_cert_key_pem(other), key);
	assert_int_equal(pool_cert_read(f->certificate, key, &cert), -EINVAL);
	assert_null(cert);
	pool_cert_free(other);
	pool_ca_free(ca);
}

/* ---- the program ---- */

/* The DER of what the server shows to whoever connects with a phone's suites. */
static void
look(uint16_t port, gnutls_x509_crt_t *out)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(FRONT)
	};
	gnutls_certificate_credentials_t creds;
	const gnutls_datum_t *chain;
	gnutls_session_t tls;
	unsigned n = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(gnutls_certificate_allocate_credentials(&creds), 0);
	assert_int_equal(gnutls_init(&tls, GNUTLS_CLIENT), 0);
	assert_int_equal(gnutls_priority_set_direct(
			     tls, "NONE:+VERS-TLS1.0:+3DES-CBC:+RSA:+SHA1:+COMP-NULL", NULL),
	    0);
	assert_int_equal(gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, creds), 0);
	gnutls_transport_set_int(tls, fd);
	assert_int_equal(gnutls_handshake(tls), 0);
	chain = gnutls_certificate_get_peers(tls, &n);
	assert_true(n > 0);
	assert_int_equal(gnutls_x509_crt_init(out), 0);
	assert_int_equal(gnutls_x509_crt_import(*out, &chain[0], GNUTLS_X509_FMT_DER), 0);
	gnutls_deinit(tls);
	gnutls_certificate_free_credentials(creds);
	close(fd);
}

static void
given_a_key_and_a_certificate_the_front_end_stands_alone(void **state)
{
	const struct fixture *f = *state;
	const char *args[] = { "--only", "sip", "--listen", "127.0.9.43", "--port-base",
		"22000", "--users", "5", "--dir", f->dir, "--keytab", f->keytab,
		"--certificate", f->certificate, "--key", f->key, NULL };
	struct buf said = { 0 }, out = { 0 };
	gnutls_x509_crt_t crt;
	struct program pool;
	char path[PATH + 16];

	program_start(&pool, "cx700pool", args);
	program_await(&pool, "sip on 127.0.9.43:27061, 5 users", &said);
	look(PORT, &crt);
	assert_true(gnutls_x509_crt_check_hostname(crt, "fe01.contoso.com"));
	gnutls_x509_crt_deinit(crt);
	kill(pool.pid, SIGTERM);
	assert_int_equal(program_end(&pool, &out, NULL), 0);
	/* Neither a realm nor an image nor a pool file: those are others' here. */
	snprintf(path, sizeof path, "%s/CPE.nbt", f->dir);
	assert_int_equal(access(path, F_OK), -1);
	snprintf(path, sizeof path, "%s/pool.yaml", f->dir);
	assert_int_equal(access(path, F_OK), -1);
	snprintf(path, sizeof path, "%s/pool.log", f->dir);
	assert_int_equal(access(path, F_OK), 0);
	buf_done(&said);
	buf_done(&out);
}

static void
assert_refused(const struct fixture *f, const char *keytab, const char *key, const char *why)
{
	const char *args[] = { "--only", "sip", "--listen", "127.0.9.43", "--port-base",
		"22000", "--dir", f->dir, "--keytab", keytab, "--certificate", f->certificate,
		"--key", key, NULL };
	struct buf err = { 0 };

	assert_int_equal(program_run("cx700pool", args, NULL, &err), 4);
	if (strstr(buf_cstr(&err), why) == NULL)
		fail_msg("'%s' is not in: %s", why, buf_cstr(&err));
	buf_done(&err);
}

static void
given_no_key_or_no_pair_it_does_not_start_and_says_why(void **state)
{
	const struct fixture *f = *state;

	assert_refused(f, "/nowhere/sip.keytab", f->key, "/nowhere/sip.keytab: No such file");
	assert_refused(f, f->keytab, "/nowhere/front.key", "--certificate and --key: No such");
	assert_refused(f, f->keytab, f->certificate, "--certificate and --key: Invalid");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_its_files_a_certificate_is_read_as_it_was_issued),
		cmocka_unit_test(given_files_that_are_none_or_no_pair_it_says_which),
		cmocka_unit_test(given_a_key_and_a_certificate_the_front_end_stands_alone),
		cmocka_unit_test(given_no_key_or_no_pair_it_does_not_start_and_says_why),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
