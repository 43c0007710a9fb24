/*
 * io_verify.c - what is wrong with a certificate, as the phone sees it: dates by the phone's
 * own clock, the name it asked for, no SHA-2 anywhere in the chain, the root included.
 *
 * mbedTLS has checked signatures and roots; dates it took from this machine's clock, and
 * names it does not check, because a host name set would be sent (SNI).
 */
#include <string.h>
#include <strings.h>

#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>

#include "io_tls.h"

/* Days since 1970 of a date in the Gregorian calendar; March is the first month of its year. */
static int64_t
verify_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* X.509 dates are in UTC. */
static int64_t
verify_seconds(const mbedtls_x509_time *t)
{
	return verify_days(t->year, t->mon, t->day) * 86400 + t->hour * 3600 + t->min * 60 +
	    t->sec;
}

/* Is the name this one, or does its one leading star stand for the first label? */
static bool
verify_name_is(struct span have, const char *want)
{
	const char *dot = strchr(want, '.');

	if (have.n > 2 && have.p[0] == '*' && have.p[1] == '.')
		return dot != NULL && dot != want &&
		    span_is_nocase((struct span){ have.p + 1, have.n - 1 }, dot);
	return span_is_nocase(have, want);
}

static bool
verify_common_name(const mbedtls_x509_name *name, const char *want)
{
	for (; name != NULL; name = name->next)
		if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) == 0 &&
		    verify_name_is((struct span){ name->val.p, name->val.len }, want))
			return true;
	return false;
}

/* Alternative DNS names, if there is one, stand in for the common name. */
static bool
verify_name(const mbedtls_x509_crt *crt, const char *want)
{
	const int dns_name = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_X509_SAN_DNS_NAME;
	bool alternative = false;

	for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san != NULL;
	     san = san->next) {
		if (san->buf.p == NULL || san->buf.tag != dns_name)
			continue;
		alternative = true;
		if (verify_name_is((struct span){ san->buf.p, san->buf.len }, want))
			return true;
	}
	return !alternative && verify_common_name(&crt->subject, want);
}

/* mbedTLS numbers its digests by age; we lean on that order. */
static bool
verify_old_hash(mbedtls_md_type_t md)
{
	return md <= MBEDTLS_MD_SHA1; /* none, MD2, MD4, MD5, SHA-1 */
}

int
io_verify_one(void *arg, struct mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct io_verify *v = arg;

	/* mbedTLS judged the dates by the host's clock: judge them anew. */
	*flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
	if (v->wall_s > verify_seconds(&crt->valid_to))
		*flags |= MBEDTLS_X509_BADCERT_EXPIRED;
	if (v->wall_s < verify_seconds(&crt->valid_from))
		*flags |= MBEDTLS_X509_BADCERT_FUTURE;
	if (!verify_old_hash(crt->sig_md))
		*flags |= MBEDTLS_X509_BADCERT_BAD_MD;
	/* Only the server's own certificate has to carry the name. */
	if (depth == 0 && v->name != NULL && !verify_name(crt, v->name))
		*flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
	v->bad |= *flags;
	return 0;
}

/* What a phone that trusts nobody yet must still refuse comes before "unknown root". */
enum io_flaw
io_verify_flaw(uint32_t bad)
{
	if (bad & MBEDTLS_X509_BADCERT_EXPIRED)
		return TLS_EXPIRED;
	if (bad & MBEDTLS_X509_BADCERT_FUTURE)
		return TLS_EARLY;
	if (bad & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		return TLS_NAME;
	if (bad & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		return TLS_NO_ROOT;
	if (bad & MBEDTLS_X509_BADCERT_BAD_MD)
		return TLS_SHA2;
	return bad != 0 ? TLS_OTHER : TLS_OK;
}
