/*
 * auth.h - one phone's Kerberos: tickets, SPNEGO tokens, SIP signatures.
 *
 * No sockets, no clock of its own: the caller carries the packets and says what
 * time the phone believes it is.  Two worlds, like io.h.
 */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

struct auth;      /* password (kept) and tickets (lost at power off) */
struct auth_talk; /* one conversation with a KDC */
struct auth_sa;   /* one signing context, MS-SIPAE */

enum auth_next { AUTH_SEND, AUTH_DONE, AUTH_FAILED };

struct auth_out {
	struct span packet; /* AUTH_SEND: to the KDC of realm; lent until the next call */
	bool stream;        /* over TCP with the 4-byte length, which is part of packet */
	const char *realm;  /* a realm other than ours = referral: the step fails, not_found */
	int code;           /* AUTH_FAILED: KRB-ERROR code (24, 37, 6 ...) or 0 */
	const char
	    *text; /* AUTH_FAILED: "krb:24 KDC_ERR_PREAUTH_FAILED"; static or lent until drop */
};

struct auth_ops {
	/* What the phone believes: wall clock minus the host's wall clock. */
	void (*clock)(struct auth *, int64_t wall_minus_host_us);
	/* AS exchange / TGS exchange for a service ("HTTP/dc01.contoso.com"); a cached ticket
	 * is DONE at the first next().  0 or -errno. */
	int (*login)(struct auth *, struct auth_talk **);
	int (*ticket)(struct auth *, const char *spn, struct auth_talk **);
	/* Hand in the KDC's reply (the first time: empty), get what is next. A TCP reply comes
	 * with its 4-byte length. */
	enum auth_next (*next)(struct auth_talk *, struct span reply, struct auth_out *);
	/* Ends a conversation at any point; what it lent goes with it. */
	void (*drop)(struct auth_talk *);
	/* The first SPNEGO token for a service, whose ticket must be there.  Appended.  0,
	 * -ENOKEY, -EACCES. */
	int (*negotiate)(struct auth *, const char *spn, struct buf *token_out);
	/* As negotiate, but for LDAP: neither integrity nor confidentiality is asked for. */
	int (*negotiate_plain)(struct auth *, const char *spn, struct buf *token_out);
	/* A raw Kerberos GSS token and the context that signs with it. */
	int (*sign_open)(
	    struct auth *, const char *spn, struct buf *token_out, struct auth_sa **);
	/* Appends a MIC over the text.  0 or -errno. */
	int (*sign)(struct auth_sa *, struct span, struct buf *mic_out);
	int (*check)(struct auth_sa *, struct span, struct span mic); /* 0, -EBADMSG */
	/* Seconds the context may still be used (tickets end). */
	uint32_t (*sign_left_s)(struct auth_sa *);
	void (*sign_close)(struct auth_sa *);
	/* Power off: tickets and contexts; the talks and sas of before must have been dropped.
	 */
	void (*forget)(struct auth *);
};

struct auth { /* first member of every implementation */
	const struct auth_ops *ops;
};

#endif
