/* explain_fill.c - words with what was seen put in; see explain_words.h. */
#include <string.h>

#include "explain_words.h"
#include "text.h"

enum { FILL_LISTED = 6 /* of a list are told */ };

void
explain_plain(const char *text, struct buf *out)
{
	text_plain(out, span_of(text));
}

static void
fill_value(json_t *value, struct buf *out)
{
	if (json_is_string(value))
		explain_plain(json_string_value(value), out);
	else if (json_is_integer(value))
		buf_printf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		buf_printf(out, "%.6g", json_real_value(value));
}

/* "REGISTER, REGISTER, 3 more" */
static void
fill_list(json_t *list, struct buf *out)
{
	size_t i, n = json_array_size(list);
	json_t *value;

	json_array_foreach(list, i, value)
	{
		if (i == FILL_LISTED) {
			buf_printf(out, ", %zu more", n - i);
			return;
		}
		buf_text(out, i > 0 ? ", " : "");
		fill_value(value, out);
	}
}

/* Nothing: not seen, empty, or the 0 of a phone that is in no VLAN. */
static bool
fill_is_nothing(json_t *value)
{
	return value == NULL || json_is_null(value) ||
	    (json_is_array(value) && json_array_size(value) == 0) ||
	    (json_is_string(value) && json_string_length(value) == 0) ||
	    (json_is_integer(value) && json_integer_value(value) == 0);
}

/* The value of the key at p, which stands behind a '{'; *past is behind the '}'. */
static json_t *
fill_key(const char *p, json_t *seen, const char **past)
{
	size_t n = strcspn(p, "}");
	char key[32];

	*past = p + n + (p[n] == '}');
	if (n >= sizeof key)
		return NULL;
	memcpy(key, p, n);
	key[n] = '\0';
	return json_object_get(seen, key);
}

/* One piece of the words, up to its end: without it if a key in it has nothing. */
static void
fill_piece(const char *words, const char *end, json_t *seen, struct buf *out)
{
	struct buf piece = { 0 };
	bool whole = true;

	while (words < end && whole) {
		json_t *value;

		if (*words != '{') {
			buf_put(&piece, words++, 1);
			continue;
		}
		value = fill_key(words + 1, seen, &words);
		whole = !fill_is_nothing(value);
		if (json_is_array(value))
			fill_list(value, &piece);
		else
			fill_value(value, &piece);
	}
	if (whole)
		buf_span(out, buf_bytes(&piece));
	if (piece.err != 0)
		out->err = piece.err;
	buf_done(&piece);
}

void
explain_fill(const char *words, json_t *seen, struct buf *out)
{
	while (*words != '\0') {
		bool optional = *words == '[';
		const char *begin = words + optional;
		const char *end = begin + strcspn(begin, optional ? "]" : "[");

		fill_piece(begin, end, seen, out);
		words = end + (optional && *end == ']');
	}
}
