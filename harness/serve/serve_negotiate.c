/* serve_negotiate.c - see serve_negotiate.h. */
#include "serve_negotiate.h"

#include "http_auth.h"

static bool
accepted(struct acceptor *a, const struct serve_request *q, char client[ACCEPT_NAME_MAX])
{
	const char *value = serve_header(q, "Authorization"), *why;
	struct buf token, answer;
	bool wrap, ok = false;

	if (a == NULL || value == NULL)
		return false;
	buf_init(&token, 64 << 10);
	buf_init(&answer, 64 << 10);
	if (http_auth_token(span_of(value), &token) == 0)
		ok = a->ops->spnego(
			 a, "HTTP", buf_bytes(&token), &answer, client, &wrap, &why) == 0;
	buf_done(&token);
	buf_done(&answer);
	return ok;
}

bool
serve_negotiate(struct acceptor *a, const struct serve_request *q, struct serve_reply *r,
    char client[ACCEPT_NAME_MAX])
{
	client[0] = '\0';
	if (accepted(a, q, client))
		return true;
	serve_text(r, 401, "You are not authorized to view this page.");
	serve_add(r, "WWW-Authenticate", "Negotiate");
	serve_add(r, "WWW-Authenticate", "NTLM");
	return false;
}
