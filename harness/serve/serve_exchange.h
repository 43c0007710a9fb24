/* serve_exchange.h - an Exchange 2007 client access server: Autodiscover, and as much of EWS as
 * the phone polls. */
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H
#include "accept.h"
#include "serve.h"

struct serve_exchange_cfg {     /* all lent */
	const char *ews_url;    /* "https://mail01.contoso.com/EWS/Exchange.asmx" */
	const char *sip_domain; /* addresses of other domains have no mailbox */
	struct acceptor *acceptor;
	bool no_mailbox; /* nobody has one */
};

struct serve_exchange {
	struct serve_exchange_cfg cfg;
	uint64_t autodiscovers, polls;
};

/* Does the path belong to this server? */
bool serve_exchange_is(const char *path);

/* Answer one request; everything here needs Negotiate. */
void serve_exchange(
    struct serve_exchange *, const struct serve_request *, struct serve_reply *);

#endif
