/*
 * krb_login.c - the AS exchange (RFC 4120 3.1): the user's password becomes a
 * ticket-granting ticket in the phone's cache.
 *
 * Only RC4-HMAC is offered, as a phone does that was made for Windows Server 2003.
 */
#include <errno.h>

#include "auth_krb5_priv.h"

/* The principal asked for is the realm's krbtgt: the library's default. */
static krb5_error_code
login_open(struct auth_krb5 *auth, struct auth_talk *talk)
{
	krb5_error_code code = krb5_get_init_creds_opt_alloc(auth->ctx, &talk->as_opt);

	if (code != 0)
		return code;
	talk->etypes[0] = ENCTYPE_ARCFOUR_HMAC;
	krb5_get_init_creds_opt_set_etype_list(talk->as_opt, talk->etypes, 1);

	code =
	    krb5_init_creds_init(auth->ctx, auth->me, NULL, NULL, 0, talk->as_opt, &talk->as);
	if (code != 0)
		return code;
	return krb5_init_creds_set_password(auth->ctx, talk->as, auth->password);
}

int
krb_login(struct auth *base, struct auth_talk **out)
{
	struct auth_krb5 *auth = auth_krb5_of(base);
	struct auth_talk *talk;
	int err = krb_talk_new(auth, &talk);

	if (err != 0)
		return err;
	if (login_open(auth, talk) != 0) {
		krb_talk_drop(talk);
		return -ENOMEM;
	}
	*out = talk;
	return 0;
}

krb5_error_code
krb_login_done(struct auth_talk *talk)
{
	struct auth_krb5 *auth = talk->auth;
	krb5_creds creds = { 0 };
	krb5_error_code code = krb5_init_creds_get_creds(auth->ctx, talk->as, &creds);

	if (code != 0)
		return code;
	/* Emptying the cache also notes the phone's clock in it, for GSSAPI. */
	code = krb5_cc_initialize(auth->ctx, auth->cache, creds.client);
	if (code == 0)
		code = krb5_cc_store_cred(auth->ctx, auth->cache, &creds);
	krb5_free_cred_contents(auth->ctx, &creds);
	auth->signed_in = code == 0;
	return code;
}
