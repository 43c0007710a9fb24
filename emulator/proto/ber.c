/* ber.c - see ber.h. */
#include "ber.h"

#include <errno.h>

/* liblber takes char *, and writes only where it is told to. */
static struct berval
ber_val(struct span s)
{
	return (struct berval){ s.n, (char *)(uintptr_t)s.p };
}

ber_tag_t
ber_take(BerElement *reader, struct span *rest, struct span *content)
{
	struct berval all = ber_val(*rest), one;
	ber_tag_t tag;
	size_t used;

	if (rest->n == 0)
		return LBER_DEFAULT;
	ber_init2(reader, &all, LBER_USE_DER);
	/* Not ber_skip_element(): that looks at the byte behind, which may not be ours. */
	tag = ber_peek_element(reader, &one);
	if (tag == LBER_DEFAULT)
		return tag;
	*content = (struct span){ (const uint8_t *)one.bv_val, one.bv_len };
	/* The content lies inside rest: what is before it are tag and length. */
	used = (size_t)(content->p - rest->p) + content->n;
	*rest = (struct span){ rest->p + used, rest->n - used };
	return tag;
}

int
ber_number(struct span content, int *out)
{
	struct berval val = ber_val(content);
	ber_int_t n;

	if (content.n == 0 || ber_decode_int(&val, &n) != 0)
		return -EBADMSG;
	*out = (int)n;
	return 0;
}
