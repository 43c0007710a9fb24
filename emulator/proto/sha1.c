/* sha1.c - see sha1.h; names as in RFC 3174 section 6. */
#include "sha1.h"

#include <string.h>

static uint32_t
rol(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t
get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* f(t; B, C, D) + K(t) of section 5. */
static uint32_t
sha1_round(int t, uint32_t b, uint32_t c, uint32_t d)
{
	if (t < 20)
		return ((b & c) | (~b & d)) + 0x5a827999;
	if (t < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (t < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

/* Method 1: all 80 words at once. */
static void
sha1_block(uint32_t h[5], const uint8_t block[64])
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (int t = 0; t < 16; t++)
		w[t] = get_u32(block + 4 * t);
	for (int t = 16; t < 80; t++)
		w[t] = rol(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);

	for (int t = 0; t < 80; t++) {
		uint32_t temp = rol(a, 5) + sha1_round(t, b, c, d) + e + w[t];

		e = d;
		d = c;
		c = rol(b, 30);
		b = a;
		a = temp;
	}

	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void
sha1_init(struct sha1 *s)
{
	*s = (struct sha1){ .h = {
				0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } };
}

void
sha1_put(struct sha1 *s, struct span in)
{
	while (in.n > 0) {
		size_t at = s->n % 64, room = 64 - at, n = in.n < room ? in.n : room;

		memcpy(s->block + at, in.p, n);
		in.p += n;
		in.n -= n;
		s->n += n;
		if (at + n == 64)
			sha1_block(s->h, s->block);
	}
}

void
sha1_done(struct sha1 *s, uint8_t out[SHA1_SIZE])
{
	/* Section 4: a one bit, zeros up to 56 of 64, and the length in bits. */
	static const uint8_t pad[64] = { 0x80 };
	uint64_t bits = s->n * 8;
	size_t at = s->n % 64;
	uint8_t length[8];

	sha1_put(s, (struct span){ pad, (at < 56 ? 56 : 120) - at });
	put_u32(length, (uint32_t)(bits >> 32));
	put_u32(length + 4, (uint32_t)bits);
	sha1_put(s, (struct span){ length, sizeof length });

	for (int i = 0; i < 5; i++)
		put_u32(out + 4 * i, s->h[i]);
}

void
sha1_of(struct span in, uint8_t out[SHA1_SIZE])
{
	struct sha1 s;

	sha1_init(&s);
	sha1_put(&s, in);
	sha1_done(&s, out);
}
