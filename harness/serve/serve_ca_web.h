/*
 * serve_ca_web.h - the CA's web enrollment pages as far as a phone goes: the
 * chain as PKCS#7, for those who have a ticket.  The manners are IIS's certsrv.
 */
#ifndef SERVE_CA_WEB_H
#define SERVE_CA_WEB_H
#include "accept.h"
#include "buf.h"
#include "serve.h"

struct serve_ca_web {
	struct acceptor *acceptor; /* lent */
	struct span p7b;           /* lent: DER */
	struct buf text;           /* the same as it is sent: base64 in armour */
	uint64_t refused, served;
};

/* p7b: a degenerate SignedData with the chain, DER, lent.  0 or -ENOMEM. */
int serve_ca_web_init(struct serve_ca_web *, struct acceptor *, struct span p7b);
void serve_ca_web_done(struct serve_ca_web *);

/* Does the path belong to this server? */
bool serve_ca_web_is(const char *path);

/* Answer one request.  Each must bring its own token. */
void serve_ca_web(struct serve_ca_web *, const struct serve_request *, struct serve_reply *);

#endif
