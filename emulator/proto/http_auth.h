/*
 * http_auth.h - WWW-Authenticate read, Authorization: Negotiate read and written.
 * RFC 9110 section 11, RFC 4559.
 */
#ifndef PROTO_HTTP_AUTH_H
#define PROTO_HTTP_AUTH_H
#include <stdbool.h>

#include "buf.h"
#include "span.h"

struct http_challenge {
	struct span scheme;
	struct span token;  /* token68, or empty */
	struct span params; /* name=value, ... as they came, or empty */
};

/*
 * The next challenge of a WWW-Authenticate value that may hold several.  1, and
 * *rest is what follows it; 0: there is no more; -EBADMSG.
 */
int http_auth_next(struct span *rest, struct http_challenge *out);

/* Does a WWW-Authenticate value offer this scheme (in any case)?  A value that cannot be read
 * offers what was readable. */
bool http_auth_offers(struct span value, const char *scheme);

/* Append "Negotiate <base64>". */
void http_auth_negotiate(struct buf *, struct span token);

/* Append the token of an Authorization value.  0; -ENOENT: of another scheme; -EBADMSG; or the
 * buffer's error. */
int http_auth_token(struct span value, struct buf *token_out);

#endif
