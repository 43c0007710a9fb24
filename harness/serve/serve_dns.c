/* serve_dns.c - see serve_dns.h: a query in, a reply out. */
#include "serve_dns.h"

#include <errno.h>
#include <string.h>

#include "serve_dns_zone.h"

enum {
	CLASS_IN = 1,
	TYPE_ANY = 255,
	FLAG_REPLY = 0x8000,
	FLAG_OPCODE = 0x7800,
	FLAG_AUTHORITY = 0x0400,
	FLAG_TRUNCATED = 0x0200,
	FLAG_RECURSION_DESIRED = 0x0100,
	FLAG_RECURSION = 0x0080,
	RCODE_FORMERR = 1,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	CNAMES_MAX = 8,
	QUESTION_POINTER = 0xc000 | DNS_MSG_HEAD
};

struct dns_reply {
	const struct serve_dns *d;
	struct buf *out;
	size_t start;
	uint16_t n_answers, n_additional;
};

/* One record; its owner is the question's name (a pointer) or written out. */
static void
put_record(struct dns_reply *r, const struct dns_record *rec, bool of_question)
{
	struct buf *b = r->out;
	size_t length_at;

	if (of_question)
		buf_u16(b, QUESTION_POINTER);
	else
		(void)dns_name_write(b, rec->name);
	buf_u16(b, (uint16_t)rec->type);
	buf_u16(b, CLASS_IN);
	buf_u32(b, r->d->ttl_s);
	length_at = b->n;
	buf_u16(b, 0);

	if (rec->type == DNS_A)
		buf_u32(b, rec->ip);
	if (rec->type == DNS_SRV) {
		buf_u16(b, rec->priority);
		buf_u16(b, rec->weight);
		buf_u16(b, rec->port);
	}
	if (rec->type != DNS_A)
		(void)dns_name_write(b, rec->target);
	if (b->err == 0) {
		size_t n = b->n - length_at - 2;

		b->p[length_at] = (uint8_t)(n >> 8);
		b->p[length_at + 1] = (uint8_t)n;
	}
}

/* The addresses of a service's host go along. */
static void
put_along(struct dns_reply *r, const char *target)
{
	const struct dns_record *rec = serve_dns_find(r->d, target);

	for (; rec != NULL; rec = serve_dns_next(r->d, rec))
		if (rec->type == DNS_A) {
			put_record(r, rec, false);
			r->n_additional++;
		}
}

/* Answer with what the name has of this type; a CNAME leads on.  Does the name exist? */
static bool
put_answers(struct dns_reply *r, const char *name, uint16_t type)
{
	const struct dns_record *rec = serve_dns_find(r->d, name), *first = rec;

	for (unsigned hops = 0; rec != NULL && hops < CNAMES_MAX; hops++) {
		const struct dns_record *alias = NULL;
		bool of_question = hops == 0;

		for (; rec != NULL; rec = serve_dns_next(r->d, rec)) {
			if (rec->type == DNS_CNAME && type != DNS_CNAME)
				alias = rec;
			if (rec->type != type && rec != alias && type != TYPE_ANY)
				continue;
			put_record(r, rec, of_question);
			r->n_answers++;
		}
		if (alias != NULL)
			rec = serve_dns_find(r->d, alias->target);
	}
	return first != NULL;
}

static void
put_additional(struct dns_reply *r, const char *name, uint16_t type)
{
	const struct dns_record *rec = type == DNS_SRV ? serve_dns_find(r->d, name) : NULL;

	for (; rec != NULL; rec = serve_dns_next(r->d, rec))
		if (rec->type == DNS_SRV)
			put_along(r, rec->target);
}

/* The fixed part; it is written again when the counts are known. */
static void
put_head(struct buf *b, const struct dns_head *q, uint16_t flags, const struct dns_reply *r)
{
	buf_u16(b, q->id);
	buf_u16(b, (uint16_t)(flags | (q->flags & (FLAG_OPCODE | FLAG_RECURSION_DESIRED))));
	buf_u16(b, q->n_questions > 0 ? 1 : 0);
	buf_u16(b, r->n_answers);
	buf_u16(b, 0);
	buf_u16(b, r->n_additional);
}

/* What is wrong with a question, or with the server: an rcode, or 0. */
static uint8_t
judge(const struct serve_dns *d, const struct dns_head *q)
{
	if (d->refuse != 0)
		return d->refuse;
	if (q->flags & FLAG_OPCODE)
		return RCODE_NOTIMP;
	if (q->n_questions != 1)
		return RCODE_FORMERR;
	return 0;
}

static void
patch_head(
    struct dns_reply *r, const struct dns_head *q, uint16_t flags, struct serve_dns_done *done)
{
	uint8_t memory[DNS_MSG_HEAD];
	struct buf head;

	if (r->out->err != 0)
		return;
	buf_over(&head, memory, sizeof memory);
	put_head(&head, q, (uint16_t)(flags | done->rcode), r);
	memcpy(r->out->p + r->start, memory, sizeof memory);
	done->answers = r->n_answers;
}

int
serve_dns_answer(const struct serve_dns *d, struct span query, bool tcp, struct buf *out,
    struct serve_dns_done *done)
{
	uint16_t flags = FLAG_REPLY | FLAG_AUTHORITY | FLAG_RECURSION;
	struct dns_reply r = { .d = d, .out = out, .start = out->n };
	struct dns_head q;
	size_t question_n;

	*done = (struct serve_dns_done){ 0 };
	if (dns_msg_head(&q, query) != 0 || q.flags & FLAG_REPLY)
		return -EBADMSG;
	memcpy(done->name, q.name, sizeof done->name);
	done->type = q.type;
	done->rcode = judge(d, &q);

	/* The question comes back as it was asked. */
	question_n = q.n_questions > 0 ? q.question_end - DNS_MSG_HEAD : 0;
	buf_zero(out, DNS_MSG_HEAD);
	buf_put(out, query.p + DNS_MSG_HEAD, question_n);
	if (done->rcode == 0) {
		if (!put_answers(&r, q.name, q.class == CLASS_IN ? q.type : 0))
			done->rcode = RCODE_NXDOMAIN;
		put_additional(&r, q.name, q.type);
	}

	/* RFC 1035 section 4.2.1: too long for UDP, ask again over TCP. */
	if (!tcp && out->err == 0 && out->n - r.start > DNS_MSG_UDP_MAX) {
		out->n = r.start + DNS_MSG_HEAD + question_n;
		r.n_answers = r.n_additional = 0;
		flags |= FLAG_TRUNCATED;
		done->truncated = true;
	}
	patch_head(&r, &q, flags, done);
	return out->err;
}

int
serve_dns_stream(
    const struct serve_dns *d, struct buf *in, struct buf *out, struct serve_dns_done *done)
{
	struct span s = buf_bytes(in);
	size_t length_at = out->n, n;
	int err;

	if (s.n < 2)
		return 0;
	n = (size_t)(s.p[0] << 8 | s.p[1]);
	if (s.n - 2 < n)
		return 0;

	buf_u16(out, 0);
	err = serve_dns_answer(d, (struct span){ s.p + 2, n }, true, out, done);
	if (err != 0 || out->n - length_at - 2 > UINT16_MAX) {
		if (out->n > length_at)
			out->n = length_at;
		return err != 0 ? err : -EMSGSIZE;
	}
	out->p[length_at] = (uint8_t)((out->n - length_at - 2) >> 8);
	out->p[length_at + 1] = (uint8_t)(out->n - length_at - 2);
	buf_eat(in, 2 + n);
	return 1;
}
