/* sim_cert.c - see sim_cert.h. */
#include "sim_cert.h"

#include <string.h>

#include "rng.h"
#include "sim_der.h"

enum { SERIAL_BYTES = 10, KEY_BYTES = 256, KEY_ID_BYTES = 20, KEY_EXPONENT = 65537 };

/* Object identifiers, as their contents. */
#define OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_SHA1_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"
#define OID_SHA256_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
#define OID_DATA "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define OID_SIGNED_DATA "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_DC "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"
#define OID_CN "\x55\x04\x03"
#define OID_SUBJECT_KEY "\x55\x1d\x0e"
#define OID_KEY_USAGE "\x55\x1d\x0f"
#define OID_ALT_NAME "\x55\x1d\x11"
#define OID_CONSTRAINTS "\x55\x1d\x13"
#define OID_AUTHORITY_KEY "\x55\x1d\x23"
#define OID_EXT_USAGE "\x55\x1d\x25"
#define OID_SERVER_AUTH "\x2b\x06\x01\x05\x05\x07\x03\x01"

/* Bits of KeyUsage behind the count of unused ones. */
#define USAGE_CA "\x01\x86"     /* digitalSignature, keyCertSign, cRLSign */
#define USAGE_SERVER "\x05\xa0" /* digitalSignature, keyEncipherment */

/* Bytes that follow from the seed and what they are for, or from a name. */
static void
filler(const struct sim_x509 *x, uint64_t what, uint8_t *out, size_t n)
{
	struct rng rng;

	rng_seed(&rng, x->seed, what);
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)rng_u64(&rng);
}

/* The same name has the same key: so the parts of a chain name each other's. */
static void
key_id(const char *name, uint8_t out[KEY_ID_BYTES])
{
	struct rng rng;
	uint64_t h = 0xcbf29ce484222325u;

	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 0x100000001b3u;
	rng_seed(&rng, h, 0);
	for (size_t i = 0; i < KEY_ID_BYTES; i++)
		out[i] = (uint8_t)rng_u64(&rng);
}

/* ---- parts ---------------------------------------------------------------------- */

static void
write_algorithm(struct der *d, const char *oid)
{
	der_open(d, DER_SEQUENCE);
	der_text(d, DER_OID, oid);
	der_text(d, DER_NULL, "");
	der_close(d);
}

/* One relative name of one attribute. */
static void
write_rdn(struct der *d, const char *oid, enum der_tag tag, struct span value)
{
	der_open(d, DER_SET);
	der_open(d, DER_SEQUENCE);
	der_text(d, DER_OID, oid);
	der_put(d, tag, value);
	der_close(d);
	der_close(d);
}

/* DC=com, DC=contoso: from the last label to the first. */
static void
write_domain(struct der *d, const char *domain)
{
	size_t end = strlen(domain);

	for (size_t at = end; at > 0; at--) {
		if (domain[at - 1] != '.')
			continue;
		write_rdn(d, OID_DC, DER_IA5,
		    (struct span){ (const uint8_t *)domain + at, end - at });
		end = at - 1;
	}
	write_rdn(d, OID_DC, DER_IA5, (struct span){ (const uint8_t *)domain, end });
}

static void
write_name(struct der *d, const char *domain, const char *common_name)
{
	der_open(d, DER_SEQUENCE);
	if (domain != NULL)
		write_domain(d, domain);
	write_rdn(d, OID_CN, DER_PRINTABLE, span_of(common_name));
	der_close(d);
}

/* A modulus of full length and odd, and the usual exponent; of nobody's key. */
static void
write_key(struct der *d, const struct sim_x509 *x)
{
	uint8_t modulus[1 + KEY_BYTES] = { 0 };

	filler(x, 1, modulus + 1, KEY_BYTES);
	modulus[1] |= 0x80;
	modulus[KEY_BYTES] |= 1;
	der_open(d, DER_SEQUENCE);
	write_algorithm(d, OID_RSA);
	der_open(d, DER_BIT_STRING);
	buf_u8(d->out, 0);
	der_open(d, DER_SEQUENCE);
	der_put(d, DER_INTEGER, (struct span){ modulus, sizeof modulus });
	der_number(d, KEY_EXPONENT);
	der_close(d);
	der_close(d);
	der_close(d);
}

/* ---- extensions -------------------------------------------------------------------- */

static void
extension_open(struct der *d, const char *oid, bool critical)
{
	der_open(d, DER_SEQUENCE);
	der_text(d, DER_OID, oid);
	if (critical)
		der_put(d, DER_BOOLEAN, (struct span){ (const uint8_t *)"\xff", 1 });
	der_open(d, DER_OCTETS);
}

static void
extension_close(struct der *d)
{
	der_close(d);
	der_close(d);
}

static void
write_constraints(struct der *d)
{
	extension_open(d, OID_CONSTRAINTS, true);
	der_open(d, DER_SEQUENCE);
	der_put(d, DER_BOOLEAN, (struct span){ (const uint8_t *)"\xff", 1 });
	der_close(d);
	extension_close(d);
}

static void
write_usage(struct der *d, const char *usage)
{
	extension_open(d, OID_KEY_USAGE, true);
	der_text(d, DER_BIT_STRING, usage);
	extension_close(d);
}

static void
write_key_ids(struct der *d, const struct sim_x509 *x)
{
	uint8_t id[KEY_ID_BYTES];

	key_id(x->common_name, id);
	extension_open(d, OID_SUBJECT_KEY, false);
	der_put(d, DER_OCTETS, (struct span){ id, sizeof id });
	extension_close(d);
	if (x->issuer == NULL)
		return;
	key_id(x->issuer, id);
	extension_open(d, OID_AUTHORITY_KEY, false);
	der_open(d, DER_SEQUENCE);
	der_put(d, DER_KEY_ID, (struct span){ id, sizeof id });
	der_close(d);
	extension_close(d);
}

/* What it is called, and that it is a server's. */
static void
write_server(struct der *d, const struct sim_x509 *x)
{
	extension_open(d, OID_EXT_USAGE, false);
	der_open(d, DER_SEQUENCE);
	der_text(d, DER_OID, OID_SERVER_AUTH);
	der_close(d);
	extension_close(d);
	if (x->dns_names == NULL || x->dns_names[0] == NULL)
		return;
	extension_open(d, OID_ALT_NAME, false);
	der_open(d, DER_SEQUENCE);
	for (size_t i = 0; x->dns_names[i] != NULL; i++)
		der_text(d, DER_NAME_DNS, x->dns_names[i]);
	der_close(d);
	extension_close(d);
}

static void
write_extensions(struct der *d, const struct sim_x509 *x)
{
	der_open(d, DER_3);
	der_open(d, DER_SEQUENCE);
	if (x->issuer == NULL)
		write_constraints(d);
	write_usage(d, x->issuer == NULL ? USAGE_CA : USAGE_SERVER);
	write_key_ids(d, x);
	if (x->issuer != NULL)
		write_server(d, x);
	der_close(d);
	der_close(d);
}

/* ---- the whole ------------------------------------------------------------------------ */

/* TBSCertificate, RFC 5280 4.1. */
static void
write_tbs(struct der *d, const struct sim_x509 *x, const char *algorithm)
{
	uint8_t serial[SERIAL_BYTES];

	/* Positive and never short. */
	filler(x, 0, serial, sizeof serial);
	serial[0] = (serial[0] & 0x3f) | 0x40;
	der_open(d, DER_SEQUENCE);
	der_open(d, DER_0);
	der_number(d, 2);
	der_close(d);
	der_put(d, DER_INTEGER, (struct span){ serial, sizeof serial });
	write_algorithm(d, algorithm);
	if (x->issuer != NULL)
		write_name(d, x->issuer_domain, x->issuer);
	else
		write_name(d, x->domain, x->common_name);
	der_open(d, DER_SEQUENCE);
	der_time(d, x->from_s);
	der_time(d, x->to_s);
	der_close(d);
	write_name(d, x->domain, x->common_name);
	write_key(d, x);
	write_extensions(d, x);
	der_close(d);
}

int
sim_x509_write(const struct sim_x509 *x, struct buf *der_out)
{
	const char *algorithm = x->sha2 ? OID_SHA256_RSA : OID_SHA1_RSA;
	struct der d = { .out = der_out };
	uint8_t signature[KEY_BYTES];

	filler(x, 2, signature, sizeof signature);
	der_open(&d, DER_SEQUENCE);
	write_tbs(&d, x, algorithm);
	write_algorithm(&d, algorithm);
	der_open(&d, DER_BIT_STRING);
	buf_u8(der_out, 0);
	buf_put(der_out, signature, sizeof signature);
	der_close(&d);
	der_close(&d);
	return der_out->err;
}

/* ContentInfo { SignedData { 1, {}, data, [0] certificates, {} } }: nobody signs. */
int
sim_p7b_write(const struct span *certs, size_t n, struct buf *der_out)
{
	struct der d = { .out = der_out };

	der_open(&d, DER_SEQUENCE);
	der_text(&d, DER_OID, OID_SIGNED_DATA);
	der_open(&d, DER_0);
	der_open(&d, DER_SEQUENCE);
	der_number(&d, 1);
	der_text(&d, DER_SET, "");
	der_open(&d, DER_SEQUENCE);
	der_text(&d, DER_OID, OID_DATA);
	der_close(&d);
	der_open(&d, DER_0);
	for (size_t i = 0; i < n; i++)
		buf_span(der_out, certs[i]);
	der_close(&d);
	der_text(&d, DER_SET, "");
	der_close(&d);
	der_close(&d);
	der_close(&d);
	return der_out->err;
}
