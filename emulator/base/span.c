/* span.c - see span.h. */
#include "span.h"

#include <string.h>
#include <strings.h>

struct span
span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
span_is(struct span s, const char *text)
{
	return span_eq(s, span_of(text));
}

bool
span_is_nocase(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.n == n && (n == 0 || strncasecmp((const char *)s.p, text, n) == 0);
}

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span
span_cut(struct span *rest, char at)
{
	const uint8_t *hit = rest->n > 0 ? memchr(rest->p, at, rest->n) : NULL;
	struct span head = *rest;

	if (hit == NULL) {
		if (rest->n > 0)
			*rest = (struct span){ rest->p + rest->n, 0 };
		return head;
	}
	head.n = (size_t)(hit - rest->p);
	rest->p = hit + 1;
	rest->n -= head.n + 1;
	return head;
}
