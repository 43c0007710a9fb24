/*
 * kdc_realm.h - a fresh Kerberos realm in a private folder: configuration,
 * database, service keytabs, and users in bulk.
 *
 * Made by MIT's own tools, run one after the other: this blocks (about a second
 * with 10,000 users) and belongs before the loop starts.
 */
#ifndef POOL_KDC_REALM_H
#define POOL_KDC_REALM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "folder.h"

struct kdc_service {
	const char *principal; /* "HTTP/dc01.contoso.com"; a random key is drawn */
	const char *keytab;    /* file in dir that gets the key, shared or not; NULL: none */
	bool aes;              /* AES-256 and RC4 keys; otherwise RC4 only, as in 2007 */
};

/* What a user's account is like; the KDC says of the others 24, 23, 18 and 6. */
enum kdc_account { KDC_GOOD, KDC_OTHER_PASSWORD, KDC_EXPIRED, KDC_REVOKED, KDC_UNKNOWN };

struct kdc_users {        /* all with one password, which may not hold CR or LF */
	const char *name; /* "phone%05d": one %d or %0Nd, or none if count is 1 */
	uint32_t first, count;
	const char *password;
	/* Of user number i, from 0; NULL: all are good. */
	enum kdc_account (*state)(const void *arg, uint32_t i);
	const void *arg;
};

struct kdc_realm {
	const char *dir;    /* absolute, exists, ours alone */
	const char *name;   /* "CONTOSO.COM" */
	const char *secret; /* the master key's password: random text of one line */
	uint32_t ip;        /* where krb5kdc will listen, UDP and TCP; host byte order */
	uint16_t port;
	const struct kdc_service *services;
	size_t n_services;
	struct kdc_users users;
	uint32_t lock_out; /* so many wrong passwords lock a user's account; 0: never */
};

enum { KDC_PATH_MAX = FOLDER_PATH_MAX, KDC_TEXT_MAX = 256 };

/*
 * Makes everything.  0; -EINVAL a name, password or pattern that cannot be;
 * -ENOENT krb5kdc's tools are not installed; -EIO a tool failed; other -errno.
 * text_out says it in words (the tools' own output is in dir/kdc-setup.log).
 */
int kdc_realm_make(const struct kdc_realm *, char text_out[KDC_TEXT_MAX]);

#endif
