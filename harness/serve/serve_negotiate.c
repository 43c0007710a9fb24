/* serve_negotiate.c - see serve_negotiate.h. */
#include "serve_negotiate.h"

#include "http_auth.h"

/* The acceptor's own token goes back with the page, as IIS sends it. */
static void
put_token(struct serve_reply *r, struct span token)
{
	struct buf value = { 0 };

	http_auth_negotiate(&value, token);
	serve_add(r, "WWW-Authenticate", buf_cstr(&value));
	buf_done(&value);
}

/* One leg: a Kerberos token is good at once, and no more than one is ever asked for. */
static bool
accepted(struct acceptor *a, const struct serve_request *q, struct serve_reply *r,
    char client[ACCEPT_NAME_MAX])
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
	if (ok && answer.n > 0)
		put_token(r, buf_bytes(&answer));
	buf_done(&token);
	buf_done(&answer);
	return ok;
}

bool
serve_negotiate(struct acceptor *a, const struct serve_request *q, struct serve_reply *r,
    char client[ACCEPT_NAME_MAX])
{
	client[0] = '\0';
	if (accepted(a, q, r, client))
		return true;
	serve_text(r, 401, "You are not authorized to view this page.");
	serve_add(r, "WWW-Authenticate", "Negotiate");
	/* IIS names both; a client that has only NTLM stays outside here. */
	serve_add(r, "WWW-Authenticate", "NTLM");
	return false;
}
