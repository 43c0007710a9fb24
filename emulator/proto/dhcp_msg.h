/*
 * dhcp_msg.h - DHCP messages, bytes and structs.  RFC 2131, 2132, 3396, 3397.
 *
 * A message is read in place: struct dhcp_msg lends the bytes it was decoded
 * from, the getters look an option up in them.  What a phone says is written by
 * dhcp_msg_ask() in the order Windows CE uses; what a server says is put together by
 * dhcp_msg_begin(), _option() and _end().
 */
#ifndef PROTO_DHCP_MSG_H
#define PROTO_DHCP_MSG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum dhcp_type {
	DHCP_DISCOVER = 1,
	DHCP_OFFER,
	DHCP_REQUEST,
	DHCP_DECLINE,
	DHCP_ACK,
	DHCP_NAK,
	DHCP_RELEASE,
	DHCP_INFORM
};

enum dhcp_option {
	DHCP_OPT_PAD = 0,
	DHCP_OPT_MASK = 1,
	DHCP_OPT_ROUTER = 3,
	DHCP_OPT_DNS = 6,
	DHCP_OPT_HOST_NAME = 12,
	DHCP_OPT_DOMAIN = 15,
	DHCP_OPT_VENDOR = 43,
	DHCP_OPT_WANTED = 50,
	DHCP_OPT_LEASE = 51,
	DHCP_OPT_OVERLOAD = 52,
	DHCP_OPT_TYPE = 53,
	DHCP_OPT_SERVER = 54,
	DHCP_OPT_ASK = 55,
	DHCP_OPT_T1 = 58,
	DHCP_OPT_T2 = 59,
	DHCP_OPT_CLASS = 60,
	DHCP_OPT_CLIENT = 61,
	DHCP_OPT_RELAY = 82,
	DHCP_OPT_SEARCH = 119,
	DHCP_OPT_END = 255
};

enum {
	DHCP_MSG_HEAD = 240,  /* up to and with the magic cookie */
	DHCP_MSG_MAX = 1472,  /* what a frame carries */
	DHCP_VALUE_MAX = 512, /* an option joined from its parts */
	DHCP_NAME_MAX = 128   /* a domain, with its NUL */
};

/* ---- what a client says ------------------------------------------------ */

/* Addresses in host byte order; 0, NULL and "" are left out. */
struct dhcp_ask {
	enum dhcp_type type;
	uint32_t xid;
	uint16_t secs;
	uint8_t mac[6];
	uint32_t ciaddr;
	uint32_t wanted; /* option 50 */
	uint32_t server; /* option 54 */
	const char *host_name;
	const char *vendor_class; /* option 60, behind 55 */
	const uint8_t *ask;       /* option 55 */
	size_t n_ask;
	size_t pad_to; /* smallest payload */
};

/*
 * Append the message as Windows CE writes it: DISCOVER 53 [50] 61 [12] 55 60;
 * REQUEST 53 [54] [50] 61 [12] 55 60; DECLINE 53 50 61 54; RELEASE 53 61 54; then 255 and
 * zeros up to pad_to.  Flags are 0.  The buffer keeps the error.
 */
void dhcp_msg_ask(struct buf *, const struct dhcp_ask *);

/*
 * Windows CE's transaction number: a counter per boot, 0 at first, seeded by XOR
 * with the last four bytes of the MAC, then one more per transaction; never 0.
 * Moves *counter on and returns the number to use.
 */
uint32_t dhcp_msg_xid(uint32_t *counter, const uint8_t mac[6]);

/* ---- reading ------------------------------------------------------------ */

enum { DHCP_MSG_AREAS = 3 }; /* options; file and sname, when option 52 says so */

struct dhcp_msg {
	uint8_t op, hops;
	uint32_t xid;
	uint16_t secs, flags;
	uint32_t ciaddr, yiaddr, siaddr, giaddr;
	uint8_t mac[6];
	enum dhcp_type type;
	struct span area[DHCP_MSG_AREAS]; /* lent; each ends before its 255 */
};

/*
 * 0, or -EBADMSG: too short, no Ethernet, no cookie, no option 53, an option that
 * runs over its end, or options without their 255.
 */
int dhcp_msg_decode(struct dhcp_msg *, struct span bytes);

/* Append the value of an option, its parts joined (RFC 3396).  Is it there? */
bool dhcp_msg_get(const struct dhcp_msg *, uint8_t code, struct buf *value);

/* Is it there with exactly four bytes (for lists: at least; the first ones)?  *out is host byte
 * order. */
bool dhcp_msg_u32(const struct dhcp_msg *, uint8_t code, uint32_t *out);

/* The first max addresses of a list; returns how many. */
size_t dhcp_msg_ips(const struct dhcp_msg *, uint8_t code, uint32_t *out, size_t max);

/* A host or domain name: trailing NULs and dot dropped.  -ENOENT, or -EBADMSG when it is none
 * or does not fit. */
int dhcp_msg_name(const struct dhcp_msg *, uint8_t code, char out[DHCP_NAME_MAX]);

/* Option 119, compressed or not: the first max domains; returns how many could be read. */
size_t dhcp_msg_search(const struct dhcp_msg *, char out[][DHCP_NAME_MAX], size_t max);

/* The VLAN (1..4094) in a sub-option of 43, ASCII decimal or binary; 0 = none. */
uint16_t dhcp_msg_vlan(const struct dhcp_msg *, uint8_t suboption);

/* The option codes in the order they come, 255 last; returns how many of them fit. */
size_t dhcp_msg_codes(const struct dhcp_msg *, uint8_t *out, size_t max);

/* "DISCOVER", "OFFER" ...; "?" for others. */
const char *dhcp_type_name(enum dhcp_type);

/* ---- what a server says ------------------------------------------------- */

struct dhcp_head {
	uint8_t op, hops;
	uint32_t xid;
	uint16_t secs, flags;
	uint32_t ciaddr, yiaddr, siaddr, giaddr;
	uint8_t mac[6];
};

/* Append the fixed part and the cookie. */
void dhcp_msg_begin(struct buf *, const struct dhcp_head *);

/* Append an option; longer than 255 bytes: in parts. */
void dhcp_msg_option(struct buf *, uint8_t code, struct span value);
void dhcp_msg_option_u32(struct buf *, uint8_t code, uint32_t value);

/* Append 255 and zeros, so that the message that began at `start` has at least pad_to bytes. */
void dhcp_msg_end(struct buf *, size_t start, size_t pad_to);

#endif
