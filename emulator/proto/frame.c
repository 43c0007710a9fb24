/* frame.c - see frame.h. */
#include "frame.h"

#include <errno.h>
#include <string.h>

enum {
	TYPE_IPV4 = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_TAG = 0x8100,
	VID_MASK = 0x0fff,
	ETHER_HEAD = 14,
	TAG = 4,
	IPV4_HEAD = 20,
	IPV4_TTL = 128, /* as Windows CE has it */
	IPV4_UDP = 17,
	IPV4_FRAGMENT = 0x3fff, /* more of them, or not the first */
	UDP_HEAD = 8,
	ARP_BODY = 28,
	ARP_HEAD = 8
};

const uint8_t frame_everybody[FRAME_MAC] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static uint16_t
get_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get_u32(const uint8_t *p)
{
	return (uint32_t)get_u16(p) << 16 | get_u16(p + 2);
}

/* ---- checksums (RFC 1071) ---- */

/* Bytes in pairs, an odd one at the end as if a zero followed. */
static uint32_t
sum_add(uint32_t sum, struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2)
		sum += get_u16(s.p + i);
	if (s.n % 2 != 0)
		sum += (uint32_t)s.p[s.n - 1] << 8;
	return sum;
}

static uint16_t
sum_end(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Over the pseudo header and the datagram. */
static uint16_t
udp_sum(uint32_t src, uint32_t dst, struct span datagram)
{
	uint32_t sum = (src >> 16) + (src & 0xffff) + (dst >> 16) + (dst & 0xffff);

	sum += IPV4_UDP + (uint32_t)datagram.n;
	return sum_end(sum_add(sum, datagram));
}

static void
put_sum(uint8_t *at, uint16_t sum)
{
	at[0] = (uint8_t)(sum >> 8);
	at[1] = (uint8_t)sum;
}

/* ---- writing ---- */

static void
ether_begin(struct buf *b, const uint8_t *to, const uint8_t *from, uint16_t vlan, uint16_t type)
{
	buf_put(b, to, FRAME_MAC);
	buf_put(b, from, FRAME_MAC);
	if (vlan != 0) {
		buf_u16(b, TYPE_TAG);
		buf_u16(b, vlan & VID_MASK);
	}
	buf_u16(b, type);
}

/* A tag does not shorten what follows it: 802.3 counts it to the head. */
static void
ether_end(struct buf *b, size_t start, uint16_t vlan)
{
	size_t n = b->n - start, shortest = FRAME_SHORTEST + (vlan != 0 ? TAG : 0);

	if (b->err == 0 && n < shortest)
		buf_zero(b, shortest - n);
}

static void
ipv4_write(struct buf *b, const struct frame_udp *f)
{
	size_t start = b->n;

	buf_u8(b, 0x45);
	buf_u8(b, 0);
	buf_u16(b, (uint16_t)(IPV4_HEAD + UDP_HEAD + f->payload.n));
	buf_u16(b, f->id);
	buf_u16(b, 0);
	buf_u8(b, IPV4_TTL);
	buf_u8(b, IPV4_UDP);
	buf_u16(b, 0);
	buf_u32(b, f->src);
	buf_u32(b, f->dst);
	if (b->err == 0)
		put_sum(b->p + start + 10,
		    sum_end(sum_add(0, (struct span){ b->p + start, IPV4_HEAD })));
}

void
frame_udp_write(struct buf *b, const struct frame_udp *f)
{
	size_t start = b->n, at;
	uint16_t sum;

	if (f->payload.n > FRAME_PAYLOAD_MAX && b->err == 0)
		b->err = -ENOBUFS;
	if (b->err != 0)
		return;
	ether_begin(b, f->to, f->from, f->vlan, TYPE_IPV4);
	ipv4_write(b, f);
	at = b->n;
	buf_u16(b, f->sport);
	buf_u16(b, f->dport);
	buf_u16(b, (uint16_t)(UDP_HEAD + f->payload.n));
	buf_u16(b, 0);
	buf_span(b, f->payload);
	if (b->err != 0)
		return;
	sum = udp_sum(f->src, f->dst, (struct span){ b->p + at, b->n - at });
	/* 0 would say that there is none: RFC 768. */
	put_sum(b->p + at + 6, sum != 0 ? sum : 0xffff);
	ether_end(b, start, f->vlan);
}

void
frame_arp_announce(struct buf *b, const uint8_t mac[FRAME_MAC], uint16_t vlan, uint32_t ip)
{
	size_t start = b->n;

	ether_begin(b, frame_everybody, mac, vlan, TYPE_ARP);
	buf_u16(b, 1);
	buf_u16(b, TYPE_IPV4);
	buf_u8(b, FRAME_MAC);
	buf_u8(b, 4);
	buf_u16(b, 1);
	buf_put(b, mac, FRAME_MAC);
	buf_u32(b, ip);
	buf_zero(b, FRAME_MAC);
	buf_u32(b, ip);
	ether_end(b, start, vlan);
}

/* ---- reading ---- */

struct ether {
	uint16_t vlan, type;
	struct span body;
};

/* One tag at most: what is tagged twice is not for us. */
static int
ether_read(struct ether *e, struct span frame)
{
	size_t at = ETHER_HEAD;

	if (frame.n < ETHER_HEAD)
		return -EBADMSG;
	*e = (struct ether){ .type = get_u16(frame.p + 12) };
	if (e->type == TYPE_TAG) {
		if (frame.n < ETHER_HEAD + TAG)
			return -EBADMSG;
		e->vlan = get_u16(frame.p + 14) & VID_MASK;
		e->type = get_u16(frame.p + 16);
		at += TAG;
	}
	e->body = (struct span){ frame.p + at, frame.n - at };
	return 0;
}

/* The datagram in an IPv4 packet; what the frame has behind it is padding. */
static int
ipv4_read(struct span packet, struct frame_udp *f, struct span *datagram)
{
	size_t head, whole;

	if (packet.n < IPV4_HEAD)
		return -EBADMSG;
	head = (packet.p[0] & 0x0fu) * 4;
	whole = get_u16(packet.p + 2);
	if (packet.p[0] >> 4 != 4)
		return -EPROTO;
	if (head < IPV4_HEAD || whole < head || whole > packet.n ||
	    sum_end(sum_add(0, (struct span){ packet.p, head })) != 0)
		return -EBADMSG;
	if (packet.p[9] != IPV4_UDP || (get_u16(packet.p + 6) & IPV4_FRAGMENT) != 0)
		return -EPROTO;
	f->id = get_u16(packet.p + 4);
	f->src = get_u32(packet.p + 12);
	f->dst = get_u32(packet.p + 16);
	*datagram = (struct span){ packet.p + head, whole - head };
	return 0;
}

/* A checksum of 0 says that there is none: RFC 768. */
static int
udp_read(struct span datagram, struct frame_udp *f, bool sums)
{
	size_t n;

	if (datagram.n < UDP_HEAD)
		return -EBADMSG;
	n = get_u16(datagram.p + 4);
	if (n < UDP_HEAD || n > datagram.n)
		return -EBADMSG;
	datagram.n = n;
	if (sums && get_u16(datagram.p + 6) != 0 && udp_sum(f->src, f->dst, datagram) != 0)
		return -EBADMSG;
	f->sport = get_u16(datagram.p);
	f->dport = get_u16(datagram.p + 2);
	f->payload = (struct span){ datagram.p + UDP_HEAD, n - UDP_HEAD };
	return 0;
}

int
frame_udp_read(struct frame_udp *out, struct span frame, bool sums)
{
	struct frame_udp f = { 0 };
	struct span datagram;
	struct ether e;
	int err = ether_read(&e, frame);

	if (err == 0 && e.type != TYPE_IPV4)
		err = -EPROTO;
	if (err == 0)
		err = ipv4_read(e.body, &f, &datagram);
	if (err == 0)
		err = udp_read(datagram, &f, sums);
	if (err != 0)
		return err;
	memcpy(f.to, frame.p, FRAME_MAC);
	memcpy(f.from, frame.p + FRAME_MAC, FRAME_MAC);
	f.vlan = e.vlan;
	*out = f;
	return 0;
}

int
frame_arp_read(struct frame_arp *out, struct span frame)
{
	static const uint8_t head[] = { 0, 1, 8, 0, 6, 4 }; /* Ethernet, IPv4, their lengths */
	struct ether e;
	const uint8_t *p;
	int err = ether_read(&e, frame);

	if (err != 0 || e.type != TYPE_ARP)
		return err != 0 ? err : -EPROTO;
	if (e.body.n < ARP_BODY)
		return -EBADMSG;
	if (memcmp(e.body.p, head, sizeof head) != 0)
		return -EPROTO;
	p = e.body.p + ARP_HEAD;
	*out = (struct frame_arp){ .vlan = e.vlan,
		.what = get_u16(e.body.p + 6),
		.sender_ip = get_u32(p + 6),
		.target_ip = get_u32(p + 16) };
	memcpy(out->to, frame.p, FRAME_MAC);
	memcpy(out->from, frame.p + FRAME_MAC, FRAME_MAC);
	memcpy(out->sender, p, FRAME_MAC);
	memcpy(out->target, p + 10, FRAME_MAC);
	return 0;
}
