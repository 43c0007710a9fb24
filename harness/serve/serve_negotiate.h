/* serve_negotiate.h - integrated authentication on one request, as IIS does it. */
#ifndef SERVE_NEGOTIATE_H
#define SERVE_NEGOTIATE_H
#include "accept.h"
#include "serve.h"

/*
 * Is there a good `Authorization: Negotiate`?  If so true and the client's
 * principal, and the reply has the acceptor's token if there is one; else false and the
 * reply is a 401 that offers Negotiate and NTLM.
 */
bool serve_negotiate(struct acceptor *, const struct serve_request *, struct serve_reply *,
    char client[ACCEPT_NAME_MAX]);

#endif
