/* http_range.c - see http_range.h. */
#include "http_range.h"

#include <errno.h>
#include <string.h>

#include "text.h"

/* "500-", "500-999" */
static int
range_from(
    struct span first, struct span last, uint64_t size, uint64_t *first_out, uint64_t *n_out)
{
	uint64_t a, b = size - 1;

	if (text_u64(first, UINT64_MAX, &a) != 0)
		return -ENOENT;
	/*
	 * RFC 7233 2.1: a last byte before the first makes the range invalid, so it is ignored.
	 */
	if (last.n > 0 && (text_u64(last, UINT64_MAX, &b) != 0 || b < a))
		return -ENOENT;
	if (a >= size)
		return -ERANGE;
	*first_out = a;
	/* A range may reach beyond the end: it is cut there. */
	*n_out = (b < size ? b + 1 : size) - a;
	return 0;
}

/* "-500": the last ones */
static int
range_tail(struct span last, uint64_t size, uint64_t *first_out, uint64_t *n_out)
{
	uint64_t n;

	if (text_u64(last, UINT64_MAX, &n) != 0)
		return -ENOENT;
	if (n == 0)
		return -ERANGE;
	*n_out = n < size ? n : size;
	*first_out = size - *n_out;
	return 0;
}

int
http_range_read(const char *value, uint64_t size, uint64_t *first_out, uint64_t *n_out)
{
	static const char unit[] = "bytes=";
	struct span first, last;

	if (value == NULL || size == 0 || strncmp(value, unit, sizeof unit - 1) != 0)
		return -ENOENT;
	last = span_trim(span_of(value + sizeof unit - 1));
	if (last.n == 0 || memchr(last.p, '-', last.n) == NULL)
		return -ENOENT;
	/* A second range makes its number unreadable: the whole file is sent. */
	first = span_cut(&last, '-');
	return first.n > 0 ? range_from(first, last, size, first_out, n_out)
			   : range_tail(last, size, first_out, n_out);
}
