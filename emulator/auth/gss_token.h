/* gss_token.h - the first GSSAPI token for a service out of a phone's own cache. */
#ifndef AUTH_GSS_TOKEN_H
#define AUTH_GSS_TOKEN_H
#include <gssapi/gssapi.h>

#include "auth_krb5_priv.h"

struct gss_ask {
	gss_OID mech;      /* SPNEGO, or Kerberos itself */
	OM_uint32 flags;   /* what is asked for, GSS_C_... */
	bool no_integrity; /* and nothing that MIT would ask for by itself */
};

/*
 * Makes it and appends it.  0 and the context (never NULL), -ENOKEY no usable
 * ticket, -EACCES, -EINVAL no service's name, -ENOMEM.
 */
int gss_token_make(struct auth_krb5 *, const char *spn, const struct gss_ask *,
    struct buf *token_out, gss_ctx_id_t *out);

#endif
