/* template.c - see template.h. */
#include "template.h"

#include <errno.h>
#include <string.h>

#include "text.h"

static const struct template_value *
find_value(struct span name, const struct template_value *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, values[i].name))
			return &values[i];
	return NULL;
}

int
template_fill(
    struct buf *out, const char *text, const struct template_value *values, size_t n, bool xml)
{
	struct span rest = span_of(text);
	const uint8_t *end = rest.p + rest.n;

	while (rest.n > 0) {
		const struct template_value *v;
		const uint8_t *close;
		struct span before = span_cut(&rest, '{');
		bool opened = before.p + before.n < end;

		buf_span(out, before);
		/* No brace any more: that was the end of the text. */
		if (!opened)
			break;
		/* A doubled brace is a literal one. */
		if (rest.n > 0 && rest.p[0] == '{') {
			buf_u8(out, '{');
			(void)span_cut(&rest, '{');
			continue;
		}

		close = rest.n > 0 ? memchr(rest.p, '}', rest.n) : NULL;
		if (close == NULL)
			return -ENOENT;
		/* An unknown place is an error: a request with a hole in it would mislead. */
		v = find_value(span_cut(&rest, '}'), values, n);
		if (v == NULL)
			return -ENOENT;
		if (xml)
			text_xml(out, span_of(v->value));
		else
			buf_text(out, v->value);
	}
	return out->err;
}
