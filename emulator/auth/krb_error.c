/* krb_error.c - Kerberos errors by their numbers and names (RFC 4120 7.5.9; RFC 4556). */
#include <stdio.h>

#include "auth_krb5_priv.h"

struct krb_error {
	int code;
	const char *name;
};

/* clang-format off */
static const struct krb_error ERRORS[] = {
	{  1, "KDC_ERR_NAME_EXP" },
	{  2, "KDC_ERR_SERVICE_EXP" },
	{  3, "KDC_ERR_BAD_PVNO" },
	{  4, "KDC_ERR_C_OLD_MAST_KVNO" },
	{  5, "KDC_ERR_S_OLD_MAST_KVNO" },
	{  6, "KDC_ERR_C_PRINCIPAL_UNKNOWN" },
	{  7, "KDC_ERR_S_PRINCIPAL_UNKNOWN" },
	{  8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE" },
	{  9, "KDC_ERR_NULL_KEY" },
	{ 10, "KDC_ERR_CANNOT_POSTDATE" },
	{ 11, "KDC_ERR_NEVER_VALID" },
	{ 12, "KDC_ERR_POLICY" },
	{ 13, "KDC_ERR_BADOPTION" },
	{ 14, "KDC_ERR_ETYPE_NOSUPP" },
	{ 15, "KDC_ERR_SUMTYPE_NOSUPP" },
	{ 16, "KDC_ERR_PADATA_TYPE_NOSUPP" },
	{ 17, "KDC_ERR_TRTYPE_NOSUPP" },
	{ 18, "KDC_ERR_CLIENT_REVOKED" },
	{ 19, "KDC_ERR_SERVICE_REVOKED" },
	{ 20, "KDC_ERR_TGT_REVOKED" },
	{ 21, "KDC_ERR_CLIENT_NOTYET" },
	{ 22, "KDC_ERR_SERVICE_NOTYET" },
	{ 23, "KDC_ERR_KEY_EXPIRED" },
	{ 24, "KDC_ERR_PREAUTH_FAILED" },
	{ 25, "KDC_ERR_PREAUTH_REQUIRED" },
	{ 26, "KDC_ERR_SERVER_NOMATCH" },
	{ 27, "KDC_ERR_MUST_USE_USER2USER" },
	{ 28, "KDC_ERR_PATH_NOT_ACCEPTED" },
	{ 29, "KDC_ERR_SVC_UNAVAILABLE" },
	{ 31, "KRB_AP_ERR_BAD_INTEGRITY" },
	{ 32, "KRB_AP_ERR_TKT_EXPIRED" },
	{ 33, "KRB_AP_ERR_TKT_NYV" },
	{ 34, "KRB_AP_ERR_REPEAT" },
	{ 35, "KRB_AP_ERR_NOT_US" },
	{ 36, "KRB_AP_ERR_BADMATCH" },
	{ 37, "KRB_AP_ERR_SKEW" },
	{ 38, "KRB_AP_ERR_BADADDR" },
	{ 39, "KRB_AP_ERR_BADVERSION" },
	{ 40, "KRB_AP_ERR_MSG_TYPE" },
	{ 41, "KRB_AP_ERR_MODIFIED" },
	{ 42, "KRB_AP_ERR_BADORDER" },
	{ 44, "KRB_AP_ERR_BADKEYVER" },
	{ 45, "KRB_AP_ERR_NOKEY" },
	{ 46, "KRB_AP_ERR_MUT_FAIL" },
	{ 47, "KRB_AP_ERR_BADDIRECTION" },
	{ 48, "KRB_AP_ERR_METHOD" },
	{ 49, "KRB_AP_ERR_BADSEQ" },
	{ 50, "KRB_AP_ERR_INAPP_CKSUM" },
	{ 51, "KRB_AP_PATH_NOT_ACCEPTED" },
	{ 52, "KRB_ERR_RESPONSE_TOO_BIG" },
	{ 60, "KRB_ERR_GENERIC" },
	{ 61, "KRB_ERR_FIELD_TOOLONG" },
	{ 68, "KDC_ERR_WRONG_REALM" },
	{ 69, "KRB_AP_ERR_USER_TO_USER_REQUIRED" },
};
/* clang-format on */

enum { PREAUTH_FAILED = 24, BAD_INTEGRITY = 31, PROTOCOL_MAX = 127 };

const char *
krb_error_name(int code)
{
	size_t i, n = sizeof ERRORS / sizeof ERRORS[0];

	for (i = 0; i < n && ERRORS[i].code != code; i++)
		;
	return i < n ? ERRORS[i].name : NULL;
}

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
