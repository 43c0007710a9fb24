/*
 * frame.h - what goes over the wire below UDP: Ethernet II (IEEE 802.3), the 802.1Q tag,
 * IPv4 (RFC 791) without options when written, UDP (RFC 768), ARP (RFC 826).
 *
 * Only what a host without an address needs: a datagram whole in one frame, and the word that
 * an address is taken.  Fragments are no datagrams here.
 */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

enum {
	FRAME_MAC = 6,
	FRAME_SHORTEST = 60,               /* without the checksum, which the card adds */
	FRAME_UDP_HEAD = 14 + 4 + 20 + 8,  /* the most before a payload */
	FRAME_PAYLOAD_MAX = 1500 - 20 - 8, /* of a datagram in one frame */
	FRAME_MAX = FRAME_UDP_HEAD + FRAME_PAYLOAD_MAX
};

extern const uint8_t frame_everybody[FRAME_MAC];

struct frame_udp { /* addresses and ports in host byte order */
	uint8_t to[FRAME_MAC], from[FRAME_MAC];
	uint16_t vlan; /* 0: no tag */
	uint16_t id;   /* of the IPv4 packet */
	uint32_t src, dst;
	uint16_t sport, dport;
	struct span payload; /* lent by whom it was read from */
};

/* Append the frame, with both checksums.  The buffer keeps the error: -ENOBUFS also for a
 * payload above FRAME_PAYLOAD_MAX. */
void frame_udp_write(struct buf *, const struct frame_udp *);

/*
 * A frame as it was caught, with or without its tag.  `sums`: check the UDP checksum as well,
 * which a sender on the same machine leaves to its card; IPv4's is always checked.
 *
 * 0; -EPROTO: no UDP over IPv4, or a fragment; -EBADMSG: cut short, or a checksum is wrong.
 */
int frame_udp_read(struct frame_udp *, struct span frame, bool sums);

struct frame_arp {
	uint8_t to[FRAME_MAC], from[FRAME_MAC];
	uint16_t vlan;
	uint16_t what; /* 1 who has, 2 is at */
	uint8_t sender[FRAME_MAC], target[FRAME_MAC];
	uint32_t sender_ip, target_ip;
};

/* "This address is mine now", to everybody in the VLAN: RFC 5227 section 2.3. */
void frame_arp_announce(struct buf *, const uint8_t mac[FRAME_MAC], uint16_t vlan, uint32_t ip);

/* 0; -EPROTO: no ARP for IPv4 over Ethernet; -EBADMSG: cut short. */
int frame_arp_read(struct frame_arp *, struct span frame);

#endif
