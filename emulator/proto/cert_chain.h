/*
 * cert_chain.h - certificates as a CA hands them out: a PKCS#7 file in any armour,
 * a directory's raw cACertificate.  RFC 2315 section 9, RFC 5280 section 4.1, RFC 7468.
 *
 * Only what is needed to find the root; whether signatures, names and dates are right
 * is judged by TLS.
 */
#ifndef PROTO_CERT_CHAIN_H
#define PROTO_CERT_CHAIN_H
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "span.h"

enum { CERT_CHAIN_MAX = 16 };

struct cert {
	struct span der;             /* the whole certificate */
	struct span issuer, subject; /* Names, as DER */
};

struct cert_chain {
	struct cert cert[CERT_CHAIN_MAX];
	size_t n;
};

/*
 * Append the bytes that a text file stands for: base64 between BEGIN and END lines
 * of any label (the first block), or without such lines; DER is taken as it is.
 * 0, -EBADMSG or the buffer's error.
 */
int cert_unarmour(struct buf *der_out, struct span file);

/* Read one certificate; spans point into der.  0 or -EBADMSG (also if bytes follow it). */
int cert_read(struct span der, struct cert *out);

/* Read the certificates of a SignedData.  0; -EBADMSG; -EMSGSIZE more than CERT_CHAIN_MAX. */
int cert_chain_read(struct span der, struct cert_chain *out);

/* Did it issue itself?  (By name.) */
bool cert_is_root(const struct cert *);

/* The root: where the issuers lead to from the first certificate, else any; or NULL. */
const struct cert *cert_chain_root(const struct cert_chain *);

#endif
