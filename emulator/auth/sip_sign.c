/*
 * sip_sign.c - signing contexts of MS-SIPAE with Kerberos: a raw Kerberos token
 * (no SPNEGO), integrity only, and MICs both ways.
 *
 * No mutual authentication (SIP has no place for the server's token), no replay
 * and sequence flags (one MIC may be checked twice).
 */
#include <errno.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>

#include "auth_krb5_priv.h"
#include "gss_token.h"
#include "mem.h"

struct auth_sa {
	gss_ctx_id_t ctx;
};

/* The token goes into the REGISTER; the context is up at once, without an answer. */
int
sip_sign_open(struct auth *base, const char *spn, struct buf *token_out, struct auth_sa **out)
{
	struct gss_ask ask = { .mech = (gss_OID)gss_mech_krb5, .flags = GSS_C_INTEG_FLAG };
	struct auth_sa *sa = mem_new(sizeof *sa);
	int err;

	if (sa == NULL)
		return -ENOMEM;
	err = gss_token_make(auth_krb5_of(base), spn, &ask, token_out, &sa->ctx);
	if (err != 0) {
		mem_free(sa);
		return err;
	}
	*out = sa;
	return 0;
}

int
sip_sign(struct auth_sa *sa, struct span text, struct buf *mic_out)
{
	gss_buffer_desc message = { text.n, (void *)(uintptr_t)text.p };
	gss_buffer_desc mic = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;

	if (gss_get_mic(&minor, sa->ctx, GSS_C_QOP_DEFAULT, &message, &mic) != GSS_S_COMPLETE)
		return -EACCES;
	buf_put(mic_out, mic.value, mic.length);
	gss_release_buffer(&minor, &mic);
	return mic_out->err;
}

int
sip_sign_check(struct auth_sa *sa, struct span text, struct span mic)
{
	gss_buffer_desc message = { text.n, (void *)(uintptr_t)text.p };
	gss_buffer_desc token = { mic.n, (void *)(uintptr_t)mic.p };
	OM_uint32 minor;

	if (gss_verify_mic(&minor, sa->ctx, &message, &token, NULL) != GSS_S_COMPLETE)
		return -EBADMSG;
	return 0;
}

/* How long the service's ticket still lasts. */
uint32_t
sip_sign_left_s(struct auth_sa *sa)
{
	OM_uint32 minor, left = 0;

	if (gss_context_time(&minor, sa->ctx, &left) != GSS_S_COMPLETE)
		return 0;
	return left;
}

void
sip_sign_close(struct auth_sa *sa)
{
	OM_uint32 minor;

	if (sa == NULL)
		return;
	gss_delete_sec_context(&minor, &sa->ctx, GSS_C_NO_BUFFER);
	mem_free(sa);
}
