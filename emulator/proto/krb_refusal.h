/*
 * krb_refusal.h - a KRB-ERROR as a KDC's answer to a request, made from the request's outside.
 * RFC 4120 sections 5.4.1 and 5.9.1.
 */
#ifndef PROTO_KRB_REFUSAL_H
#define PROTO_KRB_REFUSAL_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

struct krb_asked {
	bool login; /* an AS-REQ, else a TGS-REQ */
	bool proof; /* with the encrypted time stamp of preauthentication */
	/* Lent: the realm's name, and the service as it stands there, a PrincipalName. */
	struct span realm, service;
};

/* What is asked.  0, -EBADMSG: no request, or -ENOMEM. */
int krb_asked_read(struct span request, struct krb_asked *out);

/* Append the KRB-ERROR with this code, of this time.  0, -ENOMEM, or the buffer's error. */
int krb_refusal_write(const struct krb_asked *, int code, int64_t wall_us, struct buf *out);

#endif
