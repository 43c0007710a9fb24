/*
 * accept_gss.h - accept.h by GSSAPI: the tokens and signatures of real clients,
 * checked with the keys of a real keytab.
 *
 * An acceptor belongs to one thread; several threads each have their own.  A
 * server answers for the principals whose keys are in its keytab and for no
 * other: a ticket made for another key is refused.
 */
#ifndef AUTH_ACCEPT_GSS_H
#define AUTH_ACCEPT_GSS_H
#include "accept.h"

/*
 * Once a process, before any thread: no replay cache (it costs an fsync per
 * token), and a krb5.conf without any KDC written into `dir`, which must
 * exist and outlive everything; KRB5_CONFIG names it.  0 or -errno.
 */
int acceptor_gss_init(const char *dir);

/*
 * A server's acceptor with the keys of this keytab, which are read now.  0;
 * -ENOENT no such keytab or no key in it; -ENOMEM.
 */
int acceptor_gss_new(const char *keytab, struct acceptor **out);

/* Its signing contexts must have been closed.  NULL is fine. */
void acceptor_gss_free(struct acceptor *);

#endif
