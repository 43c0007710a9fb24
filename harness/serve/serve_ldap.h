/*
 * serve_ldap.h - a domain controller's LDAP as far as a phone goes: rootDSE, bind
 * with GSS-SPNEGO, searches.  RFC 4511; the manners are Active Directory's.
 *
 * Bytes of one connection go in, bytes go out.  What it does not do: write
 * operations, TLS, wrapped messages.  A client that asked for a security layer is
 * bound, and its plain requests are then not understood and never answered, as
 * with Samba.
 */
#ifndef SERVE_LDAP_H
#define SERVE_LDAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accept.h"
#include "buf.h"
#include "serve_ldap_dir.h"

struct serve_ldap_cfg {
	struct ldap_dir_cfg dir;
	struct acceptor *acceptor; /* lent */
};

struct serve_ldap {
	struct ldap_dir dir;
	struct acceptor *acceptor;
	int refuse; /* every bind and search ends with this result code; 0: as it should.  49:
		       binds only */
	uint64_t binds, refused, searches, entries;
};

struct serve_ldap_conn {
	struct serve_ldap *server;
	struct buf in; /* less than one message */
	bool bound, wrapped;
	char client[ACCEPT_NAME_MAX]; /* who is bound: for logs */
	const char *why;              /* the last refused bind: for logs; or NULL */
};

/* Not to be copied afterwards.  0 or -ENAMETOOLONG. */
int serve_ldap_init(struct serve_ldap *, const struct serve_ldap_cfg *);

/* A connection begins / ends. */
void serve_ldap_open(struct serve_ldap_conn *, struct serve_ldap *);
void serve_ldap_close(struct serve_ldap_conn *);

/* Bytes have come; what is to be sent is appended.  0; -ECONNRESET: send that and close;
 * -ENOMEM: close. */
int serve_ldap_bytes(struct serve_ldap_conn *, struct span, struct buf *reply);

#endif
