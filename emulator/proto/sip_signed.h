/*
 * sip_signed.h - [MS-SIPAE]: the header that carries a signature, the bytes that are
 * signed, the window against replays.  The signature itself is made elsewhere (auth.h,
 * accept.h).
 */
#ifndef PROTO_SIP_SIGNED_H
#define PROTO_SIP_SIGNED_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "sip_msg.h"
#include "span.h"

/* Who wrote it: the client with crand, cnum, response; the server with srand, snum, rspauth. */
enum sip_side { SIP_BY_CLIENT, SIP_BY_SERVER };

struct sip_auth {
	struct span scheme, realm, target; /* Kerberos, SIP Communications Service, sip/fe01 */
	struct span opaque;                /* the server's name of the context; may be empty */
	struct span rand, num, mic;        /* empty: not signed */
	struct span gssapi;                /* p NULL: none */
	unsigned version;                  /* 2 if none is said */
	bool proxy; /* Proxy-Authorization, Proxy-Authentication-Info ... */
};

/*
 * The credentials or signature of a message: Authorization, Proxy-Authorization by the
 * client; Authentication-Info, Proxy-Authentication-Info by the server.  0; -ENOENT: there is
 * none of this scheme (any, if NULL); -EBADMSG.
 */
int sip_auth_read(
    const struct sip_msg *, enum sip_side, const char *scheme, struct sip_auth *out);

/* The challenge of this scheme in a 401 or 407.  0; -ENOENT; -EBADMSG: without realm or
 * targetname. */
int sip_challenge_read(const struct sip_msg *, const char *scheme, struct sip_auth *out);

/*
 * The bytes a signature is over, appended: version 2 the short form, 3 and 4 the
 * long one.  Field for field as in the message.  0; -EBADMSG: the message lacks what
 * is signed.
 */
int sip_signed_bytes(struct buf *out, const struct sip_msg *, const struct sip_auth *);

/* Write the header that carries it.  The mic is bytes here and hexadecimal on the wire; what is
 * empty in `auth` is left out. */
void sip_write_auth(struct buf *, enum sip_side, const char *header, const struct sip_auth *);

/* Numbers seen of the peer: 256 wide, from 1. */
struct sip_replay { /* zeroed memory has seen none */
	uint32_t top;
	uint32_t seen[8]; /* bit n % 256 of the last 256 up to top */
};

/* Was this number not seen, and is it not below the window?  Ask before the signature is
 * checked, mark after it was right. */
bool sip_replay_fresh(const struct sip_replay *, uint32_t num);
void sip_replay_mark(struct sip_replay *, uint32_t num);

/* The number of a signature: 1 and up.  0 or -EBADMSG. */
int sip_auth_num(const struct sip_auth *, uint32_t *out);

#endif
