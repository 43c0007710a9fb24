/* io_tls_priv.h - the world's part of TLS, for io_tls_world.c, io_tls.c and io_roots.c. */
#ifndef IO_IO_TLS_PRIV_H
#define IO_IO_TLS_PRIV_H
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>

#include "io_tls.h"

struct io_tls_conf { /* one per habit */
	mbedtls_ssl_config ssl;
	int *suites; /* those that mbedTLS can offer, 0 at the end */
};

struct io_tls_world {
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context drbg;
	struct io_tls_conf *conf;
	size_t n_conf;
	int keylog; /* -1: none */
	struct io_roots *roots;
};

#endif
