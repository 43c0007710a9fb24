/* krb_error.c - what a conversation ended with, as number and name. */
#include <stdio.h>

#include "auth_krb5_priv.h"
#include "krb_names.h"

enum { PREAUTH_FAILED = 24, BAD_INTEGRITY = 31, PROTOCOL_MAX = 127 };

/* The number that was, or could have been, in a KRB-ERROR; 0 if there is none. */
static int
error_code(struct auth_talk *talk, krb5_error_code code)
{
	krb5_error *from_kdc = NULL;
	int number = 0;

	if (code >= ERROR_TABLE_BASE_krb5 && code <= ERROR_TABLE_BASE_krb5 + PROTOCOL_MAX)
		number = (int)(code - ERROR_TABLE_BASE_krb5);
	if (talk->as == NULL)
		return number;

	/* A reply that our password does not open: a KDC that asks for preauthentication
	 * would have said so itself. */
	if (number == BAD_INTEGRITY)
		return PREAUTH_FAILED;
	/* The library has turned it into an error of its own; the KRB-ERROR is still there. */
	if (number == 0 &&
	    krb5_init_creds_get_error(talk->auth->ctx, talk->as, &from_kdc) == 0 &&
	    from_kdc != NULL)
		number = (int)from_kdc->error;
	krb5_free_error(talk->auth->ctx, from_kdc);
	return number;
}

/* "krb:24 KDC_ERR_PREAUTH_FAILED"; without a name of its own, the library's words. */
void
krb_error_tell(struct auth_talk *talk, krb5_error_code code, struct auth_out *out)
{
	int number = error_code(talk, code);
	const char *name = krb_error_name(number);
	const char *words = NULL;

	if (name == NULL)
		name = words = krb5_get_error_message(talk->auth->ctx, code);
	snprintf(talk->text, sizeof talk->text, "krb:%d %s", number, name);
	if (words != NULL)
		krb5_free_error_message(talk->auth->ctx, words);
	out->code = number;
	out->text = talk->text;
}
