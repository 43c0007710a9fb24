/*
 * test_cert_chain.c - PKCS#7 files made by `openssl crl2pkcs7 -nocrl`: chains of 1 to 4
 * certificates in different orders, in every armour, cut off at every length, changed.
 *
 * tests/golden/p7b: the root CN=Contoso Root CA, below it "Issuing CA 1", 2 and 3, each issued
 * by the one before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cert_chain.h"
#include "edge.h"
#include "rng.h"
#include "sha1.h"

static struct buf
load(const char *name)
{
	struct buf b = { 0 };
	uint8_t block[4096];
	char path[64];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "tests/golden/p7b/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	while ((n = fread(block, 1, sizeof block, f)) != 0)
		buf_put(&b, block, n);
	fclose(f);
	return b;
}

static struct buf
load_der(const char *name)
{
	struct buf text = load(name), der = { 0 };

	assert_int_equal(cert_unarmour(&der, buf_bytes(&text)), 0);
	buf_done(&text);
	return der;
}

/* The SHA-1 that `openssl x509 -fingerprint` prints for the root. */
static void
assert_is_root(const struct cert *root)
{
	const uint8_t want[SHA1_SIZE] = { 0x19, 0x18, 0x4f, 0x42, 0xc9, 0x28, 0xea, 0x7f, 0xe2,
		0xbf, 0xb3, 0xfc, 0x09, 0x38, 0xfb, 0x03, 0xaf, 0x1a, 0x36, 0x6c };
	uint8_t digest[SHA1_SIZE];

	assert_non_null(root);
	sha1_of(root->der, digest);
	assert_memory_equal(digest, want, sizeof want);
}

/* ---- chains ------------------------------------------------------------------------ */

static void
the_root_is_found_wherever_it_stands(void **state)
{
	const char *const files[] = { "chain1.p7b", "chain2.p7b", "chain3.p7b", "chain4.p7b" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct buf der = load_der(files[i]);
		struct cert_chain chain;

		assert_int_equal(cert_chain_read(buf_bytes(&der), &chain), 0);
		assert_int_equal(chain.n, i + 1);
		assert_is_root(cert_chain_root(&chain));
		buf_done(&der);
	}
}

static void
a_chain_without_a_root_has_none(void **state)
{
	struct buf der = load_der("noroot.p7b");
	struct cert_chain chain;

	(void)state;
	assert_int_equal(cert_chain_read(buf_bytes(&der), &chain), 0);
	assert_int_equal(chain.n, 2);
	assert_null(cert_chain_root(&chain));
	chain.n = 0;
	assert_null(cert_chain_root(&chain));
	buf_done(&der);
}

/* Two roots: the one that the first certificate leads to. */
static void
of_two_roots_the_issuers_decide(void **state)
{
	const struct cert other = { .subject = span_of("other"), .issuer = span_of("other") };
	const struct cert root = { .subject = span_of("root"), .issuer = span_of("root") };
	const struct cert leaf = { .subject = span_of("leaf"), .issuer = span_of("root") };
	struct cert_chain chain = { .cert = { leaf, other, root }, .n = 3 };

	(void)state;
	assert_ptr_equal(cert_chain_root(&chain), &chain.cert[2]);
}

/* Two certificates that issued each other lead nowhere, and end. */
static void
a_circle_of_issuers_ends(void **state)
{
	const struct cert a = { .subject = span_of("a"), .issuer = span_of("b") };
	const struct cert b = { .subject = span_of("b"), .issuer = span_of("a") };
	struct cert_chain chain = { .cert = { a, b }, .n = 2 };

	(void)state;
	assert_null(cert_chain_root(&chain));
}

static void
a_raw_certificate_is_read(void **state)
{
	struct buf der = load("root.der");
	struct cert cert;

	(void)state;
	assert_int_equal(cert_read(buf_bytes(&der), &cert), 0);
	assert_true(cert_is_root(&cert));
	assert_is_root(&cert);
	buf_u8(&der, 0);
	assert_int_equal(cert_read(buf_bytes(&der), &cert), -EBADMSG);
	buf_done(&der);
}

/* ---- armour ----------------------------------------------------------------------------- */

/* The same bytes with other lines around them and other line ends. */
static struct buf
armoured(struct span der, const char *label, const char *eol, size_t columns)
{
	struct buf base64 = { 0 }, out = { 0 };

	buf_base64(&base64, der);
	if (label != NULL)
		buf_printf(&out, "-----BEGIN %s-----%s", label, eol);
	for (size_t at = 0; at < base64.n; at += columns) {
		size_t left = base64.n - at;

		buf_put(&out, base64.p + at, left < columns ? left : columns);
		buf_text(&out, eol);
	}
	if (label != NULL)
		buf_printf(&out, "-----END %s-----%s", label, eol);
	buf_done(&base64);
	return out;
}

static void
any_armour_will_do(void **state)
{
	const char *const labels[] = { "CERTIFICATE", "PKCS7", "CERTIFICATE CHAIN", NULL };
	const char *const eols[] = { "\r\n", "\n" };
	struct buf der = load_der("chain2.p7b"), got = { 0 };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct buf text =
		    armoured(buf_bytes(&der), labels[i / 2], eols[i % 2], i < 4 ? 64 : 76);

		buf_clear(&got);
		assert_int_equal(cert_unarmour(&got, buf_bytes(&text)), 0);
		assert_true(span_eq(buf_bytes(&got), buf_bytes(&der)));
		buf_done(&text);
	}
	/* No armour at all. */
	buf_clear(&got);
	assert_int_equal(cert_unarmour(&got, buf_bytes(&der)), 0);
	assert_true(span_eq(buf_bytes(&got), buf_bytes(&der)));
	buf_done(&got);
	buf_done(&der);
}

static void
broken_armour_is_refused(void **state)
{
	const char *const bad[] = { "", "\r\n", "-----BEGIN PKCS7",
		"-----BEGIN PKCS7-----\nMIIB", "<html>Not found</html>",
		"-----BEGIN X-----\n-----END X-----\n",
		"-----END X-----\nMIIB\n-----BEGIN X-----\n" };
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		buf_clear(&out);
		assert_int_equal(cert_unarmour(&out, span_of(bad[i])), -EBADMSG);
	}
	buf_done(&out);
}

/* ---- garbage --------------------------------------------------------------------------------
 */

static void
a_file_cut_off_anywhere_is_refused(void **state)
{
	struct buf der = load_der("chain2.p7b");
	struct cert_chain chain;

	(void)state;
	for (size_t n = 0; n < der.n; n++)
		assert_int_equal(
		    cert_chain_read(edge((struct span){ der.p, n }), &chain), -EBADMSG);
	buf_done(&der);
}

static void
a_text_cut_off_anywhere_does_no_harm(void **state)
{
	struct buf text = load("chain3.p7b"), der = { 0 };
	struct cert_chain chain;

	(void)state;
	for (size_t n = 0; n < text.n; n++) {
		buf_clear(&der);
		if (cert_unarmour(&der, (struct span){ text.p, n }) == 0 &&
		    cert_chain_read(buf_bytes(&der), &chain) == 0)
			assert_true(n > text.n - sizeof "-----END PKCS7-----");
	}
	buf_done(&der);
	buf_done(&text);
}

static void
a_changed_byte_does_no_harm(void **state)
{
	struct buf der = load_der("chain4.p7b");
	struct cert_chain chain;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5, 0);
	for (size_t i = 0; i < der.n; i++) {
		uint8_t was = der.p[i];

		der.p[i] = (uint8_t)rng_u32(&rng);
		if (cert_chain_read(edge(buf_bytes(&der)), &chain) == 0)
			(void)cert_chain_root(&chain);
		der.p[i] = was;
	}
	buf_done(&der);
}

static void
more_certificates_than_there_is_room_for_are_refused(void **state)
{
	struct buf root = load("root.der"), certs = { 0 }, file = { 0 };
	const uint8_t head[] = { 2, 1, 1, 0x31, 0, 0x30, 0 };
	const uint8_t oid[] = { 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2 };
	struct cert_chain chain;

	(void)state;
	for (int i = 0; i <= CERT_CHAIN_MAX; i++)
		buf_span(&certs, buf_bytes(&root));
	buf_u8(&file, 0x30);
	buf_u8(&file, 0x82);
	buf_u16(&file, (uint16_t)(certs.n + 4 + sizeof head + 4 + 4 + sizeof oid));
	buf_put(&file, oid, sizeof oid);
	buf_u16(&file, 0xa082);
	buf_u16(&file, (uint16_t)(certs.n + 4 + sizeof head + 4));
	buf_u16(&file, 0x3082);
	buf_u16(&file, (uint16_t)(certs.n + 4 + sizeof head));
	buf_put(&file, head, sizeof head);
	buf_u16(&file, 0xa082);
	buf_u16(&file, (uint16_t)certs.n);
	buf_span(&file, buf_bytes(&certs));
	assert_int_equal(cert_chain_read(buf_bytes(&file), &chain), -EMSGSIZE);
	buf_done(&root);
	buf_done(&certs);
	buf_done(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_is_found_wherever_it_stands),
		cmocka_unit_test(a_chain_without_a_root_has_none),
		cmocka_unit_test(of_two_roots_the_issuers_decide),
		cmocka_unit_test(a_circle_of_issuers_ends),
		cmocka_unit_test(a_raw_certificate_is_read),
		cmocka_unit_test(any_armour_will_do),
		cmocka_unit_test(broken_armour_is_refused),
		cmocka_unit_test(a_file_cut_off_anywhere_is_refused),
		cmocka_unit_test(a_text_cut_off_anywhere_does_no_harm),
		cmocka_unit_test(a_changed_byte_does_no_harm),
		cmocka_unit_test(more_certificates_than_there_is_room_for_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
