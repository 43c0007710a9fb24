/* fuzz_ldap_filter.c - any bytes as a search filter; and what "and", "or", "not" around it must
 * make of its answer. */
#include <errno.h>

#include "edge.h"
#include "fuzz.h"
#include "ldap_msg.h"

enum { FILTER_AND = 0xa0, FILTER_OR = 0xa1, FILTER_NOT = 0xa2 };

/* An object that has about half of all there is, always the same half. */
static bool
has(const void *object, struct span attr, struct span value)
{
	const struct span *whole = object;
	unsigned sum = 0;

	HOLDS(fuzz_inside(attr, *whole) && fuzz_inside(value, *whole));
	for (size_t i = 0; i < attr.n; i++)
		sum += attr.p[i];
	for (size_t i = 0; i < value.n; i++)
		sum += value.p[i];
	return sum % 2 == 1;
}

static int
match(struct span filter)
{
	struct span at = filter.n <= EDGE_MAX ? edge(filter) : filter;
	int fits = ldap_filter_match(at, has, &at);

	HOLDS(fits == 0 || fits == 1 || fits == -EBADMSG || fits == -EOPNOTSUPP ||
	    fits == -ELOOP);
	return fits;
}

/* The filter inside a set, twice if wanted. */
static int
match_in(uint8_t tag, struct span filter, int times)
{
	struct buf b = { 0 };
	int fits;

	buf_put(&b, (uint8_t[]){ tag, 0x82 }, 2);
	buf_u16(&b, (uint16_t)((size_t)times * filter.n));
	for (int i = 0; i < times; i++)
		buf_span(&b, filter);
	fits = match(buf_bytes(&b));
	buf_done(&b);
	return fits;
}

/* The length of the element the filter begins with: bytes behind it are nobody's. */
static size_t
first_element(struct span s)
{
	size_t n = 0, octets;

	if (s.n < 2 || (s.p[0] & 0x1f) == 0x1f)
		return 0;
	if (s.p[1] < 0x80)
		n = 2u + s.p[1];
	octets = s.p[1] & 0x7f;
	if (s.p[1] > 0x80 && octets <= 2 && s.n >= 2 + octets) {
		for (size_t i = 0; i < octets; i++)
			n = n << 8 | s.p[2 + i];
		n += 2 + octets;
	}
	return n <= s.n ? n : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span filter = { p, n };
	int fits = match(filter), inside;

	filter.n = n < 2000 ? first_element(filter) : 0;
	if (filter.n == 0 || fits == -ELOOP)
		return 0;
	inside = match_in(FILTER_NOT, filter, 1);
	HOLDS(inside == -ELOOP || inside == (fits < 0 ? fits : !fits));
	inside = match_in(FILTER_AND, filter, 2);
	HOLDS(inside == -ELOOP || inside == fits);
	inside = match_in(FILTER_OR, filter, 2);
	HOLDS(inside == -ELOOP || inside == fits);
	return 0;
}
