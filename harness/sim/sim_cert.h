/*
 * sim_cert.h - certificates as bytes: X.509 version 3 and a chain of them as PKCS#7, in right
 * DER, as an enterprise CA of 2008 writes them.  Public key and signature are filler: in the
 * simulated world what counts of a server's certificate are the facts of sim_tls.h; but its
 * root travels through directory, web pages and trust stores as these bytes.
 *
 * RFC 5280, RFC 2315.
 */
#ifndef SIM_SIM_CERT_H
#define SIM_SIM_CERT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

struct sim_x509 {
	const char *common_name;
	const char *domain; /* "contoso.com": DC=com, DC=contoso before the CN; NULL: none */
	const char *issuer; /* of the same domain; NULL: it is a root, its own issuer */
	const char *issuer_domain;
	const char *const *dns_names; /* alternative names, ends with NULL; NULL: none */
	int64_t from_s, to_s;         /* since 1970 */
	bool sha2;                    /* SHA-256 with RSA, else SHA-1 */
	uint64_t seed;                /* of serial number, key and signature */
};

/* Append the certificate.  0 or -ENOMEM. */
int sim_x509_write(const struct sim_x509 *, struct buf *der_out);

/* Append a certs-only SignedData.  0 or -ENOMEM. */
int sim_p7b_write(const struct span *certs, size_t n, struct buf *der_out);

#endif
