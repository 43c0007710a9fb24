/*
 * link.h - one accepted connection's bytes, plain or through TLS 1.0 by GnuTLS,
 * behind the same few non-blocking calls.
 */
#ifndef POOL_LINK_H
#define POOL_LINK_H
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pool_ca.h"

/* What a phone of 2007 can speak, and what everybody else does. */
#define LINK_PRIORITY "NORMAL:+VERS-TLS1.0:+3DES-CBC:+ARCFOUR-128:+MD5:+SHA1:+RSA:%COMPAT"

struct link_tls; /* certificate and suites of a TLS server */

/* 0 or -errno. */
int link_tls_new(const struct pool_cert *, struct link_tls **out);
void link_tls_free(struct link_tls *); /* NULL is fine; its links must be closed */

struct link {
	int fd;
	gnutls_session_t tls; /* NULL: plain */
	bool up;              /* the handshake is done */
	bool stalled;         /* a record waits inside GnuTLS for room to go out */
};

/* Take the descriptor; tls NULL = plain.  0, or -ENOMEM and it stays the caller's. */
int link_open(struct link *, int fd_take, const struct link_tls *tls);

/* TLS handshake, as far as it goes: 0 done, -EAGAIN not yet, -EPROTO failed. */
int link_greet(struct link *);

/* Does it wait for room to write, rather than for something to read? */
bool link_wants_write(const struct link *);

/* Bytes read, 0 = the other side has finished, -EAGAIN, or -errno. */
ssize_t link_read(struct link *, void *p, size_t n);

/* Bytes taken (after -EAGAIN the same bytes must come first again), or -errno. */
ssize_t link_write(struct link *, const void *p, size_t n);

/* Say goodbye as far as that goes at once, and close. */
void link_close(struct link *);

#endif
