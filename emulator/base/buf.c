/* buf.c - see buf.h. */
#include "buf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_over(struct buf *b, void *memory, size_t cap)
{
	*b = (struct buf){ .p = memory, .cap = cap, .max = cap, .given = true };
}

void
buf_done(struct buf *b)
{
	if (b == NULL)
		return;
	if (!b->given)
		mem_free(b->p);
	*b = (struct buf){ .max = b->given ? 0 : b->max };
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->err = 0;
}

/* Make room for n more bytes; says whether there is. */
static bool
buf_room(struct buf *b, size_t n)
{
	size_t max = b->max ? b->max : SIZE_MAX / 2;
	size_t cap = b->cap ? b->cap : 64;
	uint8_t *p;

	if (b->err)
		return false;
	if (n <= b->cap - b->n)
		return true;
	if (b->given || n > max - b->n) {
		b->err = -ENOBUFS;
		return false;
	}

	while (cap < b->n + n)
		cap *= 2;
	if (cap > max)
		cap = max;
	p = mem_realloc(b->p, cap);
	if (p == NULL) {
		b->err = -ENOMEM;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_put(struct buf *b, const void *bytes, size_t n)
{
	if (n == 0 || !buf_room(b, n))
		return;
	memcpy(b->p + b->n, bytes, n);
	b->n += n;
}

void
buf_span(struct buf *b, struct span s)
{
	buf_put(b, s.p, s.n);
}

void
buf_text(struct buf *b, const char *text)
{
	buf_span(b, span_of(text));
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);

	/* vsnprintf wants room for its NUL, which is then not counted. */
	if (n > 0 && buf_room(b, (size_t)n + 1)) {
		(void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buf_u8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, 1);
}

void
buf_u16(struct buf *b, uint16_t v)
{
	buf_put(b, (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

void
buf_u32(struct buf *b, uint32_t v)
{
	buf_u16(b, (uint16_t)(v >> 16));
	buf_u16(b, (uint16_t)v);
}

void
buf_zero(struct buf *b, size_t n)
{
	if (n == 0 || !buf_room(b, n))
		return;
	memset(b->p + b->n, 0, n);
	b->n += n;
}

void
buf_base64(struct buf *b, struct span s)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		size_t have = s.n - i < 3 ? s.n - i : 3;
		uint32_t v = (uint32_t)s.p[i] << 16;
		char four[4] = { '=', '=', '=', '=' };

		if (have > 1)
			v |= (uint32_t)s.p[i + 1] << 8;
		if (have > 2)
			v |= s.p[i + 2];
		for (size_t k = 0; k <= have; k++)
			four[k] = digits[v >> (18 - 6 * k) & 63];
		buf_put(b, four, 4);
	}
}

void
buf_hex(struct buf *b, struct span s, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++)
		buf_put(b, (char[]){ digits[s.p[i] >> 4], digits[s.p[i] & 15] }, 2);
}

void
buf_eat(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

struct span
buf_bytes(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

const char *
buf_cstr(struct buf *b)
{
	if (!buf_room(b, 1))
		return "";
	b->p[b->n] = '\0';
	return (const char *)b->p;
}
