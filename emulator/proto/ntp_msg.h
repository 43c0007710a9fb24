/* ntp_msg.h - NTP packets, as SNTP needs them.  RFC 5905 section 7.3. */
#ifndef PROTO_NTP_MSG_H
#define PROTO_NTP_MSG_H
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum { NTP_MSG_LEN = 48, NTP_CLIENT_V3 = 0x1b, NTP_MODE_SERVER = 4 };

/* Timestamps are 64 bits: seconds since 1900 and a fraction; 0 = unknown. */
struct ntp_msg {
	uint8_t leap, version, mode, stratum;
	int8_t poll, precision;
	uint32_t root_delay, root_dispersion;
	uint8_t refid[4];
	uint64_t reference, origin, receive, transmit;
};

/* Append a version 3 client's request: first byte 1B, all else 0 but the transmit time. */
void ntp_msg_request(struct buf *, uint64_t transmit);

/* Append a packet. */
void ntp_msg_encode(struct buf *, const struct ntp_msg *);

/* 0, or -EBADMSG: shorter than 48 bytes.  What follows them is ignored. */
int ntp_msg_decode(struct ntp_msg *, struct span);

/* Timestamps and microseconds since 1970.  Seconds below 2^31 are those after February 2036. */
uint64_t ntp_from_wall(int64_t wall_us);
int64_t ntp_to_wall(uint64_t ntp);

/* The reference id of a Kiss-o'-Death as text: "DENY"; what is not printable becomes '?'. */
const char *ntp_msg_kiss(const struct ntp_msg *, char out[5]);

#endif
