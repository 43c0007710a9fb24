/* trust.h - what a phone does with the certificates it was given: it trusts the root. */
#ifndef TALK_TRUST_H
#define TALK_TRUST_H
#include "io.h"
#include "sha1.h"

enum { TRUST_HEX_MAX = 2 * SHA1_SIZE + 1 };

struct trusted {
	size_t n_certs;           /* in the file */
	char sha1[TRUST_HEX_MAX]; /* of the root: lower-case hexadecimal */
};

/*
 * The file of a CA's web server: PKCS#7, base64 in any armour.  Its root is trusted from now
 * on. 0; -EBADMSG it cannot be read; -EMSGSIZE too many certificates; -ENOENT no root in it; or
 * io's error.
 */
int trust_chain(struct io *, struct span file, struct trusted *out);

/* One certificate of a directory (DER), trusted whatever it is: the administrator put it there.
 * 0, -EBADMSG or io's error. */
int trust_certificate(struct io *, struct span der, struct trusted *out);

#endif
