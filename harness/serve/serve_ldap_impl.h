/* serve_ldap_impl.h - what the files of serve_ldap share. */
#ifndef SERVE_SERVE_LDAP_IMPL_H
#define SERVE_SERVE_LDAP_IMPL_H
#include "serve_ldap.h"

/* A result with words; the text is lent. */
struct ldap_result serve_ldap_result(int code, const char *text);

/* Say that the connection ends here, and why: always -ECONNRESET. */
int serve_ldap_bye(struct buf *out, const char *text);

/* ---- serve_ldap_search.c ---- */

/* Answer a search: entries, references, and the result.  0 or -errno. */
int serve_ldap_search(struct serve_ldap_conn *, const struct ldap_msg *, struct buf *out);

#endif
