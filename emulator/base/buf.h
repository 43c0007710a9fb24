/*
 * buf.h - bytes being written, in memory that grows or in memory that is given.
 *
 * Errors stick: after a write that did not fit (-ENOBUFS) or found no memory
 * (-ENOMEM) .err is set, later writes do nothing, and one look at .err at the
 * end is enough.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct buf {
	uint8_t *p;
	size_t n, cap;
	size_t max; /* grows up to here; equal to cap for given memory */
	bool given; /* p is not ours to free */
	int err;    /* 0, -ENOBUFS or -ENOMEM */
};

/* An empty buffer that grows on the heap up to max bytes.  Zeroed memory is one with no limit.
 */
void buf_init(struct buf *, size_t max);

/* An empty buffer in given memory of cap bytes. */
void buf_over(struct buf *, void *memory, size_t cap);

/* Free what it owns; it is then empty and may be used again.  NULL is fine. */
void buf_done(struct buf *);

/* Forget the content and the error, keep the memory. */
void buf_clear(struct buf *);

/* Append bytes, a C string, formatted text. */
void buf_put(struct buf *, const void *bytes, size_t n);
void buf_span(struct buf *, struct span);
void buf_text(struct buf *, const char *text);
void buf_printf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *fmt, va_list) __attribute__((format(printf, 2, 0)));

/* Append integers in network byte order. */
void buf_u8(struct buf *, uint8_t);
void buf_u16(struct buf *, uint16_t);
void buf_u32(struct buf *, uint32_t);

/* Append n zero bytes. */
void buf_zero(struct buf *, size_t n);

/* Append as base64 (padded, no line breaks) or hexadecimal (lower or upper case). */
void buf_base64(struct buf *, struct span);
void buf_hex(struct buf *, struct span, bool upper);

/* Drop the first n bytes (all, if there are fewer). */
void buf_eat(struct buf *, size_t n);

/* What has been written; lent until the next write. */
struct span buf_bytes(const struct buf *);

/* The same as a C string: a NUL is kept behind the bytes.  "" after an error. */
const char *buf_cstr(struct buf *);

#endif
