/* dns_name.c - see dns_name.h. */
#include "dns_name.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LABEL_MAX = 63, WIRE_MAX = 255, POINTER = 0xc0 };

/* What host and service names are made of; anything else would be quoted on its way. */
static bool
label_ok(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return true;
}

int
dns_name_read(struct span msg, size_t *at, char out[DNS_NAME_MAX])
{
	size_t p = *at, end = 0, limit = *at, n = 0;
	char name[DNS_NAME_MAX];

	for (;;) {
		size_t len;

		if (p >= msg.n)
			return -EBADMSG;
		len = msg.p[p++];
		if (len == 0)
			break;

		/* A pointer leads to before where this part began, so there is no loop. */
		if ((len & POINTER) == POINTER) {
			if (p >= msg.n)
				return -EBADMSG;
			if (end == 0)
				end = p + 1;
			p = (len & ~(size_t)POINTER) << 8 | msg.p[p];
			if (p >= limit)
				return -EBADMSG;
			limit = p;
			continue;
		}

		/* Lengths from 64 to 191 are no labels of RFC 1035. */
		if (len > LABEL_MAX || msg.n - p < len || !label_ok(msg.p + p, len))
			return -EBADMSG;
		/* All of it, uncompressed, in WIRE_MAX: with its first length and the root. */
		if (n + (n > 0) + len + 2 > WIRE_MAX)
			return -EBADMSG;
		if (n > 0)
			name[n++] = '.';
		memcpy(name + n, msg.p + p, len);
		n += len;
		p += len;
	}

	name[n] = '\0';
	memcpy(out, name, n + 1);
	/* Behind the name as it stands here, not where the pointers led. */
	*at = end != 0 ? end : p;
	return 0;
}

int
dns_name_write(struct buf *b, const char *name)
{
	struct span rest = span_of(name);

	if (rest.n > 0 && rest.p[rest.n - 1] == '.')
		rest.n--;
	/* A second dot at the end is an empty label, which span_cut() would not show. */
	if (rest.n + 2 > WIRE_MAX || (rest.n > 0 && rest.p[rest.n - 1] == '.'))
		return -EINVAL;
	/* All labels are checked before the first byte is written. */
	for (struct span s = rest; s.n > 0;) {
		struct span label = span_cut(&s, '.');

		if (label.n == 0 || label.n > LABEL_MAX || !label_ok(label.p, label.n))
			return -EINVAL;
	}

	while (rest.n > 0) {
		struct span label = span_cut(&rest, '.');

		buf_u8(b, (uint8_t)label.n);
		buf_span(b, label);
	}
	buf_u8(b, 0);
	return b->err;
}
