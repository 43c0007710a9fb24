/*
 * seen.h - the wire facts of one row that a comparison needs, written down as the step meets
 * them.
 *
 * Keys are those of journey/seen_table.c.  Never secrets.  The store is the
 * row's: it is emptied when a row begins, kept through its tries, and goes into the trace when
 * it ends. Too much is dropped silently, with "seen_cut": true in the trace.
 */
#ifndef STEPS_SEEN_H
#define STEPS_SEEN_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

/* The keys; seen_table.c says of each its name, type, class and tshark field. */
enum seen_key {
	SEEN_DHCP_OPTIONS,   /* list of numbers: option codes of what we sent, in order */
	SEEN_DHCP_ASKED,     /* list: option 55 */
	SEEN_DHCP_CLASS,     /* text: option 60 */
	SEEN_DHCP_FLAGS,     /* number */
	SEEN_DHCP_BYTES,     /* number: smallest payload sent */
	SEEN_DHCP_MESSAGES,  /* list of text: DISCOVER, OFFER, REQUEST, ACK ... */
	SEEN_DHCP_ANSWERED,  /* list of numbers: option codes of the ACK */
	SEEN_ADDRESS,        /* text: the leased address */
	SEEN_VLAN,           /* number */
	SEEN_DOMAIN,         /* text: option 15 */
	SEEN_DNS_NAMES,      /* list of text: "SRV _sip._tls.contoso.com" in the order asked */
	SEEN_DNS_ANSWERS,    /* list of text: names or addresses answered */
	SEEN_NTP_FIRST_BYTE, /* number */
	SEEN_NTP_STRATUM,    /* number */
	SEEN_KRB_MESSAGES,   /* list of text: AS-REQ, KRB-ERROR 25, AS-REP ... */
	SEEN_SPN,            /* list of text: service names asked a ticket for */
	SEEN_LDAP_OPS,       /* list of text: bind, search <filter> */
	SEEN_LDAP_RESULTS,   /* list of numbers: result codes */
	SEEN_TLS_OFFERED,    /* list of numbers: suites */
	SEEN_TLS_CHOSEN,     /* number */
	SEEN_TLS_VERSION,    /* number */
	SEEN_TLS_ALERT,      /* number: the alert we sent, or got */
	SEEN_TLS_FLAW,       /* text: no_root, sha2, expired, early, name, other */
	SEEN_HTTP_REQUESTS,  /* list of text: "POST /RequestHandler/ucdevice.upx" */
	SEEN_HTTP_HEADERS,   /* set of text: header names sent */
	SEEN_HTTP_STATUS,    /* list of numbers */
	SEEN_HTTP_URL,       /* text */
	SEEN_SIP_REQUESTS,   /* list of text: REGISTER, SUBSCRIBE */
	SEEN_SIP_STATUS,     /* list of numbers */
	SEEN_SIP_HEADERS,    /* list of text: header names sent, in order */
	SEEN_SIP_SCHEME,     /* text: Kerberos */
	SEEN_SIP_VERSION,    /* number: of the signature */
	SEEN_SIP_USER_AGENT, /* text */
	SEEN_SIP_EXPIRES,    /* number */
	SEEN_VERSION,        /* text: the firmware version that runs */
	SEEN_OFFERED,        /* text: the version offered */
	SEEN_BYTES,          /* number: of the body */
	SEEN_CRC32,          /* number */
	SEEN_ROOT,           /* text: SHA-1 of the root, hex */
	SEEN_KEYS
};

/* How many bytes a row may note. */
enum { SEEN_MAX = 1536 };

struct seen { /* zeroed memory is an empty one */
	struct buf
	    text; /* private: key, type, value records; on the heap only while there are any */
	bool cut;
};

/* Empty it and give its memory back. */
void seen_clear(struct seen *);

/* Set a number or text / append to a list.  A text or number set twice keeps the last one; a
 * set ignores what it has. */
void seen_num(struct seen *, enum seen_key, uint64_t);
void seen_text(struct seen *, enum seen_key, struct span);
void seen_add_num(struct seen *, enum seen_key, uint64_t);
void seen_add_text(struct seen *, enum seen_key, struct span);

/* Append {"dhcp_options": [53, 61], ...}, keys in the table's order. */
void seen_json(const struct seen *, struct buf *out);

#endif
