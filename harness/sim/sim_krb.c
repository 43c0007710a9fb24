/* sim_krb.c - messages, seals and MICs of the toy Kerberos; see sim_krb.h. */
#include "sim_krb.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	KRB_LONG = 0x82,   /* a DER length of two bytes follows */
	KRB_CODE = 0xa6,   /* [6] of a KRB-ERROR */
	KRB_E_DATA = 0xac, /* [12] */
	KRB_ERROR_SIZE = 157,
	KRB_PREAUTH_SIZE = 293, /* it says with what */
	KRB_PREAUTH_REQUIRED_CODE = 25,
	KRB_HEAD = 4,
	KRB_MESSAGE_MAX = 60000
};

/* ---- MICs ------------------------------------------------------------------ */

/* Eight bytes, first lowest, on every machine the same. */
static uint64_t
mic_word(const uint8_t *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return le64toh(w);
}

/* Two sums that begin and multiply differently. */
struct mic_sums {
	uint64_t a, b;
};

static void
mic_mix(struct mic_sums *m, uint64_t w)
{
	m->a = (m->a ^ w) * 0x9e3779b97f4a7c15u;
	m->b = (m->b ^ w) * 0xc2b2ae3d27d4eb4fu;
	m->a ^= m->a >> 29;
	m->b ^= m->b >> 31;
}

/* The last, short word has its length with it: zeros at the end count. */
static void
mic_add(struct mic_sums *m, struct span s)
{
	size_t at = 0;

	for (; at + 8 <= s.n; at += 8)
		mic_mix(m, mic_word(s.p + at, 8));
	mic_mix(m, (s.n > at ? mic_word(s.p + at, s.n - at) : 0) ^ (uint64_t)s.n << 56);
}

/* Not secret, but no change goes unnoticed. */
void
sim_mic(struct span key, const char *from, struct span bytes, uint8_t out[SIM_KRB_KEY])
{
	struct mic_sums m = { 0xcbf29ce484222325u, 0x340d631b7bdddcdau };

	mic_add(&m, key);
	mic_add(&m, span_of(from));
	mic_add(&m, bytes);
	mic_mix(&m, 0);
	for (unsigned i = 0; i < 8; i++) {
		out[i] = (uint8_t)(m.a >> 8 * i);
		out[8 + i] = (uint8_t)(m.b >> 8 * i);
	}
}

bool
sim_mic_is(struct span key, const char *from, struct span bytes, struct span mic)
{
	uint8_t want[SIM_KRB_KEY];

	sim_mic(key, from, bytes, want);
	return span_eq((struct span){ want, sizeof want }, mic);
}

/* ---- fields ------------------------------------------------------------------ */

struct span
sim_krb_put_time(uint8_t out[8], int64_t time)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)time >> 8 * i);
	return (struct span){ out, 8 };
}

int64_t
sim_krb_time(struct span s)
{
	return s.n == 8 ? (int64_t)mic_word(s.p, 8) : 0;
}

/* How many, then each behind its length. */
static void
fields_write(struct buf *b, const struct sim_krb *m)
{
	buf_u8(b, (uint8_t)m->n);
	for (size_t i = 0; i < m->n; i++) {
		buf_u16(b, (uint16_t)m->field[i].n);
		buf_span(b, m->field[i]);
	}
}

static int
fields_read(struct span s, struct sim_krb *out)
{
	size_t at = 1;

	if (s.n == 0 || s.p[0] > SIM_KRB_FIELDS)
		return -EINVAL;
	out->n = s.p[0];
	for (size_t i = 0; i < out->n; i++) {
		size_t n;

		if (s.n - at < 2)
			return -EINVAL;
		n = (size_t)s.p[at] << 8 | s.p[at + 1];
		at += 2;
		if (s.n - at < n)
			return -EINVAL;
		out->field[i] = (struct span){ s.p + at, n };
		at += n;
	}
	return 0;
}

static void
fill(struct buf *b, size_t size)
{
	if (b->err == 0 && b->n < size)
		buf_zero(b, size - b->n);
}

/* ---- seals ---------------------------------------------------------------------- */

void
sim_krb_seal(struct buf *b, struct span key, const struct sim_krb *m, size_t size)
{
	uint8_t mic[SIM_KRB_KEY];
	size_t at = b->n;

	fields_write(b, m);
	fill(b, at + size - (size > sizeof mic ? sizeof mic : 0));
	if (b->err != 0)
		return;
	sim_mic(key, "seal", (struct span){ b->p + at, b->n - at }, mic);
	buf_put(b, mic, sizeof mic);
}

int
sim_krb_open(struct span seal, struct span key, struct sim_krb *out)
{
	size_t n = seal.n;

	*out = (struct sim_krb){ 0 };
	if (n < SIM_KRB_KEY)
		return -EBADMSG;
	n -= SIM_KRB_KEY;
	if (!sim_mic_is(key, "seal", (struct span){ seal.p, n },
		(struct span){ seal.p + n, SIM_KRB_KEY }))
		return -EBADMSG;
	return fields_read((struct span){ seal.p, n }, out) == 0 ? 0 : -EBADMSG;
}

/* ---- tickets -------------------------------------------------------------------- */

/* A service's key follows from its name. */
static struct span
ticket_key(struct span spn, struct span realm, char key[2 * SIM_KRB_NAME])
{
	int n = snprintf(key, 2 * SIM_KRB_NAME, "%.*s@%.*s", (int)spn.n, (const char *)spn.p,
	    (int)realm.n, (const char *)realm.p);

	return (struct span){ (const uint8_t *)key, n < 0 ? 0 : strlen(key) };
}

void
sim_ticket_write(struct buf *b, const struct sim_ticket *t, size_t size)
{
	uint8_t start[8], end[8];
	char key[2 * SIM_KRB_NAME];
	const struct sim_krb m = { .n = 6,
		.field = { t->client, t->realm, t->spn, sim_krb_put_time(start, t->start_us),
		    sim_krb_put_time(end, t->end_us), { t->session, sizeof t->session } } };

	sim_krb_seal(b, ticket_key(t->spn, t->realm, key), &m, size);
}

int
sim_ticket_read(struct span s, struct span spn, struct span realm, struct sim_ticket *out)
{
	char key[2 * SIM_KRB_NAME];
	struct sim_krb m;

	if (sim_krb_open(s, ticket_key(spn, realm, key), &m) != 0 || m.n != 6 ||
	    m.field[5].n != SIM_KRB_KEY)
		return -EBADMSG;
	*out = (struct sim_ticket){ .client = m.field[0],
		.realm = m.field[1],
		.spn = m.field[2],
		.start_us = sim_krb_time(m.field[3]),
		.end_us = sim_krb_time(m.field[4]) };
	memcpy(out->session, m.field[5].p, SIM_KRB_KEY);
	return 0;
}

/* ---- messages ---------------------------------------------------------------------- */

/* tag, length in the long form of two bytes, content. */
static void
put_head(struct buf *b, uint8_t tag, size_t n)
{
	buf_u8(b, tag);
	buf_u8(b, KRB_LONG);
	buf_u16(b, (uint16_t)n);
}

void
sim_krb_write(struct buf *b, bool stream, const struct sim_krb *m, size_t size)
{
	struct buf inner;

	buf_init(&inner, KRB_MESSAGE_MAX);
	fields_write(&inner, m);
	fill(&inner, size > KRB_HEAD ? size - KRB_HEAD : 0);
	if (stream)
		buf_u32(b, (uint32_t)inner.n + KRB_HEAD);
	put_head(b, (uint8_t)m->tag, inner.n);
	buf_span(b, buf_bytes(&inner));
	if (inner.err != 0)
		b->err = inner.err;
	buf_done(&inner);
}

/* KRB-ERROR { SEQUENCE { [6] INTEGER, [12] ... } } */
void
sim_krb_write_error(struct buf *b, bool stream, int code)
{
	const uint8_t number[] = { KRB_CODE, 4, 2, 2, (uint8_t)(code >> 8), (uint8_t)code };
	const size_t size =
	    code == KRB_PREAUTH_REQUIRED_CODE ? KRB_PREAUTH_SIZE : KRB_ERROR_SIZE;
	const size_t data = size - 3 * KRB_HEAD - sizeof number;

	if (stream)
		buf_u32(b, (uint32_t)size);
	put_head(b, SIM_KRB_ERROR, size - KRB_HEAD);
	put_head(b, 0x30, size - 2 * KRB_HEAD);
	buf_put(b, number, sizeof number);
	put_head(b, KRB_E_DATA, data);
	buf_zero(b, data);
}

static int
read_error(struct span s, struct sim_krb *out)
{
	if (s.n < KRB_HEAD + 6 || s.p[0] != 0x30 || s.p[KRB_HEAD] != KRB_CODE)
		return -EINVAL;
	out->code = s.p[KRB_HEAD + 4] << 8 | s.p[KRB_HEAD + 5];
	return 0;
}

/* RFC 4120 7.2.2: four bytes of length, then just so many. */
static int
unframe(struct span *s)
{
	size_t n;

	if (s->n < SIM_KRB_LENGTH)
		return -EBADMSG;
	n = (size_t)s->p[0] << 24 | (size_t)s->p[1] << 16 | (size_t)s->p[2] << 8 | s->p[3];
	*s = (struct span){ s->p + SIM_KRB_LENGTH, s->n - SIM_KRB_LENGTH };
	return n == s->n && n > 0 ? 0 : -EBADMSG;
}

int
sim_krb_read(struct span s, bool stream, struct sim_krb *out)
{
	*out = (struct sim_krb){ 0 };
	if (s.n == 0 || (stream && unframe(&s) != 0))
		return -EBADMSG;
	if (s.n < KRB_HEAD || s.p[1] != KRB_LONG ||
	    s.n - KRB_HEAD != ((size_t)s.p[2] << 8 | s.p[3]))
		return -EINVAL;
	out->tag = (enum sim_krb_tag)s.p[0];
	s = (struct span){ s.p + KRB_HEAD, s.n - KRB_HEAD };
	if (out->tag == SIM_KRB_ERROR)
		return read_error(s, out);
	return out->tag >= SIM_AS_REQ && out->tag <= SIM_TGS_REP ? fields_read(s, out)
								 : -EINVAL;
}
