/*
 * dns_talk.h - ask DNS for a service or a host, the way the phone's resolver does.
 *
 * A name is asked at the first server, then the second, over UDP, each `tries`
 * times; a truncated answer is asked for again over TCP; a name that does not exist is asked
 * again with each suffix appended.  The targets of a service are ordered by RFC 2782
 * and looked up one by one, unless their addresses came along.
 */
#ifndef TALK_DNS_TALK_H
#define TALK_DNS_TALK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "dns_msg.h"
#include "io.h"
#include "talk.h"

enum { DNS_TALK_FOUND = 4, DNS_TALK_SERVERS = 2, DNS_TALK_NAME_MAX = 128 };

struct dns_found {
	char name[DNS_TALK_NAME_MAX]; /* the host; what a certificate must carry */
	uint32_t ip;
	uint16_t port; /* of a service; 0 for a host */
};

/* Who is asked, and how patiently; what it points to is lent while the talk lasts. */
struct dns_resolver {
	uint32_t servers[DNS_TALK_SERVERS]; /* 0 = none */
	const char (*suffix)[DNS_TALK_NAME_MAX];
	size_t n_suffixes;
	uint32_t timeout_ms, tries; /* of one name at one server */
};

struct dns_talk {
	/* The result: hosts in the order to be tried, each with its address. */
	struct dns_found found[DNS_TALK_FOUND];
	size_t n_found;
	/* TALK_FAILED: -ENOENT no such name; -EREMOTEIO the servers failed; -ETIMEDOUT;
	 * -ECONNREFUSED; -EBADMSG only unreadable answers; or io's error. */
	int err;
	const char *rcode; /* the last answer's: "NXDOMAIN" */

	/* private */
	struct talk_cfg cfg;
	struct dns_resolver dns;
	const char *asked;
	struct io_handle *udp[DNS_TALK_SERVERS], *tcp, *alarm;
	struct buf in;     /* TCP: the answer so far */
	uint16_t id;       /* of the question that is out */
	uint8_t type;      /* of the name asked for */
	uint8_t server;    /* the one asked last */
	uint8_t sends;     /* of this question */
	uint8_t out_of_it; /* servers that failed this question, a bit each */
	uint8_t suffix;    /* 0 = the name itself */
	uint8_t target;    /* the one being looked up */
	bool looking_up;   /* addresses of targets */
	bool failed;       /* a server said that it cannot */
	bool refused;      /* nobody listens there */
	bool unreadable;   /* something came that was no DNS */
};

/*
 * Begin with a host (DNS_A) or a service (DNS_SRV).  The name is lent until the
 * talk ends.  Notes TALK_DNS_NAME when a name is first asked ("SRV _sip._tls.contoso.com")
 * and TALK_DNS_ANSWER ("pool01.contoso.com:5061", "192.0.2.1", "NXDOMAIN").
 * TALK_WAIT, or TALK_FAILED at once.
 */
enum talk_state dns_talk_start(struct dns_talk *, const struct talk_cfg *,
    const struct dns_resolver *, const char *name, enum dns_type);

/* Feed an event of the owner's. */
enum talk_state dns_talk_event(struct dns_talk *, const struct io_event *);

/* Give up: close and free what it has. */
void dns_talk_drop(struct dns_talk *);

#endif
