/*
 * pool_ca.h - the pool's own certificate authority, made afresh at every start:
 * an RSA 2048 root, server certificates on one more key, all signed with SHA-1,
 * as the phone can only read that, unless a scenario wants something to be wrong with them.
 */
#ifndef POOL_CA_H
#define POOL_CA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "servers.h"
#include "span.h"

struct pool_ca;
struct pool_cert;

/*
 * Makes the two keys (half a second or so) and the root, valid at now_s.  seed 0: a
 * root like no other.  Otherwise the same seed and name give the same root, to the byte,
 * within a year: what phones see of it can then be compared between two runs.  sha2: signed
 * with SHA-256.  0 or -errno.
 */
int pool_ca_new(
    const char *common_name, int64_t now_s, uint64_t seed, bool sha2, struct pool_ca **out);
void pool_ca_free(struct pool_ca *); /* NULL is fine */

/* The root as DER; the chain as a certs-only PKCS#7 in DER.  Lent. */
struct span pool_ca_root(const struct pool_ca *);
struct span pool_ca_chain(const struct pool_ca *);

/* The root as PEM text; lent. */
const char *pool_ca_root_pem(const struct pool_ca *);

/*
 * A server's certificate: names[0] is the common name, all are alternative; names end with
 * NULL.  The flaw is in its dates, its names or its signature; CERTIFICATE_OTHER_ROOT is none
 * here: that is which CA is asked.  0 or -errno.
 */
int pool_ca_issue(struct pool_ca *, const char *const names[], enum servers_certificate flaw,
    struct pool_cert **out);
/* One that others issued: PEM files, the server's own certificate first.  0; -errno of a file;
 * -EINVAL: no certificate, no key, or not a pair. */
int pool_cert_read(const char *certificate, const char *key, struct pool_cert **out);
void pool_cert_free(struct pool_cert *); /* NULL is fine */

/* Certificate and private key as PEM texts; lent. */
const char *pool_cert_pem(const struct pool_cert *);
const char *pool_cert_key_pem(const struct pool_cert *);

#endif
