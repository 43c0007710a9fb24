/*
 * gss_token.c - see gss_token.h.
 *
 * The credential is taken from the phone's cache for exactly the mechanism
 * wanted: one made by gss_krb5_import_cred() is invisible to SPNEGO, which then takes
 * the operator's own.  The name is a principal with its realm, so that nothing
 * is looked up and a short host name stays short.
 */
#include "gss_token.h"

#include <errno.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <string.h>

/* Is there a ticket that has not ended?  (GSSAPI would look for a KDC, and knows none.) */
static int
token_ticket(struct auth_krb5 *auth, const char *spn)
{
	krb5_creds wanted = { .client = auth->me }, *found;
	int err = auth->signed_in ? krb_ticket_server(auth, spn, &wanted.server) : -ENOKEY;

	if (err != 0)
		return err;
	if (krb5_get_credentials(auth->ctx, KRB5_GC_CACHED, auth->cache, &wanted, &found) == 0)
		krb5_free_creds(auth->ctx, found);
	else
		err = -ENOKEY;
	krb5_free_principal(auth->ctx, wanted.server);
	return err;
}

/* The service as a principal with our realm; no canonical name is asked for. */
static int
token_name(struct auth_krb5 *auth, const char *spn, gss_name_t *out)
{
	gss_buffer_desc text;
	struct buf name;
	OM_uint32 minor;
	int err;

	buf_init(&name, 0);
	err = krb_ticket_name(auth, spn, &name);
	text = (gss_buffer_desc){ name.n, name.p };
	if (err == 0 &&
	    gss_import_name(&minor, &text, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, out) !=
		GSS_S_COMPLETE)
		err = -EINVAL;
	buf_done(&name);
	return err;
}

/* The phone's own credential; for LDAP without the integrity flags that MIT sets by itself. */
static int
token_cred(struct auth_krb5 *auth, const struct gss_ask *ask, gss_cred_id_t *out)
{
	gss_key_value_element_desc place = { "ccache", auth->cache_name };
	gss_key_value_set_desc store = { 1, &place };
	gss_OID_set_desc mechs = { 1, ask->mech };
	gss_buffer_desc none = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;

	if (gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechs,
		GSS_C_INITIATE, &store, out, NULL, NULL) != GSS_S_COMPLETE)
		return -ENOKEY;
	if (ask->no_integrity &&
	    gss_set_cred_option(&minor, out, (gss_OID)GSS_KRB5_CRED_NO_CI_FLAGS_X, &none) !=
		GSS_S_COMPLETE)
		return -EACCES;
	return 0;
}

/* One call is the whole exchange: without mutual authentication no token comes back. */
int
gss_token_make(struct auth_krb5 *auth, const char *spn, const struct gss_ask *ask,
    struct buf *token_out, gss_ctx_id_t *out)
{
	gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
	gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
	gss_ctx_id_t ctx = GSS_C_NO_CONTEXT;
	gss_name_t name = GSS_C_NO_NAME;
	int err = token_ticket(auth, spn);
	OM_uint32 minor;

	if (err == 0)
		err = token_name(auth, spn, &name);
	if (err == 0)
		err = token_cred(auth, ask, &cred);
	if (err == 0 &&
	    GSS_ERROR(gss_init_sec_context(&minor, cred, &ctx, name, ask->mech, ask->flags, 0,
		GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, NULL, &token, NULL, NULL)))
		err = -EACCES;
	if (err == 0) {
		buf_put(token_out, token.value, token.length);
		err = token_out->err;
	}
	/* Releasing what was never made is allowed. */
	gss_release_buffer(&minor, &token);
	gss_release_cred(&minor, &cred);
	gss_release_name(&minor, &name);
	if (err != 0)
		gss_delete_sec_context(&minor, &ctx, GSS_C_NO_BUFFER);
	else
		*out = ctx;
	return err;
}
