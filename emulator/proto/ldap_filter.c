/* ldap_filter.c - does an object fit a filter?  RFC 4511 section 4.5.1.7. */
#include <errno.h>

#include "ber.h"
#include "ldap_msg.h"

enum {
	FILTER_AND = 0xa0,
	FILTER_OR = 0xa1,
	FILTER_NOT = 0xa2,
	FILTER_EQUALITY = 0xa3,
	FILTER_PRESENT = 0x87
};

enum { FILTER_DEPTH = 8 };

struct filter {
	BerElement *ber;
	ldap_has_fn *has;
	const void *object;
};

/* One filter at the start of rest.  depth counts down. */
static int filter_one(const struct filter *, struct span *rest, int depth);

/* All (or any) of the filters in a set; each is read, so that a broken one is found. */
static int
filter_set(const struct filter *f, struct span set, bool all, int depth)
{
	bool fits = all;

	while (set.n != 0) {
		int one = filter_one(f, &set, depth);

		if (one < 0)
			return one;
		fits = all ? fits && one : fits || one;
	}
	return fits;
}

static int
filter_equality(const struct filter *f, struct span pair)
{
	struct span attr, value;

	if (ber_take(f->ber, &pair, &attr) != LBER_OCTETSTRING ||
	    ber_take(f->ber, &pair, &value) != LBER_OCTETSTRING)
		return -EBADMSG;
	return f->has(f->object, attr, value);
}

static int
filter_one(const struct filter *f, struct span *rest, int depth)
{
	struct span content;
	ber_tag_t tag = ber_take(f->ber, rest, &content);
	int one;

	if (tag == LBER_DEFAULT)
		return -EBADMSG;
	/* The nesting is the sender's choice, the stack is ours. */
	if (depth == 0)
		return -ELOOP;
	switch (tag) {
	case FILTER_AND:
	case FILTER_OR:
		return filter_set(f, content, tag == FILTER_AND, depth - 1);
	case FILTER_NOT:
		one = filter_one(f, &content, depth - 1);
		return one < 0 ? one : !one;
	case FILTER_EQUALITY:
		return filter_equality(f, content);
	case FILTER_PRESENT:
		return f->has(f->object, content, (struct span){ NULL, 0 });
	/* Substrings, orderings and the like: the directory here has no use for them. */
	default:
		return -EOPNOTSUPP;
	}
}

int
ldap_filter_match(struct span filter, ldap_has_fn *has, const void *object)
{
	struct filter f = { .ber = ber_reader(), .has = has, .object = object };
	int fits;

	if (f.ber == NULL)
		return -ENOMEM;
	fits = filter_one(&f, &filter, FILTER_DEPTH);
	ber_free(f.ber, 0);
	return fits;
}
