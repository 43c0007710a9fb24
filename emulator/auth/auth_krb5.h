/* auth_krb5.h - auth.h by MIT Kerberos: once for the process, then for each phone. */
#ifndef AUTH_AUTH_KRB5_H
#define AUTH_AUTH_KRB5_H
#include "auth.h"

/*
 * Once a process, before any thread: writes a krb5.conf that knows no KDC into
 * `dir` (which must exist and outlive everything) and sets KRB5_CONFIG,
 * KRB5CCNAME=MEMORY:none.  0 or -errno.
 */
int auth_krb5_init(const char *dir);

/*
 * One phone.  user "phone00001" and realm "CONTOSO.COM" are copied, the password
 * too (wiped when freed).  serial makes the name of its MEMORY: cache unique.
 */
struct auth_krb5_cfg {
	const char *user, *realm, *password;
	uint32_t serial;
};
/* 0, -ENOMEM, or -EINVAL when the library refuses its configuration. */
int auth_krb5_new(const struct auth_krb5_cfg *, struct auth **out);
/* NULL is fine; talks and signing contexts must be gone. */
void auth_krb5_free(struct auth *);

#endif
