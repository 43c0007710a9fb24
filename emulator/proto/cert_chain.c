/* cert_chain.c - see cert_chain.h.  The armour, then the ASN.1 by mbedTLS' calls. */
#include "cert_chain.h"

#include <errno.h>
#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>
#include <string.h>

#include "text.h"

#define OID_SIGNED_DATA MBEDTLS_OID_PKCS "\x07\x02"

enum {
	ASN1_SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
	ASN1_SET = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET,
	ASN1_CONTEXT_0 = MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED
};

/* The next element, of this tag: its content is cut off rest.  0 or -EBADMSG. */
static int
asn1_take(struct span *rest, int tag, struct span *content)
{
	unsigned char *p = (unsigned char *)(uintptr_t)rest->p;
	const unsigned char *end = rest->p + rest->n;
	size_t n;

	if (rest->n == 0 || mbedtls_asn1_get_tag(&p, end, &n, tag) != 0)
		return -EBADMSG;
	*content = (struct span){ p, n };
	*rest = (struct span){ p + n, (size_t)(end - (p + n)) };
	return 0;
}

/* As asn1_take(), but the element as a whole, with tag and length. */
static int
asn1_take_whole(struct span *rest, int tag, struct span *element)
{
	struct span from = *rest, content;
	int err = asn1_take(rest, tag, &content);

	if (err == 0)
		*element = (struct span){ from.p, from.n - rest->n };
	return err;
}

/* ---- armour --------------------------------------------------------------- */

/* What follows this place. */
static struct span
cert_after(struct span all, const char *p)
{
	size_t skip = (size_t)((const uint8_t *)p - all.p);

	return (struct span){ all.p + skip, all.n - skip };
}

/* What stands between the first BEGIN line and the END line behind it; all, if there is no
 * BEGIN line.  0 or -EBADMSG. */
static int
cert_between(struct span file, struct span *out)
{
	const char *begin = memmem(file.p, file.n, "-----BEGIN ", 11), *end, *line;
	struct span rest;

	*out = file;
	if (begin == NULL)
		return 0;
	rest = cert_after(file, begin + 11);
	line = memmem(rest.p, rest.n, "-----", 5);
	if (line == NULL)
		return -EBADMSG;
	rest = cert_after(rest, line + 5);
	end = memmem(rest.p, rest.n, "-----END ", 9);
	if (end == NULL)
		return -EBADMSG;
	*out = (struct span){ rest.p, (size_t)((const uint8_t *)end - rest.p) };
	return 0;
}

int
cert_unarmour(struct buf *der_out, struct span file)
{
	struct span body;
	int err;

	if (file.n == 0)
		return -EBADMSG;
	if (file.p[0] == ASN1_SEQUENCE) {
		/* '0' begins base64 of nothing that is a SEQUENCE ("MI..."), so this is DER. */
		buf_span(der_out, file);
		return der_out->err;
	}
	err = cert_between(file, &body);
	if (err == 0)
		err = text_unbase64(der_out, body);
	if (err == 0 && der_out->n == 0)
		err = -EBADMSG;
	return err;
}

/* ---- certificates ------------------------------------------------------------ */

/* TBSCertificate: version [0] OPTIONAL, serial, signature, issuer, validity, subject. */
int
cert_read(struct span der, struct cert *out)
{
	struct span outer, tbs, skipped, rest = der;
	struct cert c = { .der = der };

	if (asn1_take(&rest, ASN1_SEQUENCE, &outer) != 0 || rest.n != 0 ||
	    asn1_take(&outer, ASN1_SEQUENCE, &tbs) != 0)
		return -EBADMSG;
	/* Version 1 is not written down. */
	(void)asn1_take(&tbs, ASN1_CONTEXT_0, &skipped);
	if (asn1_take(&tbs, MBEDTLS_ASN1_INTEGER, &skipped) != 0 ||
	    asn1_take(&tbs, ASN1_SEQUENCE, &skipped) != 0 ||
	    asn1_take_whole(&tbs, ASN1_SEQUENCE, &c.issuer) != 0 ||
	    asn1_take(&tbs, ASN1_SEQUENCE, &skipped) != 0 ||
	    asn1_take_whole(&tbs, ASN1_SEQUENCE, &c.subject) != 0)
		return -EBADMSG;
	*out = c;
	return 0;
}

/* ContentInfo { signedData, [0] SignedData { version, digests SET, contentInfo, certificates
 * [0], ... } }: its certificates. */
static int
cert_signed_data(struct span der, struct span *certs_out)
{
	struct span info, oid, explicit, data, skipped;

	if (asn1_take(&der, ASN1_SEQUENCE, &info) != 0 ||
	    asn1_take(&info, MBEDTLS_ASN1_OID, &oid) != 0 ||
	    !span_eq(oid, span_of(OID_SIGNED_DATA)))
		return -EBADMSG;
	if (asn1_take(&info, ASN1_CONTEXT_0, &explicit) != 0 ||
	    asn1_take(&explicit, ASN1_SEQUENCE, &data) != 0)
		return -EBADMSG;
	if (asn1_take(&data, MBEDTLS_ASN1_INTEGER, &skipped) != 0 ||
	    asn1_take(&data, ASN1_SET, &skipped) != 0 ||
	    asn1_take(&data, ASN1_SEQUENCE, &skipped) != 0)
		return -EBADMSG;
	return asn1_take(&data, ASN1_CONTEXT_0, certs_out);
}

int
cert_chain_read(struct span der, struct cert_chain *out)
{
	struct span certs, one;
	struct cert_chain chain = { .n = 0 };
	int err = cert_signed_data(der, &certs);

	/* A SET has no order: who issued whom is found out later. */
	while (err == 0 && certs.n != 0) {
		if (chain.n == CERT_CHAIN_MAX)
			return -EMSGSIZE;
		err = asn1_take_whole(&certs, ASN1_SEQUENCE, &one);
		if (err == 0)
			err = cert_read(one, &chain.cert[chain.n++]);
	}
	if (err == 0)
		*out = chain;
	return err;
}

bool
cert_is_root(const struct cert *c)
{
	return span_eq(c->issuer, c->subject);
}

/* By name, compared byte by byte: enough inside one file of one CA. */
static const struct cert *
cert_issuer_of(const struct cert_chain *chain, const struct cert *c)
{
	for (size_t i = 0; i < chain->n; i++) {
		if (span_eq(chain->cert[i].subject, c->issuer))
			return &chain->cert[i];
	}
	return NULL;
}

const struct cert *
cert_chain_root(const struct cert_chain *chain)
{
	const struct cert *c = chain->n != 0 ? &chain->cert[0] : NULL;

	/* No chain is longer than what there is; two that issued each other end it too. */
	for (size_t i = 0; c != NULL && i < chain->n; i++) {
		if (cert_is_root(c))
			return c;
		c = cert_issuer_of(chain, c);
	}
	for (size_t i = 0; i < chain->n; i++) {
		if (cert_is_root(&chain->cert[i]))
			return &chain->cert[i];
	}
	return NULL;
}
