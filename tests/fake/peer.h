/*
 * peer.h - a server for tests of io/, on threads that block: TCP, or TLS 1.0 by GnuTLS, a stack
 * that is not ours.  It echoes, or answers HTTP when what comes is a request.
 *
 * Words it knows: "bye" it closes in order, "reset" it resets, "flood" it sends 4 MB, "again"
 * (TLS) it sends a HelloRequest and "and on".
 * Paths: /who (number of the connection), /echo (the request as it came), /n/SIZE (that many
 * bytes, byte i is i mod 251), /chunked, /continue (100 first), /cut (less than promised),
 * /close (Connection: close), /401, /204, /304 (with a length), /1.0 (no length, until the
 * end), /1.0/reset (that end is a reset), /more (than promised), /more/long (so that
 * promise and rest are not read at once), /folded (a header on two lines), /half (ends within
 * the headers), /flood (headers without end).
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "span.h"

struct peer;

struct peer_cert { /* what the server shows */
	const char *common_name;
	const char *dns_name; /* NULL: no alternative name */
	bool sha2;            /* the certificate; sha2_root: the root's own signature */
	bool sha2_root;
	time_t from, to; /* 0: yesterday, tomorrow */
	time_t root_to;  /* the root's; 0: tomorrow */
};

struct peer_seen {
	atomic_int connections, orderly, resets, handshakes, alert, bytes;
};

/* It listens on 127.0.0.1 when this returns.  cert NULL: no TLS. */
struct peer *peer_new(const struct peer_cert *cert, uint16_t *port_out);
void peer_free(struct peer *);
/* Make the keys of all peers now, for tests that are going to be forked. */
void peer_keys(void);
const struct peer_seen *peer_seen(struct peer *);
/* The root its certificate hangs from, DER. */
struct span peer_root(const struct peer *);

/* Wait (for the condition, not for a time) until one of the counters is at least so. */
void peer_wait(struct peer *, const atomic_int *, int at_least);

#endif
