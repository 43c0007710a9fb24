/* accept_keys.h - a server's keys, read from its keytab once and kept in memory. */
#ifndef AUTH_ACCEPT_KEYS_H
#define AUTH_ACCEPT_KEYS_H
#include <gssapi/gssapi.h>
#include <krb5/krb5.h>

enum { ACCEPT_KEYS_NAME_MAX = 40 };

struct accept_keys {
	krb5_context ctx;
	krb5_keytab table;               /* keeps the copy alive */
	char name[ACCEPT_KEYS_NAME_MAX]; /* "MEMORY:..." */
};

/* 0; -ENOENT no such file or no key in it; -ENOMEM.  Done is wanted in any case. */
int accept_keys_read(struct accept_keys *, const char *path);

/* A credential that accepts SPNEGO and Kerberos with any of them.  0, -ENOENT. */
int accept_keys_cred(const struct accept_keys *, gss_cred_id_t *out);

/* Zeroed memory is fine. */
void accept_keys_done(struct accept_keys *);

#endif
