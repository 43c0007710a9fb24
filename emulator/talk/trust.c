/* trust.c - see trust.h. */
#include "trust.h"

#include <errno.h>

#include "buf.h"
#include "cert_chain.h"

enum { TRUST_FILE_MAX = 1 << 20 };

/* Trust it, and keep its fingerprint for the notes. */
static int
trust_der(struct io *io, struct span der, size_t n_certs, struct trusted *out)
{
	struct trusted t = { .n_certs = n_certs };
	uint8_t digest[SHA1_SIZE];
	struct buf hex;
	int err = io->ops->trust(io, der);

	if (err != 0)
		return err;
	sha1_of(der, digest);
	buf_over(&hex, t.sha1, sizeof t.sha1);
	buf_hex(&hex, (struct span){ digest, sizeof digest }, false);
	*out = t;
	return 0;
}

int
trust_certificate(struct io *io, struct span der, struct trusted *out)
{
	struct cert cert;
	int err = cert_read(der, &cert);

	return err != 0 ? err : trust_der(io, der, 1, out);
}

int
trust_chain(struct io *io, struct span file, struct trusted *out)
{
	struct buf der = { .max = TRUST_FILE_MAX };
	struct cert_chain chain;
	const struct cert *root;
	int err = cert_unarmour(&der, file);

	if (err == 0)
		err = cert_chain_read(buf_bytes(&der), &chain);
	if (err == 0) {
		/* Only the root is trusted: what is between it and a server, the server
		 * sends. */
		root = cert_chain_root(&chain);
		err = root == NULL ? -ENOENT : trust_der(io, root->der, chain.n, out);
	}
	buf_done(&der);
	return err;
}
