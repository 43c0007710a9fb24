/* span.h - bytes that belong to somebody else: where they start and how many. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *p;
	size_t n;
};

/* The bytes of a C string, without its NUL; NULL gives an empty span. */
struct span span_of(const char *text);

/* Are both the same bytes? */
bool span_eq(struct span a, struct span b);

/* Is it exactly this text, bytewise / ignoring the case of ASCII letters? */
bool span_is(struct span s, const char *text);
bool span_is_nocase(struct span s, const char *text);

/* Without blanks, tabs, CR and LF at both ends. */
struct span span_trim(struct span s);

/* Cut at the first `at`: what is before goes out, *rest keeps what is after.  Without one: all,
 * and *rest is empty. */
struct span span_cut(struct span *rest, char at);

#endif
