/*
 * dns_msg.h - DNS queries and replies, A and SRV.  RFC 1035, 2782.
 *
 * c-ares is the codec of queries and answers; header and question are checked
 * here, and additional addresses are read here, because it does neither.
 */
#ifndef PROTO_DNS_MSG_H
#define PROTO_DNS_MSG_H
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "dns_name.h"
#include "span.h"

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_SRV = 33 };

enum { DNS_MSG_UDP_MAX = 512, DNS_MSG_HEAD = 12, DNS_MSG_SRV_MAX = 16 };

/* The fixed part, and the first question. */
struct dns_head {
	uint16_t id, flags; /* flags as on the wire: QR 8000 ... RCODE 000f */
	uint16_t n_questions, n_answers, n_authorities, n_additional;
	char name[DNS_NAME_MAX];
	uint16_t type, class;
	size_t question_end; /* where the records begin */
};

/* 0 or -EBADMSG. */
int dns_msg_head(struct dns_head *, struct span);

/* Append a recursive query.  0; -EINVAL: no name DNS could carry; -ENOMEM. */
int dns_msg_query(struct buf *, uint16_t id, const char *name, enum dns_type);

/*
 * Is this the reply to that query, and what does it say?  0: answers follow.
 * -EBADMSG: cannot be read.  -EPROTO: not an answer to this query.  -EMSGSIZE:
 * truncated, ask over TCP.  -ENOENT: no such name, or nothing of this type.
 * -EREMOTEIO: the server failed or refused.
 */
int dns_msg_check(struct span reply, uint16_t id, const char *name, enum dns_type);

/* "NXDOMAIN", "SERVFAIL" ... of a reply that could be read; "NODATA" for a good one. */
const char *dns_msg_rcode(struct span reply);

/* The addresses of a checked reply, CNAMEs followed.  0; -ENOENT; -EBADMSG; -ENOMEM. */
int dns_msg_addresses(struct span reply, uint32_t *out, size_t max, size_t *n_out);

struct dns_srv {
	char target[DNS_NAME_MAX];
	uint16_t port, priority, weight;
	uint32_t ip; /* if the reply had it along; else 0 */
};

/* The services of a checked reply, as they come; a target "." is left out (RFC 2782: not
 * offered here).  0; -ENOENT; -EBADMSG; -ENOMEM. */
int dns_msg_services(struct span reply, struct dns_srv *out, size_t max, size_t *n_out);

/* Order them by priority, and within one by weight and chance (RFC 2782). */
typedef uint32_t dns_random_fn(void *arg);
void dns_srv_order(struct dns_srv *, size_t n, dns_random_fn *, void *arg);

#endif
