/*
 * io_http_reply.c - the reply, as curl reads it and as the owner is told.
 *
 * curl's callbacks only take notes; the owner is told when curl has returned, so that he
 * may ask and close as he likes.
 */
#include <errno.h>
#include <string.h>

#include <zlib.h>

#include "io_http_priv.h"
#include "mem.h"

/* Once is enough: all that is new by then is told together. */
void
io_http_touch(struct io_http *s)
{
	if (list_empty(&s->touched))
		list_add_tail(&io_world_of(&s->h)->http->touched, &s->touched);
}

/* ---- what curl reads ---- */

/* Why it took no more. */
static int
http_errno_of(const struct buf *b)
{
	return b->err == -ENOBUFS ? -EMSGSIZE : b->err;
}

/* The line before goes on (RFC 2616 section 2.2, LWS). */
static void
http_take_fold(struct io_http *s, struct span line)
{
	if (s->n_lines == 0 || s->head.err != 0)
		return;
	s->head.n--; /* the end of the value */
	buf_u8(&s->head, ' ');
	buf_span(&s->head, span_trim(line));
	buf_u8(&s->head, 0);
}

/* "name\0value\0" of one line; a line that is no header is left out. */
static void
http_take_header(struct io_http *s, struct span line)
{
	struct span value = line, name = span_trim(span_cut(&value, ':'));

	if (line.p[0] == ' ' || line.p[0] == '\t') {
		http_take_fold(s, line);
		return;
	}
	if (name.n == line.n || name.n == 0)
		return;
	value = span_trim(value);
	buf_span(&s->head, name);
	buf_u8(&s->head, 0);
	buf_span(&s->head, value);
	buf_u8(&s->head, 0);
	s->n_lines++;
}

/* "HTTP/1.1 200 OK": begins the head anew, for 1xx may have come before. */
static void
http_take_status(struct io_http *s, struct span line)
{
	struct span rest = line;

	span_cut(&rest, ' ');
	s->seen.status = 0;
	for (size_t i = 0; i < 3 && i < rest.n && rest.p[i] >= '0' && rest.p[i] <= '9'; i++)
		s->seen.status = 10 * s->seen.status + (rest.p[i] - '0');
	s->n_lines = 0;
	buf_clear(&s->head);
}

static void
http_end_head(struct io_http *s)
{
	char *p;

	/* An interim reply: the one that counts follows (RFC 2616 section 10.1). */
	if (s->seen.status / 100 == 1)
		return;
	s->headers = mem_new((s->n_lines + 1) * sizeof(*s->headers));
	if (s->headers == NULL) {
		s->err_below = -ENOMEM;
		return;
	}
	/* The text has stopped growing, so pointers into it hold. */
	p = (char *)s->head.p;
	for (size_t i = 0; i < s->n_lines; i++) {
		s->headers[i].name = p;
		p += strlen(p) + 1;
		s->headers[i].value = p;
		p += strlen(p) + 1;
	}
	s->seen.headers = s->headers;
	s->seen.n_headers = s->n_lines;
	s->have_head = s->head_new = true;
	io_http_touch(s);
}

/* curl calls it line by line; a line with a NUL in it is no header. */
size_t
io_http_on_header(char *p, size_t size, size_t n, void *arg)
{
	struct io_http *s = arg;
	struct span line = { (uint8_t *)p, size * n };

	if (s->have_head) /* trailers */
		return line.n;
	if (line.n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		http_take_status(s, line);
	else if (span_trim(line).n == 0)
		http_end_head(s);
	else if (memchr(p, 0, line.n) == NULL)
		http_take_header(s, line);
	if (s->head.err != 0)
		s->err_below = http_errno_of(&s->head);
	return s->err_below == 0 ? line.n : 0;
}

/* Counted before the owner sees it: body_n and crc32 are of the whole. */
size_t
io_http_on_body(char *p, size_t size, size_t n, void *arg)
{
	struct io_http *s = arg;
	struct span bytes = { (uint8_t *)p, size * n };

	s->seen.body_n += bytes.n;
	s->seen.crc32 = (uint32_t)crc32_z(s->seen.crc32, bytes.p, bytes.n);
	if (s->count)
		s->n_fresh += bytes.n;
	else
		buf_span(&s->fresh, bytes);
	if (s->fresh.err != 0)
		s->err_below = http_errno_of(&s->fresh);
	io_http_touch(s);
	return s->err_below == 0 ? bytes.n : 0;
}

/* ---- telling ---- */

void
io_http_free(struct io_http *s)
{
	buf_done(&s->head);
	buf_done(&s->fresh);
	mem_free(s->headers);
	mem_free(s->name);
}

void
io_http_forget(struct io_http *s)
{
	buf_clear(&s->head);
	mem_free(s->headers);
	s->headers = NULL;
	s->seen = (struct io_http_seen){ 0 };
	s->n_lines = 0;
	s->have_head = s->head_new = false;
	s->err = s->err_below = 0;
}

/* False: the owner has closed the session. */
static bool
http_event(struct io_http *s, struct io_event ev)
{
	ev.h = &s->h;
	ev.http = &s->seen;
	if (s->tls)
		ev.tls = &s->tls_seen;
	return io_tell(&s->h, &ev);
}

static bool
http_tell_body(struct io_http *s)
{
	struct io_event ev = { .kind = IO_BODY };
	struct buf lent = s->fresh;
	bool open;

	if (s->n_fresh == 0 && lent.n == 0)
		return true;
	ev.bytes = s->count ? (struct span){ NULL, (size_t)s->n_fresh } : buf_bytes(&lent);
	s->n_fresh = 0;
	/* The owner reads our copy, and may ask or close meanwhile. */
	buf_init(&s->fresh, HTTP_FRESH_MAX);
	open = http_event(s, ev);
	buf_done(&lent);
	return open;
}

static bool
http_tell_end(struct io_http *s)
{
	if (!s->end_new)
		return true;
	s->end_new = false;
	return http_event(
	    s, (struct io_event){ .kind = s->err == 0 ? IO_WHOLE : IO_DOWN, .err = s->err });
}

static bool
http_tell_head(struct io_http *s)
{
	if (!s->head_new)
		return true;
	s->head_new = false;
	return http_event(s, (struct io_event){ .kind = IO_HEAD });
}

/* What is lent must last until the owner returns, also if he closes meanwhile. */
void
io_http_tell(struct io_http *s)
{
	s->telling = true;
	if (http_tell_head(s) && http_tell_body(s))
		http_tell_end(s);
	s->telling = false;
	if (s->freed)
		io_http_free(s);
	else if (s->asked)
		io_http_forget(s);
	s->asked = false;
}
