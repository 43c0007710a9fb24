/* pool_cert.h - what a server's certificate is inside; only pool_ca.c and pool_cert_read.c
 * include it. */
#ifndef POOL_CERT_H
#define POOL_CERT_H
#include <gnutls/gnutls.h>

/* PEM texts that end with a NUL; GnuTLS's memory. */
struct pool_cert {
	gnutls_datum_t pem, key;
};

#endif
