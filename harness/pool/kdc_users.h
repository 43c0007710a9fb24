/* kdc_users.h - many users at once, by copying one user's record of a database dump. */
#ifndef POOL_KDC_USERS_H
#define POOL_KDC_USERS_H
#include "buf.h"
#include "kdc_realm.h"

/* User number i of count: first + i put into the pattern.  0, -EINVAL, -ENAMETOOLONG. */
int kdc_user_name(const struct kdc_users *, uint32_t i, char *out, size_t cap);

/*
 * dump is what `kdb5_util dump` gave.  Appends a dump of users number 1 .. count-1 of
 * realm->users, each with the record of number 0: their keys are RC4, which
 * takes no salt from the name.  0, -ENOENT the dump has no number 0, -EBADMSG it is not in
 * the form known, -EINVAL the pattern, -ENOMEM.
 */
int kdc_users_copy(const struct kdc_realm *, struct span dump, struct buf *out);

/* Is this principal ("HTTP/dc01.contoso.com", realm added) in the dump? */
bool kdc_users_has(const struct kdc_realm *, struct span dump, const char *principal);

#endif
