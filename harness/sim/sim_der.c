/* sim_der.c - see sim_der.h. */
#include "sim_der.h"

#include <assert.h>
#include <string.h>
#include <time.h>

void
der_open(struct der *d, enum der_tag tag)
{
	assert(d->depth < DER_DEPTH);
	buf_u8(d->out, (uint8_t)tag);
	d->open[d->depth++] = d->out->n;
}

/* Short form, or the count of length bytes and these. */
static size_t
der_length(size_t n, uint8_t out[5])
{
	size_t bytes = 0;

	if (n < 0x80) {
		out[0] = (uint8_t)n;
		return 1;
	}
	for (size_t left = n; left > 0; left >>= 8)
		bytes++;
	out[0] = (uint8_t)(0x80 | bytes);
	for (size_t i = 0; i < bytes; i++)
		out[1 + i] = (uint8_t)(n >> 8 * (bytes - 1 - i));
	return 1 + bytes;
}

/* Contents move up to make room for their length. */
void
der_close(struct der *d)
{
	struct buf *out = d->out;
	uint8_t length[5];
	size_t at, n, more;

	assert(d->depth > 0);
	at = d->open[--d->depth];
	if (out->err != 0)
		return;
	n = out->n - at;
	more = der_length(n, length);
	buf_zero(out, more);
	if (out->err != 0)
		return;
	memmove(out->p + at + more, out->p + at, n);
	memcpy(out->p + at, length, more);
}

void
der_put(struct der *d, enum der_tag tag, struct span content)
{
	der_open(d, tag);
	buf_span(d->out, content);
	der_close(d);
}

void
der_text(struct der *d, enum der_tag tag, const char *text)
{
	der_put(d, tag, span_of(text));
}

/* As few bytes as keep it positive. */
void
der_number(struct der *d, uint32_t number)
{
	const uint8_t bytes[] = { 0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
		(uint8_t)(number >> 8), (uint8_t)number };
	size_t at = 0;

	while (at < 4 && bytes[at] == 0 && bytes[at + 1] < 0x80)
		at++;
	der_put(d, DER_INTEGER, (struct span){ bytes + at, sizeof bytes - at });
}

void
der_time(struct der *d, int64_t s)
{
	time_t seconds = (time_t)s;
	char text[32] = "";
	bool full;
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL)
		memset(&tm, 0, sizeof tm);
	full = tm.tm_year < 50 || tm.tm_year >= 150;
	(void)strftime(text, sizeof text, full ? "%Y%m%d%H%M%SZ" : "%y%m%d%H%M%SZ", &tm);
	der_text(d, full ? DER_TIME : DER_UTC_TIME, text);
}
