/*
 * dhcp_msg.c - see dhcp_msg.h: writing messages, and taking one apart into its fields.
 * What is in the options is read by dhcp_option.c.
 */
#include "dhcp_msg.h"

#include <errno.h>
#include <string.h>

enum {
	OP_REQUEST = 1,
	OP_REPLY = 2,
	HTYPE_ETHERNET = 1,
	SNAME_AT = 44,
	SNAME_LEN = 64,
	FILE_AT = 108,
	FILE_LEN = 128,
	COOKIE = 0x63825363,
	CHADDR_LEN = 16,
	OPTION_MAX = 255
};

const char *
dhcp_type_name(enum dhcp_type type)
{
	static const char *const names[] = { "?", "DISCOVER", "OFFER", "REQUEST", "DECLINE",
		"ACK", "NAK", "RELEASE", "INFORM" };

	return (size_t)type < sizeof names / sizeof names[0] ? names[type] : "?";
}

/* ---- writing -------------------------------------------------------------- */

/* RFC 2131 section 2, figure 1, and the magic cookie behind it. */
void
dhcp_msg_begin(struct buf *b, const struct dhcp_head *h)
{
	buf_put(b, (uint8_t[]){ h->op, HTYPE_ETHERNET, sizeof h->mac, h->hops }, 4);
	buf_u32(b, h->xid);
	buf_u16(b, h->secs);
	buf_u16(b, h->flags);
	buf_u32(b, h->ciaddr);
	buf_u32(b, h->yiaddr);
	buf_u32(b, h->siaddr);
	buf_u32(b, h->giaddr);
	buf_put(b, h->mac, sizeof h->mac);
	/* The rest of chaddr, no sname, no file. */
	buf_zero(b, CHADDR_LEN - sizeof h->mac + SNAME_LEN + FILE_LEN);
	buf_u32(b, COOKIE);
}

/* RFC 3396: the parts follow each other; an empty value is one part. */
void
dhcp_msg_option(struct buf *b, uint8_t code, struct span value)
{
	size_t at = 0;

	do {
		size_t left = value.n - at, n = left < OPTION_MAX ? left : OPTION_MAX;

		buf_put(b, (uint8_t[]){ code, (uint8_t)n }, 2);
		if (n > 0)
			buf_put(b, value.p + at, n);
		at += n;
	} while (at < value.n);
}

void
dhcp_msg_option_u32(struct buf *b, uint8_t code, uint32_t v)
{
	buf_put(b, (uint8_t[]){ code, sizeof v }, 2);
	buf_u32(b, v);
}

void
dhcp_msg_end(struct buf *b, size_t start, size_t pad_to)
{
	buf_u8(b, DHCP_OPT_END);
	if (b->err == 0 && b->n - start < pad_to)
		buf_zero(b, pad_to - (b->n - start));
}

/* An option that is left out when its value is 0. */
static void
ask_u32(struct buf *b, uint8_t code, uint32_t v)
{
	if (v != 0)
		dhcp_msg_option_u32(b, code, v);
}

static void
ask_text(struct buf *b, uint8_t code, const char *text)
{
	if (text != NULL && text[0] != '\0')
		dhcp_msg_option(b, code, span_of(text));
}

/* Option 61: the hardware type and the MAC. */
static void
ask_client(struct buf *b, const uint8_t mac[6])
{
	buf_put(b, (uint8_t[]){ DHCP_OPT_CLIENT, 7, HTYPE_ETHERNET }, 3);
	buf_put(b, mac, 6);
}

/* DISCOVER and REQUEST end alike; the vendor class is one of CE's "raw custom options", which
 * come last. */
static void
ask_habits(struct buf *b, const struct dhcp_ask *a)
{
	ask_client(b, a->mac);
	ask_text(b, DHCP_OPT_HOST_NAME, a->host_name);
	if (a->n_ask > 0)
		dhcp_msg_option(b, DHCP_OPT_ASK, (struct span){ a->ask, a->n_ask });
	ask_text(b, DHCP_OPT_CLASS, a->vendor_class);
}

void
dhcp_msg_ask(struct buf *b, const struct dhcp_ask *a)
{
	struct dhcp_head head = {
		.op = OP_REQUEST, .xid = a->xid, .secs = a->secs, .ciaddr = a->ciaddr
	};
	size_t start = b->n;

	memcpy(head.mac, a->mac, sizeof head.mac);
	dhcp_msg_begin(b, &head);
	buf_put(b, (uint8_t[]){ DHCP_OPT_TYPE, 1, (uint8_t)a->type }, 3);

	/* RFC 2131 section 4.4.1, table 5: neither list nor class in RELEASE and DECLINE. */
	if (a->type == DHCP_RELEASE) {
		ask_client(b, a->mac);
		ask_u32(b, DHCP_OPT_SERVER, a->server);
	} else if (a->type == DHCP_DECLINE) {
		ask_u32(b, DHCP_OPT_WANTED, a->wanted);
		ask_client(b, a->mac);
		ask_u32(b, DHCP_OPT_SERVER, a->server);
	} else {
		ask_u32(b, DHCP_OPT_SERVER, a->server);
		ask_u32(b, DHCP_OPT_WANTED, a->wanted);
		ask_habits(b, a);
	}
	dhcp_msg_end(b, start, a->pad_to);
}

uint32_t
dhcp_msg_xid(uint32_t *counter, const uint8_t mac[6])
{
	/* The last byte of the MAC is the number's highest: a 32-bit load on a little-endian
	 * CPU. */
	if (*counter == 0)
		*counter = (uint32_t)mac[5] << 24 | (uint32_t)mac[4] << 16 |
		    (uint32_t)mac[3] << 8 | mac[2];
	else
		++*counter;
	if (*counter == 0)
		*counter = 1;
	return *counter;
}

/* ---- taking apart ----------------------------------------------------------- */

static uint16_t
u16_at(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
u32_at(const uint8_t *p)
{
	return (uint32_t)u16_at(p) << 16 | u16_at(p + 2);
}

/* Cut an area of options at its 255.  -EBADMSG: an option runs over the end, or there is no
 * 255. */
static int
area_cut(struct span raw, struct span *out)
{
	size_t at = 0;

	while (at < raw.n && raw.p[at] != DHCP_OPT_END) {
		if (raw.p[at] == DHCP_OPT_PAD) {
			at++;
			continue;
		}
		if (raw.n - at < 2 || raw.n - at - 2 < raw.p[at + 1])
			return -EBADMSG;
		at += 2u + raw.p[at + 1];
	}
	if (at >= raw.n)
		return -EBADMSG;
	*out = (struct span){ raw.p, at };
	return 0;
}

/* Option 52: more options in file (1), sname (2) or both; file comes first (RFC 3396). */
static int
areas_find(struct dhcp_msg *m, struct span bytes)
{
	uint8_t where = 0;
	struct buf value;

	if (area_cut((struct span){ bytes.p + DHCP_MSG_HEAD, bytes.n - DHCP_MSG_HEAD },
		&m->area[0]) != 0)
		return -EBADMSG;

	/* The overload option itself is looked for in the option field alone. */
	buf_over(&value, &where, 1);
	if (!dhcp_msg_get(m, DHCP_OPT_OVERLOAD, &value))
		return 0;
	if (value.err != 0 || value.n != 1 || where < 1 || where > 3)
		return -EBADMSG;
	if (where & 1 && area_cut((struct span){ bytes.p + FILE_AT, FILE_LEN }, &m->area[1]))
		return -EBADMSG;
	if (where & 2 && area_cut((struct span){ bytes.p + SNAME_AT, SNAME_LEN }, &m->area[2]))
		return -EBADMSG;
	return 0;
}

int
dhcp_msg_decode(struct dhcp_msg *out, struct span bytes)
{
	const uint8_t *p = bytes.p;
	struct dhcp_msg m = { 0 };
	uint8_t type = 0;
	struct buf value;

	if (bytes.n < DHCP_MSG_HEAD || (p[0] != OP_REQUEST && p[0] != OP_REPLY) ||
	    p[1] != HTYPE_ETHERNET || p[2] != sizeof m.mac ||
	    u32_at(p + DHCP_MSG_HEAD - 4) != COOKIE)
		return -EBADMSG;

	m.op = p[0];
	m.hops = p[3];
	m.xid = u32_at(p + 4);
	m.secs = u16_at(p + 8);
	m.flags = u16_at(p + 10);
	m.ciaddr = u32_at(p + 12);
	m.yiaddr = u32_at(p + 16);
	m.siaddr = u32_at(p + 20);
	m.giaddr = u32_at(p + 24);
	memcpy(m.mac, p + 28, sizeof m.mac);
	/* All lengths are proven here, so that the getters need not. */
	if (areas_find(&m, bytes) != 0)
		return -EBADMSG;

	buf_over(&value, &type, 1);
	/* Without option 53 it is BOOTP. */
	if (!dhcp_msg_get(&m, DHCP_OPT_TYPE, &value) || value.err != 0 || value.n != 1 ||
	    type < DHCP_DISCOVER || type > DHCP_INFORM)
		return -EBADMSG;
	m.type = (enum dhcp_type)type;
	*out = m;
	return 0;
}
