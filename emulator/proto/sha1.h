/* sha1.h - SHA-1 (RFC 3174), for names that are made with it: instance ids, the root's
 * fingerprint.  Not for security. */
#ifndef PROTO_SHA1_H
#define PROTO_SHA1_H
#include <stddef.h>
#include <stdint.h>

#include "span.h"

enum { SHA1_SIZE = 20 };

struct sha1 {
	uint32_t h[5];
	uint64_t n; /* bytes so far */
	uint8_t block[64];
};

/* Begin; feed bytes, in any pieces; end: the digest.  Afterwards it must be begun again. */
void sha1_init(struct sha1 *);
void sha1_put(struct sha1 *, struct span);
void sha1_done(struct sha1 *, uint8_t out[SHA1_SIZE]);

/* All at once. */
void sha1_of(struct span, uint8_t out[SHA1_SIZE]);

#endif
