/* test_sim_cert.c - certificates of the simulated world, read by us, mbedTLS and openssl. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert_chain.h"
#include "mem.h"
#include "serve_plan.h"
#include "sim_cert.h"
#include "sim_der.h"
#include "temp_file.h"

static const int64_t NOW_S = 1252454400, DAY_S = 86400; /* 2009-09-09 */

static struct sim_x509
root_of(uint64_t seed)
{
	return (struct sim_x509){ .common_name = "contoso-DC01-CA",
		.domain = "contoso.com",
		.from_s = NOW_S - DAY_S,
		.to_s = NOW_S + 3650 * DAY_S,
		.seed = seed };
}

static struct sim_x509
server_of(uint64_t seed)
{
	return (struct sim_x509){ .common_name = "pool01.contoso.com",
		.issuer = "contoso-DC01-CA",
		.issuer_domain = "contoso.com",
		.dns_names = serve_sip_names,
		.from_s = NOW_S - DAY_S,
		.to_s = NOW_S + 730 * DAY_S,
		.seed = seed };
}

/* ---- DER ------------------------------------------------------------------------ */

static void
lengths_are_as_short_as_they_can_be(void **state)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 255, 256, 65535, 65536 };
	static const size_t heads[] = { 2, 2, 2, 3, 3, 4, 4, 5 };
	struct buf b = { 0 };
	struct der d = { .out = &b };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		buf_clear(&b);
		der_open(&d, DER_OCTETS);
		buf_zero(&b, sizes[i]);
		der_close(&d);
		assert_int_equal(b.n, heads[i] + sizes[i]);
		assert_int_equal(b.p[0], 4);
		if (sizes[i] < 128)
			assert_int_equal(b.p[1], sizes[i]);
		else
			assert_int_equal(b.p[1], 0x80 + heads[i] - 2);
	}
	buf_done(&b);
}

static void
numbers_stay_positive_and_short(void **state)
{
	static const uint8_t want[][6] = { { 2, 1, 0 }, { 2, 1, 127 }, { 2, 2, 0, 128 },
		{ 2, 2, 1, 0 }, { 2, 3, 1, 0, 1 }, { 2, 5, 0, 0xff, 0xff, 0xff } };
	static const uint32_t numbers[] = { 0, 127, 128, 256, 65537, 0xffffffff };
	struct buf b = { 0 };
	struct der d = { .out = &b };

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		buf_clear(&b);
		der_number(&d, numbers[i]);
		assert_int_equal(b.n, 2u + want[i][1]);
		assert_memory_equal(b.p, want[i], b.n < 6 ? b.n : 6);
	}
	buf_done(&b);
}

static void
times_have_two_forms(void **state)
{
	struct buf b = { 0 };
	struct der d = { .out = &b };

	(void)state;
	der_time(&d, NOW_S);
	assert_int_equal(b.p[0], DER_UTC_TIME);
	assert_memory_equal(b.p + 2, "090909000000Z", 13);
	buf_clear(&b);
	der_time(&d, 2524608000); /* 2050-01-01 */
	assert_int_equal(b.p[0], DER_TIME);
	assert_memory_equal(b.p + 2, "20500101000000Z", 15);
	buf_clear(&b);
	der_time(&d, 2524607999);
	assert_int_equal(b.p[0], DER_UTC_TIME);
	buf_done(&b);
}

/* ---- certificates ------------------------------------------------------------------ */

static void
a_root_is_its_own_issuer_and_a_server_the_roots(void **state)
{
	const struct sim_x509 root = root_of(7), server = server_of(8);
	struct buf a = { 0 }, b = { 0 };
	struct cert r, s;

	(void)state;
	assert_int_equal(sim_x509_write(&root, &a), 0);
	assert_int_equal(sim_x509_write(&server, &b), 0);
	assert_int_equal(cert_read(buf_bytes(&a), &r), 0);
	assert_int_equal(cert_read(buf_bytes(&b), &s), 0);
	assert_true(cert_is_root(&r));
	assert_false(cert_is_root(&s));
	assert_true(span_eq(r.subject, s.issuer));
	buf_done(&a);
	buf_done(&b);
}

static void
a_chain_leads_to_its_root(void **state)
{
	const struct sim_x509 root = root_of(7), server = server_of(8);
	struct buf a = { 0 }, b = { 0 }, p7b = { 0 };
	struct cert_chain chain;
	struct span certs[2];

	(void)state;
	assert_int_equal(sim_x509_write(&root, &a), 0);
	assert_int_equal(sim_x509_write(&server, &b), 0);
	certs[0] = buf_bytes(&b);
	certs[1] = buf_bytes(&a);
	assert_int_equal(sim_p7b_write(certs, 2, &p7b), 0);
	assert_int_equal(cert_chain_read(buf_bytes(&p7b), &chain), 0);
	assert_int_equal(chain.n, 2);
	assert_true(span_eq(cert_chain_root(&chain)->der, buf_bytes(&a)));
	buf_clear(&p7b);
	assert_int_equal(sim_p7b_write(certs + 1, 1, &p7b), 0);
	assert_int_equal(cert_chain_read(buf_bytes(&p7b), &chain), 0);
	assert_int_equal(chain.n, 1);
	buf_clear(&p7b);
	assert_int_equal(sim_p7b_write(NULL, 0, &p7b), 0);
	assert_int_equal(cert_chain_read(buf_bytes(&p7b), &chain), 0);
	assert_int_equal(chain.n, 0);
	assert_null(cert_chain_root(&chain));
	buf_done(&a);
	buf_done(&b);
	buf_done(&p7b);
	assert_int_equal(mem_out(), 0);
}

static void
the_seed_makes_the_certificate(void **state)
{
	struct sim_x509 root = root_of(7);
	struct buf a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	assert_int_equal(sim_x509_write(&root, &a), 0);
	assert_int_equal(sim_x509_write(&root, &b), 0);
	root.seed = 8;
	assert_int_equal(sim_x509_write(&root, &c), 0);
	assert_true(span_eq(buf_bytes(&a), buf_bytes(&b)));
	assert_int_equal(a.n, c.n);
	assert_false(span_eq(buf_bytes(&a), buf_bytes(&c)));
	/* As big as the embedded pool's. */
	assert_in_range(a.n, 800, 1000);
	buf_done(&a);
	buf_done(&b);
	buf_done(&c);
}

/* The library under the real phone must be able to read it. */
static void
mbedtls_reads_what_was_meant(void **state)
{
	struct sim_x509 root = root_of(7), server = server_of(8);
	mbedtls_x509_crt r, s;
	struct buf a = { 0 }, b = { 0 };
	size_t names = 0;
	char name[64];

	(void)state;
	root.sha2 = true;
	assert_int_equal(sim_x509_write(&root, &a), 0);
	assert_int_equal(sim_x509_write(&server, &b), 0);
	mbedtls_x509_crt_init(&r);
	mbedtls_x509_crt_init(&s);
	assert_int_equal(mbedtls_x509_crt_parse_der(&r, a.p, a.n), 0);
	assert_int_equal(mbedtls_x509_crt_parse_der(&s, b.p, b.n), 0);
	assert_int_equal(r.ca_istrue, 1);
	assert_int_equal(s.ca_istrue, 0);
	assert_int_equal(r.sig_md, MBEDTLS_MD_SHA256);
	assert_int_equal(s.sig_md, MBEDTLS_MD_SHA1);
	assert_int_equal(mbedtls_pk_get_bitlen(&r.pk), 2048);
	assert_true(mbedtls_x509_dn_gets(name, sizeof name, &r.subject) > 0);
	assert_string_equal(name, "DC=com, DC=contoso, CN=contoso-DC01-CA");
	assert_int_equal(s.valid_from.year, 2009);
	assert_int_equal(s.valid_from.day, 8);
	for (const mbedtls_x509_sequence *at = &s.subject_alt_names; at != NULL; at = at->next)
		names++;
	assert_int_equal(names, 5);
	assert_int_equal(
	    mbedtls_x509_crt_check_key_usage(&r, MBEDTLS_X509_KU_KEY_CERT_SIGN), 0);
	assert_int_not_equal(
	    mbedtls_x509_crt_check_key_usage(&s, MBEDTLS_X509_KU_KEY_CERT_SIGN), 0);
	mbedtls_x509_crt_free(&r);
	mbedtls_x509_crt_free(&s);
	buf_done(&a);
	buf_done(&b);
}

/* ---- openssl ------------------------------------------------------------------------- */

/* What it prints of a file; its exit status. */
static int
openssl(const char *command, struct span bytes, char *text, size_t cap)
{
	char line[512];
	FILE *out;
	size_t n;

	(void)snprintf(line, sizeof line, "openssl %s -in %s 2>&1", command,
	    temp_file("it.der", bytes.p, bytes.n));
	out = popen(line, "re");
	assert_non_null(out);
	n = fread(text, 1, cap - 1, out);
	text[n] = '\0';
	return pclose(out);
}

static void
openssl_prints_the_certificate(void **state)
{
	static const char *const said[] = { "Version: 3 (0x2)", "sha1WithRSAEncryption",
		"CN = pool01.contoso.com", "DC = com, DC = contoso, CN = contoso-DC01-CA",
		"Public-Key: (2048 bit)", "Exponent: 65537",
		"Not Before: Sep  8 00:00:00 2009 GMT",
		"DNS:pool01.contoso.com, DNS:fe01.contoso.com", "TLS Web Server Authentication",
		"Digital Signature, Key Encipherment", "X509v3 Authority Key Identifier" };
	static char text[16384];
	const struct sim_x509 server = server_of(8);
	struct buf b = { 0 };
	int rc;

	(void)state;
	if (system("openssl version >/dev/null 2>&1") != 0) {
		print_message("openssl is not installed\n");
		skip();
	}
	assert_int_equal(sim_x509_write(&server, &b), 0);
	rc = openssl("x509 -inform DER -noout -text", buf_bytes(&b), text, sizeof text);
	assert_int_equal(rc, 0);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		if (strstr(text, said[i]) == NULL)
			fail_msg("no \"%s\" in: %s", said[i], text);
	buf_done(&b);
	temp_clean();
}

static void
openssl_prints_the_chain(void **state)
{
	static char text[16384];
	struct sim_x509 root = root_of(7);
	struct buf a = { 0 }, p7b = { 0 };
	struct span one;
	int rc;

	(void)state;
	if (system("openssl version >/dev/null 2>&1") != 0) {
		print_message("openssl is not installed\n");
		skip();
	}
	root.sha2 = true;
	assert_int_equal(sim_x509_write(&root, &a), 0);
	one = buf_bytes(&a);
	assert_int_equal(sim_p7b_write(&one, 1, &p7b), 0);
	rc = openssl("pkcs7 -inform DER -print_certs", buf_bytes(&p7b), text, sizeof text);
	assert_int_equal(rc, 0);
	assert_non_null(strstr(text, "subject=DC = com, DC = contoso, CN = contoso-DC01-CA"));
	assert_non_null(strstr(text, "-----BEGIN CERTIFICATE-----"));
	rc = openssl("asn1parse -inform DER", one, text, sizeof text);
	assert_int_equal(rc, 0);
	assert_non_null(strstr(text, "sha256WithRSAEncryption"));
	buf_done(&a);
	buf_done(&p7b);
	temp_clean();
}

static void
no_memory_at_any_moment_is_an_error(void **state)
{
	const struct sim_x509 root = root_of(7);
	long n = 0;
	int rc;

	(void)state;
	do {
		struct buf b = { 0 };

		mem_fail_at(++n);
		rc = sim_x509_write(&root, &b);
		mem_fail_at(0);
		assert_true(rc == 0 || rc == -ENOMEM);
		buf_done(&b);
		assert_int_equal(mem_out(), 0);
	} while (rc != 0);
	assert_true(n > 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_are_as_short_as_they_can_be),
		cmocka_unit_test(numbers_stay_positive_and_short),
		cmocka_unit_test(times_have_two_forms),
		cmocka_unit_test(a_root_is_its_own_issuer_and_a_server_the_roots),
		cmocka_unit_test(a_chain_leads_to_its_root),
		cmocka_unit_test(the_seed_makes_the_certificate),
		cmocka_unit_test(mbedtls_reads_what_was_meant),
		cmocka_unit_test(openssl_prints_the_certificate),
		cmocka_unit_test(openssl_prints_the_chain),
		cmocka_unit_test(no_memory_at_any_moment_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
