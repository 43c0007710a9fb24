/* directory.c - see directory.h. */
#include "directory.h"

/* RFC 4511 appendix A. */
static enum reason
directory_reason(int code)
{
	switch (code) {
	case LDAP_AUTH_METHOD_NOT_SUPPORTED:
	case LDAP_STRONGER_AUTH:
	case LDAP_BIND_IN_PROGRESS:
	case 48: /* inappropriateAuthentication */
	case LDAP_INVALID_CREDENTIALS:
	case 50: /* insufficientAccessRights */
		return WHY_AUTH;
	case LDAP_NO_SUCH_OBJECT:
		return WHY_NOT_FOUND;
	case LDAP_BUSY:
	case LDAP_UNAVAILABLE:
	case 80: /* other */
		return WHY_SERVER_ERROR;
	default:
		return WHY_BAD_REPLY;
	}
}

/* What a server says, as far as it can be printed; AD ends it with a NUL. */
static void
directory_text(struct span text, char *out, size_t cap)
{
	size_t n = 0;

	while (n < text.n && n + 1 < cap && text.p[n] >= ' ' && text.p[n] < 0x7f) {
		out[n] = (char)text.p[n];
		n++;
	}
	out[n] = '\0';
}

enum verdict
directory_refused(struct step *s, const struct ldap_result *r)
{
	enum reason why = directory_reason(r->code);
	char text[64];

	directory_text(r->text, text, sizeof text);
	/* The same name in the same tree would be refused again. */
	if (why == WHY_AUTH || why == WHY_NOT_FOUND)
		return step_fail(s, why, "ldap:%d %s", r->code, text);
	return step_retry(s, why, "ldap:%d %s", r->code, text);
}
