/* dns_msg.c - see dns_msg.h. */
#include "dns_msg.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"

enum {
	CLASS_IN = 1,
	FLAG_REPLY = 0x8000,
	FLAG_OPCODE = 0x7800,
	FLAG_TRUNCATED = 0x0200,
	RCODE = 0x000f,
	RCODE_NXDOMAIN = 3
};

static uint16_t
u16_at(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* ---- queries ---------------------------------------------------------------- */

int
dns_msg_query(struct buf *out, uint16_t id, const char *name, enum dns_type type)
{
	uint8_t memory[DNS_NAME_MAX];
	unsigned char *query;
	struct buf check;
	int rc, n;

	/* c-ares would send labels with blanks in them. */
	buf_over(&check, memory, sizeof memory);
	if (dns_name_write(&check, name) != 0)
		return -EINVAL;
	rc = ares_create_query(name, CLASS_IN, (int)type, id, 1, &query, &n, 0);
	if (rc != ARES_SUCCESS)
		return rc == ARES_ENOMEM ? -ENOMEM : -EINVAL;
	buf_put(out, query, (size_t)n);
	ares_free_string(query);
	return out->err;
}

/* ---- header and question ------------------------------------------------------ */

int
dns_msg_head(struct dns_head *out, struct span s)
{
	struct dns_head h = { .question_end = DNS_MSG_HEAD };
	struct span body;
	size_t n = 0;

	if (s.n < DNS_MSG_HEAD || s.n > UINT16_MAX)
		return -EBADMSG;
	h.id = u16_at(s.p);
	h.flags = u16_at(s.p + 2);
	h.n_questions = u16_at(s.p + 4);
	h.n_answers = u16_at(s.p + 6);
	h.n_authorities = u16_at(s.p + 8);
	h.n_additional = u16_at(s.p + 10);

	if (h.n_questions > 0) {
		/* The first name of all has nothing before it that it could point to. */
		body = (struct span){ s.p + DNS_MSG_HEAD, s.n - DNS_MSG_HEAD };
		if (dns_name_read(body, &n, h.name) != 0 || body.n - n < 4)
			return -EBADMSG;
		h.question_end += n;
		h.type = u16_at(s.p + h.question_end);
		h.class = u16_at(s.p + h.question_end + 2);
		h.question_end += 4;
	}
	*out = h;
	return 0;
}

/* Is the question ours?  The letters' case may have changed on the way. */
static bool
same_question(const struct dns_head *h, const char *name, enum dns_type type)
{
	struct span ours = span_of(name);

	if (ours.n > 0 && ours.p[ours.n - 1] == '.')
		ours.n--;
	return h->n_questions == 1 && h->class == CLASS_IN && h->type == type &&
	    span_is_nocase(ours, h->name);
}

int
dns_msg_check(struct span reply, uint16_t id, const char *name, enum dns_type type)
{
	struct dns_head h;

	if (dns_msg_head(&h, reply) != 0)
		return -EBADMSG;
	if (!(h.flags & FLAG_REPLY) || h.flags & FLAG_OPCODE || h.id != id)
		return -EPROTO;

	/* A server that cannot read us need not repeat the question. */
	if (h.n_questions == 0 && (h.flags & RCODE) != 0)
		return -EREMOTEIO;
	if (!same_question(&h, name, type))
		return -EPROTO;

	if (h.flags & FLAG_TRUNCATED)
		return -EMSGSIZE;
	if ((h.flags & RCODE) == RCODE_NXDOMAIN)
		return -ENOENT;
	if ((h.flags & RCODE) != 0)
		return -EREMOTEIO;
	return h.n_answers > 0 ? 0 : -ENOENT;
}

const char *
dns_msg_rcode(struct span reply)
{
	static const char *const names[] = { "NODATA", "FORMERR", "SERVFAIL", "NXDOMAIN",
		"NOTIMP", "REFUSED" };
	unsigned code = reply.n >= DNS_MSG_HEAD ? reply.p[3] & RCODE : RCODE;

	return code < sizeof names / sizeof names[0] ? names[code] : "RCODE";
}

/* ---- answers ------------------------------------------------------------------ */

/* c-ares' status as ours. */
static int
ares_error(int rc)
{
	if (rc == ARES_SUCCESS)
		return 0;
	if (rc == ARES_ENOMEM)
		return -ENOMEM;
	return rc == ARES_ENODATA ? -ENOENT : -EBADMSG;
}

int
dns_msg_addresses(struct span reply, uint32_t *out, size_t max, size_t *n_out)
{
	struct ares_addrttl found[DNS_MSG_SRV_MAX];
	int err, n = DNS_MSG_SRV_MAX;
	size_t use;

	if (reply.n > UINT16_MAX)
		return -EBADMSG;
	err = ares_error(ares_parse_a_reply(reply.p, (int)reply.n, NULL, found, &n));
	if (err != 0)
		return err;
	if (n == 0)
		return -ENOENT;

	use = (size_t)n < max ? (size_t)n : max;
	for (size_t i = 0; i < use; i++)
		out[i] = ntohl(found[i].ipaddr.s_addr);
	*n_out = use;
	return 0;
}

/* A resource record, as far as it is looked at. */
struct record {
	char name[DNS_NAME_MAX];
	uint16_t type, class;
	struct span data;
};

/* The record at *at; says whether one could be read, and moves behind it. */
static bool
record_read(struct span msg, size_t *at, struct record *r)
{
	size_t n;

	if (dns_name_read(msg, at, r->name) != 0 || msg.n - *at < 10)
		return false;
	r->type = u16_at(msg.p + *at);
	r->class = u16_at(msg.p + *at + 2);
	n = u16_at(msg.p + *at + 8);
	*at += 10;
	if (msg.n - *at < n)
		return false;
	r->data = (struct span){ msg.p + *at, n };
	*at += n;
	return true;
}

/* Addresses that came along go to their targets; the first of each. */
static void
take_along(struct span reply, struct dns_srv *srv, size_t n)
{
	struct dns_head h;
	struct record r;
	size_t left, at;

	if (dns_msg_head(&h, reply) != 0)
		return;
	at = h.question_end;
	left = (size_t)h.n_answers + h.n_authorities + h.n_additional;
	for (; left > 0 && record_read(reply, &at, &r); left--) {
		if (r.type != DNS_A || r.class != CLASS_IN || r.data.n != 4)
			continue;
		for (size_t i = 0; i < n; i++)
			if (srv[i].ip == 0 && span_is_nocase(span_of(srv[i].target), r.name))
				srv[i].ip =
				    (uint32_t)u16_at(r.data.p) << 16 | u16_at(r.data.p + 2);
	}
}

/* Copy a target if it is a host's name. */
static bool
take_target(struct dns_srv *out, const struct ares_srv_reply *from)
{
	uint8_t memory[DNS_NAME_MAX];
	struct buf b;

	buf_over(&b, memory, sizeof memory);
	if (from->host[0] == '\0' || dns_name_write(&b, from->host) != 0)
		return false;
	*out = (struct dns_srv){
		.port = from->port, .priority = from->priority, .weight = from->weight
	};
	return text_copy(out->target, sizeof out->target, span_of(from->host)) == 0;
}

int
dns_msg_services(struct span reply, struct dns_srv *out, size_t max, size_t *n_out)
{
	struct ares_srv_reply *list = NULL;
	size_t n = 0;
	int err;

	if (reply.n > UINT16_MAX)
		return -EBADMSG;
	err = ares_error(ares_parse_srv_reply(reply.p, (int)reply.n, &list));
	if (err != 0)
		return err;
	for (const struct ares_srv_reply *s = list; s != NULL && n < max; s = s->next)
		n += take_target(&out[n], s);
	ares_free_data(list);
	if (n == 0)
		return -ENOENT;

	take_along(reply, out, n);
	*n_out = n;
	return 0;
}

/* ---- RFC 2782 ------------------------------------------------------------------ */

/* Of the targets [from, end), all of one priority, the one that chance and weight choose. */
static size_t
choose(const struct dns_srv *s, size_t from, size_t end, dns_random_fn *chance, void *arg)
{
	uint64_t sum = 0, at;

	for (size_t i = from; i < end; i++)
		sum += s[i].weight;
	if (sum == 0)
		return from;

	/* Weight 0 stands first and is taken only by a 0. */
	at = chance(arg) % (sum + 1);
	for (size_t i = from; i < end; i++)
		if (s[i].weight == 0 && at == 0)
			return i;
	for (size_t i = from; i < end; i++) {
		if (s[i].weight >= at && s[i].weight > 0)
			return i;
		at -= s[i].weight;
	}
	return from;
}

static void
move_up(struct dns_srv *s, size_t from, size_t to)
{
	struct dns_srv moved = s[from];

	memmove(&s[to + 1], &s[to], (from - to) * sizeof *s);
	s[to] = moved;
}

void
dns_srv_order(struct dns_srv *s, size_t n, dns_random_fn *chance, void *arg)
{
	/* By priority, keeping the order of equals. */
	for (size_t i = 1; i < n; i++) {
		size_t to = i;

		while (to > 0 && s[to - 1].priority > s[i].priority)
			to--;
		if (to != i)
			move_up(s, i, to);
	}

	for (size_t i = 0, end; i < n; i++) {
		for (end = i; end < n && s[end].priority == s[i].priority; end++)
			;
		if (end - i > 1)
			move_up(s, choose(s, i, end, chance, arg), i);
	}
}
