/*
 * sip_msg.c - reading SIP messages out of a byte stream; see sip_msg.h.
 *
 * The stream finds the end of the head, the head says how long the body is, and
 * only then is the message read.  Lines end in CRLF; a CR, LF or NUL elsewhere in
 * the head is an error, so no value can smuggle a line into what is written from it.
 */
#include "sip_msg.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* RFC 3261 section 7.3.3 and 20; o, u: RFC 6665; k: RFC 3261. */
/* clang-format off */
struct compact_name {
	const char *name;
	char letter;
};

static const struct compact_name compact[] = {
	{ "Call-ID",        'i' }, { "Contact",      'm' }, { "Content-Encoding", 'e' },
	{ "Content-Length", 'l' }, { "Content-Type", 'c' }, { "From",             'f' },
	{ "Subject",        's' }, { "Supported",    'k' }, { "To",               't' },
	{ "Via",            'v' }, { "Event",        'o' }, { "Allow-Events",     'u' },
	{ "Refer-To",       'r' },
};
/* clang-format on */

/* ---- one message -------------------------------------------------------- */

/* RFC 3261 section 7.3.1: the line break of a folded line becomes blanks. */
static void
sip_unfold(uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 2 < n; i++)
		if (p[i] == '\r' && p[i + 1] == '\n' && (p[i + 2] == ' ' || p[i + 2] == '\t'))
			p[i] = p[i + 1] = ' ';
}

/* Take the next line without its CRLF.  False: there is none, or a stray CR, LF, NUL in it. */
static bool
sip_line(struct span *rest, struct span *line_out)
{
	const uint8_t *end = rest->n > 0 ? memchr(rest->p, '\r', rest->n) : NULL;
	size_t n = end != NULL ? (size_t)(end - rest->p) : 0;

	if (end == NULL || n + 1 >= rest->n || end[1] != '\n')
		return false;
	if (n > 0 && (memchr(rest->p, '\n', n) != NULL || memchr(rest->p, 0, n) != NULL))
		return false;
	*line_out = (struct span){ rest->p, n };
	rest->p += n + 2;
	rest->n -= n + 2;
	return true;
}

static int
sip_start_line(struct span line, struct sip_msg *m)
{
	struct span first = span_cut(&line, ' '), second = span_cut(&line, ' ');
	uint64_t status;

	if (span_is_nocase(first, "SIP/2.0")) {
		if (second.n != 3 || text_u64(second, 699, &status) != 0 || status < 100)
			return -EBADMSG;
		m->status = (int)status;
		m->phrase = line;
		return 0;
	}
	if (first.n == 0 || second.n == 0 || !span_is_nocase(line, "SIP/2.0"))
		return -EBADMSG;
	m->method = first;
	m->uri = second;
	return 0;
}

static int
sip_header_line(struct span line, struct sip_msg *m)
{
	struct sip_header *h = &m->header[m->n_headers];

	if (m->n_headers == SIP_HEADERS_MAX || memchr(line.p, ':', line.n) == NULL)
		return -EBADMSG;
	h->name = span_trim(span_cut(&line, ':'));
	h->value = span_trim(line);
	if (h->name.n == 0)
		return -EBADMSG;
	m->n_headers++;
	return 0;
}

/* Read the head; *rest_out is what comes after its blank line. */
static int
sip_head(uint8_t *bytes, size_t n, struct sip_msg *m, struct span *rest_out)
{
	struct span rest = { bytes, n }, line;

	*m = (struct sip_msg){ 0 };
	sip_unfold(bytes, n);
	if (!sip_line(&rest, &line) || sip_start_line(line, m) != 0)
		return -EBADMSG;
	for (;;) {
		if (!sip_line(&rest, &line))
			return -EBADMSG;
		if (line.n == 0)
			break;
		if (sip_header_line(line, m) != 0)
			return -EBADMSG;
	}
	*rest_out = rest;
	return 0;
}

/* The length the head gives to the body.  Without Content-Length it is 0, unless there must be
 * one (Content-Type); two that differ are an attempt to confuse. */
static int
sip_body_length(const struct sip_msg *m, size_t *out)
{
	struct span value = sip_msg_get(m, "Content-Length", 0), other;
	uint64_t n;

	if (value.p == NULL) {
		*out = 0;
		return sip_msg_get(m, "Content-Type", 0).p == NULL ? 0 : -EBADMSG;
	}
	for (size_t i = 1; (other = sip_msg_get(m, "Content-Length", i)).p != NULL; i++)
		if (!span_eq(other, value))
			return -EBADMSG;
	if (text_u64(value, UINT32_MAX, &n) != 0)
		return -EBADMSG;
	if (n > SIP_MSG_MAX)
		return -EMSGSIZE;
	*out = (size_t)n;
	return 0;
}

/* Where the head ends: its length with the blank line, not before `from`; 0: not yet. */
static size_t
sip_head_end(const uint8_t *p, size_t n, size_t from)
{
	const uint8_t *hit = n > from ? memmem(p + from, n - from, "\r\n\r\n", 4) : NULL;

	return hit != NULL ? (size_t)(hit - p) + 4 : 0;
}

int
sip_msg_parse(uint8_t *bytes, size_t n, struct sip_msg *out)
{
	size_t head = sip_head_end(bytes, n, 0), length;
	struct sip_msg m;
	struct span rest;

	if (head == 0 || sip_head(bytes, head, &m, &rest) != 0)
		return -EBADMSG;
	if (sip_body_length(&m, &length) != 0 || head + length != n)
		return -EBADMSG;
	m.body = (struct span){ bytes + head, length };
	*out = m;
	return 0;
}

/* ---- the stream --------------------------------------------------------- */

void
sip_stream_done(struct sip_stream *s)
{
	buf_done(&s->in);
	*s = (struct sip_stream){ 0 };
}

int
sip_stream_put(struct sip_stream *s, struct span bytes)
{
	buf_span(&s->in, bytes);
	return s->in.err;
}

/* Forget the message lent last and the line breaks before the next one. */
static void
sip_stream_skip(struct sip_stream *s)
{
	size_t n = s->given;

	if (s->given > 0)
		s->looked = s->head = s->n = s->given = 0;
	if (s->head == 0)
		while (n < s->in.n && (s->in.p[n] == '\r' || s->in.p[n] == '\n')) {
			n++;
			s->looked = 0;
		}
	if (n > 0)
		buf_eat(&s->in, n);
	if (s->in.n == 0)
		sip_stream_done(s);
}

/* The head has just become whole: how long is all of it? */
static int
sip_stream_measure(struct sip_stream *s)
{
	struct sip_msg m;
	struct span rest;
	size_t length;
	int err = sip_head(s->in.p, s->head, &m, &rest);

	if (err == 0)
		err = sip_body_length(&m, &length);
	if (err != 0)
		return err;
	s->n = s->head + length;
	return s->n > SIP_MSG_MAX ? -EMSGSIZE : 0;
}

int
sip_stream_next(struct sip_stream *s, struct sip_msg *out)
{
	int err;

	sip_stream_skip(s);
	if (s->in.n == 0)
		return -EAGAIN;

	if (s->head == 0) {
		s->head = sip_head_end(s->in.p, s->in.n, s->looked);
		/* The blank line may be cut in two: its first bytes are looked at again. */
		s->looked = s->in.n > 3 ? s->in.n - 3 : 0;
		if (s->head == 0)
			return s->in.n < SIP_MSG_MAX ? -EAGAIN : -EMSGSIZE;
		err = sip_stream_measure(s);
		if (err != 0)
			return err;
	}
	if (s->in.n < s->n)
		return -EAGAIN;

	err = sip_msg_parse(s->in.p, s->n, out);
	if (err == 0)
		s->given = s->n;
	return err;
}

/* ---- headers ------------------------------------------------------------ */

static char
sip_compact(const char *name)
{
	for (size_t i = 0; i < sizeof compact / sizeof compact[0]; i++)
		if (strcasecmp(compact[i].name, name) == 0)
			return compact[i].letter;
	return 0;
}

struct span
sip_msg_get(const struct sip_msg *m, const char *name, size_t nth)
{
	char letter = sip_compact(name);

	for (size_t i = 0; i < m->n_headers; i++) {
		const struct sip_header *h = &m->header[i];
		bool hit = span_is_nocase(h->name, name) ||
		    (letter != 0 && h->name.n == 1 && (h->name.p[0] | 0x20) == letter);

		if (hit && nth-- == 0)
			return h->value;
	}
	return (struct span){ NULL, 0 };
}

bool
sip_msg_lists(const struct sip_msg *m, const char *name, const char *word)
{
	struct span value;

	for (size_t i = 0; (value = sip_msg_get(m, name, i)).p != NULL; i++)
		while (value.n > 0)
			if (span_is_nocase(span_trim(span_cut(&value, ',')), word))
				return true;
	return false;
}

int
sip_msg_cseq(const struct sip_msg *m, uint32_t *number_out, struct span *method_out)
{
	struct span value = sip_msg_get(m, "CSeq", 0), number = span_cut(&value, ' ');
	uint64_t n;

	value = span_trim(value);
	if (text_u64(number, UINT32_MAX, &n) != 0 || value.n == 0)
		return -EBADMSG;
	*number_out = (uint32_t)n;
	*method_out = value;
	return 0;
}
