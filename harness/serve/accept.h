/*
 * accept.h - the acceptor's side of Kerberos as the servers' logic sees it: is
 * this token good, whose is it, is this signature right?  harness/auth/ does it
 * with GSSAPI, the simulated world in its own way.
 */
#ifndef SERVE_ACCEPT_H
#define SERVE_ACCEPT_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

struct acceptor;
struct accept_sa; /* one signing context, MS-SIPAE */

enum { ACCEPT_NAME_MAX = 192 };

struct accept_ops {
	/*
	 * A SPNEGO (or raw Kerberos) token for `service` ("HTTP", "ldap").  0 and the
	 * client's principal "phone00001@CONTOSO.COM"; -EACCES refused, text_out says why.
	 * *wrap_out: the client asked for integrity or confidentiality (LDAP must wrap then).
	 */
	int (*spnego)(struct acceptor *, const char *service, struct span token,
	    struct buf *reply, char client[ACCEPT_NAME_MAX], bool *wrap_out,
	    const char **text_out);
	/* A raw Kerberos token for sip/<fqdn>.  0, or -EACCES. */
	int (*sip_open)(struct acceptor *, struct span token, struct accept_sa **out,
	    char client[ACCEPT_NAME_MAX], const char **text_out);
	/* Append the signature of these bytes, 0 or -errno; check one. */
	int (*sip_sign)(struct accept_sa *, struct span, struct buf *mic_out);
	int (*sip_check)(struct accept_sa *, struct span, struct span mic); /* 0, -EBADMSG */
	void (*sip_close)(struct accept_sa *);
};

struct acceptor { /* first member of every implementation */
	const struct accept_ops *ops;
};

#endif
