/*
 * serve_dns.h - a DNS server's logic: one zone in a table, authoritative for
 * whatever it is asked.  RFC 1035, 2782.
 */
#ifndef SERVE_SERVE_DNS_H
#define SERVE_SERVE_DNS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "dns_msg.h"
#include "span.h"

struct serve_dns;

struct serve_dns_record {
	const char *name;
	enum dns_type type;
	uint32_t ip;        /* A, host byte order */
	const char *target; /* SRV, CNAME */
	uint16_t priority, weight, port;
};

/* The table is copied.  Records of one name and type are answered in its order.  0, -ENOMEM, or
 * -EINVAL: a name that DNS cannot carry. */
int serve_dns_new(
    const struct serve_dns_record *, size_t n, uint32_t ttl_s, struct serve_dns **out);
void serve_dns_free(struct serve_dns *);

/* From now on every question gets this RCODE and nothing else; 0: answers again. */
void serve_dns_refuse(struct serve_dns *, uint8_t rcode);

/* For the log: what was asked and answered. */
struct serve_dns_done {
	char name[DNS_NAME_MAX];
	uint16_t type;
	uint8_t rcode;
	uint16_t answers;
	bool truncated;
};

/*
 * One query in; the reply is appended.  Over UDP a reply over 512 bytes is cut to
 * its question with TC set.  CNAMEs are followed within the zone; the addresses of SRV
 * targets go along.  0; -EBADMSG: not even a header, or itself a reply: nothing to answer.
 */
int serve_dns_answer(const struct serve_dns *, struct span query, bool tcp, struct buf *reply,
    struct serve_dns_done *);

/* The TCP form: takes one whole query with its two bytes of length off `in`, appends the reply
 * with its own.  1: one was answered, 0: more bytes are needed, -errno: hang up. */
int serve_dns_stream(
    const struct serve_dns *, struct buf *in, struct buf *out, struct serve_dns_done *);

#endif
