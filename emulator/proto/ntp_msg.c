/* ntp_msg.c - see ntp_msg.h. */
#include "ntp_msg.h"

#include <errno.h>
#include <string.h>

enum { US = 1000000 };

/* From 1900 to 1970, and the second era, which begins in February 2036. */
static const int64_t epoch_s = 2208988800, era_s = (int64_t)1 << 32;

static void
put_u64(struct buf *b, uint64_t v)
{
	buf_u32(b, (uint32_t)(v >> 32));
	buf_u32(b, (uint32_t)v);
}

static uint32_t
u32_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t
u64_at(const uint8_t *p)
{
	return (uint64_t)u32_at(p) << 32 | u32_at(p + 4);
}

void
ntp_msg_request(struct buf *b, uint64_t transmit)
{
	/* SNTP asks for no more than this: the server gives the transmit time back as
	 * origin. */
	buf_u8(b, NTP_CLIENT_V3);
	buf_zero(b, NTP_MSG_LEN - 1 - sizeof transmit);
	put_u64(b, transmit);
}

void
ntp_msg_encode(struct buf *b, const struct ntp_msg *m)
{
	buf_u8(b, (uint8_t)(m->leap << 6 | (m->version & 7) << 3 | (m->mode & 7)));
	buf_u8(b, m->stratum);
	buf_u8(b, (uint8_t)m->poll);
	buf_u8(b, (uint8_t)m->precision);
	buf_u32(b, m->root_delay);
	buf_u32(b, m->root_dispersion);
	buf_put(b, m->refid, sizeof m->refid);
	put_u64(b, m->reference);
	put_u64(b, m->origin);
	put_u64(b, m->receive);
	put_u64(b, m->transmit);
}

/* The fields where RFC 5905 section 7.3 has them. */
int
ntp_msg_decode(struct ntp_msg *out, struct span s)
{
	const uint8_t *p = s.p;

	/* Extension fields and a MAC may follow (RFC 5905 section 7.5); neither is used. */
	if (s.n < NTP_MSG_LEN)
		return -EBADMSG;
	*out = (struct ntp_msg){
		.leap = p[0] >> 6,
		.version = p[0] >> 3 & 7,
		.mode = p[0] & 7,
		.stratum = p[1],
		.poll = (int8_t)p[2],
		.precision = (int8_t)p[3],
		.root_delay = u32_at(p + 4),
		.root_dispersion = u32_at(p + 8),
		.refid = { p[12], p[13], p[14], p[15] },
		.reference = u64_at(p + 16),
		.origin = u64_at(p + 24),
		.receive = u64_at(p + 32),
		.transmit = u64_at(p + 40),
	};
	return 0;
}

uint64_t
ntp_from_wall(int64_t wall_us)
{
	int64_t s = wall_us / US, us = wall_us % US;

	/* Before 1970 the fraction still counts forward. */
	if (us < 0) {
		us += US;
		s--;
	}
	return (uint64_t)(s + epoch_s) << 32 | ((uint64_t)us << 32) / US;
}

int64_t
ntp_to_wall(uint64_t ntp)
{
	int64_t s = (int64_t)(ntp >> 32);
	uint64_t fraction = ntp & UINT32_MAX;

	/* Nothing in the packet says which era: small numbers are taken for the second one. */
	if (s < era_s / 2)
		s += era_s;
	/* Rounded, so that from_wall and back is the same microsecond. */
	return (s - epoch_s) * US + (int64_t)((fraction * US + (1u << 31)) >> 32);
}

const char *
ntp_msg_kiss(const struct ntp_msg *m, char out[5])
{
	for (size_t i = 0; i < sizeof m->refid; i++) {
		/* Four letters of the server's (RFC 5905 section 7.4), which end up in a
		 * report. */
		uint8_t c = m->refid[i];

		out[i] = c >= ' ' && c <= '~' ? (char)c : '?';
	}
	out[4] = '\0';
	return out;
}
