/* krb_names.h - Kerberos errors by their numbers (RFC 4120 7.5.9; RFC 4556). */
#ifndef AUTH_KRB_NAMES_H
#define AUTH_KRB_NAMES_H

/* "KDC_ERR_PREAUTH_FAILED" for 24; NULL if it has no name. */
const char *krb_error_name(int code);

#endif
