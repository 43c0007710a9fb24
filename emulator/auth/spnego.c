/*
 * spnego.c - the first SPNEGO token (RFC 4178) for HTTP and LDAP; the server needs
 * no second one, because no mutual authentication is asked for.
 */
#include <gssapi/gssapi.h>

#include "auth_krb5_priv.h"
#include "gss_token.h"

/* 1.3.6.1.5.5.2 */
#define SPNEGO_OID "\x2b\x06\x01\x05\x05\x02"

static int
spnego_token(struct auth *base, const char *spn, bool plain, struct buf *token_out)
{
	gss_OID_desc mech = { sizeof SPNEGO_OID - 1, SPNEGO_OID };
	struct gss_ask ask = { .mech = &mech, .no_integrity = plain };
	gss_ctx_id_t ctx = GSS_C_NO_CONTEXT;
	OM_uint32 minor;
	int err = gss_token_make(auth_krb5_of(base), spn, &ask, token_out, &ctx);

	if (err == 0)
		gss_delete_sec_context(&minor, &ctx, GSS_C_NO_BUFFER);
	return err;
}

int
spnego_negotiate(struct auth *base, const char *spn, struct buf *token_out)
{
	return spnego_token(base, spn, false, token_out);
}

int
spnego_negotiate_plain(struct auth *base, const char *spn, struct buf *token_out)
{
	return spnego_token(base, spn, true, token_out);
}
