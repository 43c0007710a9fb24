/* pool_ca.c - see pool_ca.h.  X.509 by GnuTLS; the names are an enterprise CA's on a DC. */
#include "pool_ca.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/pkcs7.h>
#include <gnutls/x509.h>
#include <string.h>

#include "mem.h"
#include "pool_cert.h"
#include "rng.h"

enum {
	CA_KEY_BITS = 2048,
	CA_KEY_SEED = 28, /* bytes; FIPS 186-4 wants so many for this length */
	CA_DAY_S = 86400,
	CA_YEAR_S = 365 * CA_DAY_S,
	CA_YEARS = 10,
	CA_ID_MAX = 64,
	CA_SERIAL = 10
};

struct pool_ca {
	gnutls_x509_privkey_t root_key, key;
	gnutls_x509_crt_t root;
	gnutls_datum_t root_der, root_pem, chain;
	int64_t now_s;
	bool sha2;
};

/* GnuTLS's error as an errno. */
static int
ca_errno(int rc)
{
	if (rc >= 0)
		return 0;
	return rc == GNUTLS_E_MEMORY_ERROR ? -ENOMEM : -EINVAL;
}

/* A key of pure chance: the servers', and the root's without a seed. */
static int
ca_key(gnutls_x509_privkey_t *out)
{
	int rc = gnutls_x509_privkey_init(out);

	return rc < 0 ? rc : gnutls_x509_privkey_generate(*out, GNUTLS_PK_RSA, CA_KEY_BITS, 0);
}

/* Bytes that are chance, or follow from the seed. */
static int
ca_bytes(struct rng *seeded, uint8_t *out, size_t n)
{
	if (seeded == NULL)
		return gnutls_rnd(GNUTLS_RND_KEY, out, n);
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)rng_u64(seeded);
	return 0;
}

/* From a seed only by way of a provable key (FIPS 186-4). */
static int
ca_root_key(struct rng *seeded, gnutls_x509_privkey_t *out)
{
	uint8_t seed[CA_KEY_SEED];
	gnutls_keygen_data_st from = { GNUTLS_KEYGEN_SEED, seed, sizeof seed };
	int rc;

	if (seeded == NULL)
		return ca_key(out);
	if ((rc = gnutls_x509_privkey_init(out)) < 0 ||
	    (rc = ca_bytes(seeded, seed, sizeof seed)) < 0)
		return rc;
	return gnutls_x509_privkey_generate2(
	    *out, GNUTLS_PK_RSA, CA_KEY_BITS, GNUTLS_PRIVKEY_FLAG_PROVABLE, &from, 1);
}

static gnutls_digest_algorithm_t
ca_digest(bool sha2)
{
	return sha2 ? GNUTLS_DIG_SHA256 : GNUTLS_DIG_SHA1;
}

struct ca_life {
	int64_t from_s, to_s;
};

/* What root and servers have in common: version, serial, dates, key, subject key id. */
static int
ca_begin(
    gnutls_x509_privkey_t key, struct ca_life life, struct rng *seeded, gnutls_x509_crt_t crt)
{
	unsigned char serial[CA_SERIAL], id[CA_ID_MAX];
	size_t id_n = sizeof id;
	int rc = ca_bytes(seeded, serial, sizeof serial);

	if (rc < 0)
		return rc;
	serial[0] = (serial[0] & 0x3f) | 0x40; /* positive and never short */
	if ((rc = gnutls_x509_crt_set_version(crt, 3)) < 0 ||
	    (rc = gnutls_x509_crt_set_serial(crt, serial, sizeof serial)) < 0 ||
	    (rc = gnutls_x509_crt_set_activation_time(crt, (time_t)life.from_s)) < 0 ||
	    (rc = gnutls_x509_crt_set_expiration_time(crt, (time_t)life.to_s)) < 0 ||
	    (rc = gnutls_x509_crt_set_key(crt, key)) < 0 ||
	    (rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, id, &id_n)) < 0)
		return rc;
	return gnutls_x509_crt_set_subject_key_id(crt, id, id_n);
}

/* A seeded root is the same all year. */
static struct ca_life
ca_root_life(const struct pool_ca *ca, const struct rng *seeded)
{
	int64_t from = ca->now_s - (seeded != NULL ? ca->now_s % CA_YEAR_S : 0) - CA_DAY_S;

	return (struct ca_life){ from, from + (int64_t)CA_YEARS * CA_YEAR_S };
}

static int
ca_make_root(struct pool_ca *ca, const char *common_name, struct rng *seeded)
{
	int rc = gnutls_x509_crt_init(&ca->root);

	if (rc < 0 ||
	    (rc = ca_begin(ca->root_key, ca_root_life(ca, seeded), seeded, ca->root)) < 0 ||
	    (rc = gnutls_x509_crt_set_dn_by_oid(ca->root, GNUTLS_OID_LDAP_DC, 0, "com", 3)) <
		0 ||
	    (rc = gnutls_x509_crt_set_dn_by_oid(
		 ca->root, GNUTLS_OID_LDAP_DC, 0, "contoso", 7)) < 0 ||
	    (rc = gnutls_x509_crt_set_dn_by_oid(ca->root, GNUTLS_OID_X520_COMMON_NAME, 0,
		 common_name, (unsigned)strlen(common_name))) < 0 ||
	    (rc = gnutls_x509_crt_set_basic_constraints(ca->root, 1, -1)) < 0 ||
	    (rc = gnutls_x509_crt_set_key_usage(ca->root,
		 GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN |
		     GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
	    (rc = gnutls_x509_crt_sign2(
		 ca->root, ca->root, ca->root_key, ca_digest(ca->sha2), 0)) < 0)
		return rc;
	rc = gnutls_x509_crt_export2(ca->root, GNUTLS_X509_FMT_DER, &ca->root_der);
	return rc < 0 ? rc
		      : gnutls_x509_crt_export2(ca->root, GNUTLS_X509_FMT_PEM, &ca->root_pem);
}

/* What certsrv hands out: SignedData without a signer, holding the root. */
static int
ca_make_chain(struct pool_ca *ca)
{
	gnutls_pkcs7_t p7;
	int rc = gnutls_pkcs7_init(&p7);

	if (rc < 0)
		return rc;
	rc = gnutls_pkcs7_set_crt(p7, ca->root);
	if (rc >= 0)
		rc = gnutls_pkcs7_export2(p7, GNUTLS_X509_FMT_DER, &ca->chain);
	gnutls_pkcs7_deinit(p7);
	return rc;
}

int
pool_ca_new(
    const char *common_name, int64_t now_s, uint64_t seed, bool sha2, struct pool_ca **out)
{
	struct pool_ca *ca = mem_new(sizeof *ca);
	struct rng rng, *seeded = seed != 0 ? &rng : NULL;
	int rc;

	if (ca == NULL)
		return -ENOMEM;
	ca->now_s = now_s;
	ca->sha2 = sha2;
	rng_seed(&rng, seed, 0);
	if ((rc = ca_root_key(seeded, &ca->root_key)) < 0 || (rc = ca_key(&ca->key)) < 0 ||
	    (rc = ca_make_root(ca, common_name, seeded)) < 0 || (rc = ca_make_chain(ca)) < 0) {
		pool_ca_free(ca);
		return ca_errno(rc);
	}
	*out = ca;
	return 0;
}

void
pool_ca_free(struct pool_ca *ca)
{
	if (ca == NULL)
		return;
	gnutls_free(ca->chain.data);
	gnutls_free(ca->root_pem.data);
	gnutls_free(ca->root_der.data);
	if (ca->root != NULL)
		gnutls_x509_crt_deinit(ca->root);
	if (ca->key != NULL)
		gnutls_x509_privkey_deinit(ca->key);
	if (ca->root_key != NULL)
		gnutls_x509_privkey_deinit(ca->root_key);
	mem_free(ca);
}

struct span
pool_ca_root(const struct pool_ca *ca)
{
	return (struct span){ ca->root_der.data, ca->root_der.size };
}

struct span
pool_ca_chain(const struct pool_ca *ca)
{
	return (struct span){ ca->chain.data, ca->chain.size };
}

const char *
pool_ca_root_pem(const struct pool_ca *ca)
{
	return (const char *)ca->root_pem.data;
}

/* Names go into the subject and into the alternative names; clients look at either. */
static int
ca_name_it(gnutls_x509_crt_t crt, const char *const names[])
{
	int rc = gnutls_x509_crt_set_dn_by_oid(
	    crt, GNUTLS_OID_X520_COMMON_NAME, 0, names[0], (unsigned)strlen(names[0]));

	for (size_t i = 0; rc >= 0 && names[i] != NULL; i++)
		rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, names[i],
		    (unsigned)strlen(names[i]), GNUTLS_FSAN_APPEND);
	return rc;
}

/* Two years from yesterday on; or over since yesterday, or from tomorrow on. */
static struct ca_life
ca_life(const struct pool_ca *ca, enum servers_certificate flaw)
{
	struct ca_life life = { ca->now_s - CA_DAY_S, ca->now_s + (int64_t)2 * CA_YEAR_S };

	if (flaw == CERTIFICATE_EXPIRED)
		life = (struct ca_life){ ca->now_s - (int64_t)2 * CA_YEAR_S,
			ca->now_s - CA_DAY_S };
	if (flaw == CERTIFICATE_EARLY)
		life.from_s = ca->now_s + CA_DAY_S;
	return life;
}

static int
ca_make_server(struct pool_ca *ca, const char *const names[], enum servers_certificate flaw,
    gnutls_x509_crt_t crt)
{
	static const char *const elsewhere[] = { "elsewhere.contoso.com", NULL };
	unsigned char id[CA_ID_MAX];
	size_t id_n = sizeof id;
	int rc = ca_begin(ca->key, ca_life(ca, flaw), NULL, crt);

	if (rc < 0 ||
	    (rc = ca_name_it(crt, flaw == CERTIFICATE_WRONG_NAME ? elsewhere : names)) < 0 ||
	    (rc = gnutls_x509_crt_get_subject_key_id(ca->root, id, &id_n, NULL)) < 0 ||
	    (rc = gnutls_x509_crt_set_authority_key_id(crt, id, id_n)) < 0 ||
	    (rc = gnutls_x509_crt_set_key_usage(
		 crt, GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_ENCIPHERMENT)) < 0 ||
	    (rc = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0)
		return rc;
	return gnutls_x509_crt_sign2(
	    crt, ca->root, ca->root_key, ca_digest(ca->sha2 || flaw == CERTIFICATE_SHA2), 0);
}

int
pool_ca_issue(struct pool_ca *ca, const char *const names[], enum servers_certificate flaw,
    struct pool_cert **out)
{
	struct pool_cert *cert = mem_new(sizeof *cert);
	gnutls_x509_crt_t crt = NULL;
	int rc;

	if (cert == NULL)
		return -ENOMEM;
	if ((rc = gnutls_x509_crt_init(&crt)) >= 0 &&
	    (rc = ca_make_server(ca, names, flaw, crt)) >= 0 &&
	    (rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &cert->pem)) >= 0)
		rc = gnutls_x509_privkey_export2(ca->key, GNUTLS_X509_FMT_PEM, &cert->key);
	if (crt != NULL)
		gnutls_x509_crt_deinit(crt);
	if (rc < 0) {
		pool_cert_free(cert);
		return ca_errno(rc);
	}
	*out = cert;
	return 0;
}

void
pool_cert_free(struct pool_cert *cert)
{
	if (cert == NULL)
		return;
	gnutls_free(cert->pem.data);
	if (cert->key.data != NULL)
		mem_wipe(cert->key.data, cert->key.size);
	gnutls_free(cert->key.data);
	mem_free(cert);
}

const char *
pool_cert_pem(const struct pool_cert *cert)
{
	return (const char *)cert->pem.data;
}

const char *
pool_cert_key_pem(const struct pool_cert *cert)
{
	return (const char *)cert->key.data;
}
