/* field_value.c - one value of a file by one field's rule; see field.h. */
#include "field.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "field_quantity.h"
#include "nearest.h"
#include "phones.h"
#include "spread.h"
#include "text.h"

int
field_fail(const struct field_place *at, const struct node *n, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return config_fail(at->error, at->file, n->at, "%s", text);
}

const char *
field_scalar(const struct field_place *at, const struct node *n, const char *what)
{
	const char *key = n->key ? n->key : "this";

	if (n->kind == NODE_SCALAR)
		return n->text;
	(void)field_fail(at, n, "`%.60s' must be %s, not a %s", key, what,
	    n->kind == NODE_LIST ? "list" : "map");
	return NULL;
}

/* Texts go into headers, names and reports: none of them has more than one line. */
static bool
is_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 127)
			return false;
	return true;
}

/* One line that fits; an empty one only where the key may be missing too. */
static int
read_text(const struct field_place *at, const struct node *n, const struct field *f, char *out)
{
	const char *text = field_scalar(at, n, "a text");

	if (text == NULL)
		return -EINVAL;
	if (!is_one_line(text))
		return field_fail(
		    at, n, "`%s' must be one line without control characters", f->key);
	if (text_copy(out, f->size, span_of(text)) != 0)
		return field_fail(at, n, "`%s' is longer than %zu bytes", f->key, f->size - 1);
	if (f->required && text[0] == '\0')
		return field_fail(at, n, "`%s' may not be empty", f->key);
	return 0;
}

/* Strictly decimal: no sign, no point, no 010, no 0x10. */
static int
read_number(const struct field_place *at, const struct node *n, const struct field *f,
    uint64_t most, uint64_t *out)
{
	uint64_t max = f->max ? f->max : most;
	const char *text = field_scalar(at, n, "a whole number");

	if (text == NULL)
		return -EINVAL;
	/* Quotes say that the writer meant a text. */
	if (n->quoted || text_u64(span_of(text), UINT64_MAX, out) != 0 ||
	    (text[0] == '0' && text[1] != '\0'))
		return field_fail(
		    at, n, "`%s' must be a whole number, not `%.40s'", f->key, text);
	if (*out < f->min || *out > max)
		return field_fail(at, n, "`%s' must be from %llu to %llu, not %.40s", f->key,
		    (unsigned long long)f->min, (unsigned long long)max, text);
	return 0;
}

/* One reader for four widths; the table's max may be narrower than the type's. */
static int
read_integer(
    const struct field_place *at, const struct node *n, const struct field *f, void *out)
{
	static const uint64_t most[] = { [FIELD_U8] = UINT8_MAX,
		[FIELD_U16] = UINT16_MAX,
		[FIELD_U32] = UINT32_MAX,
		[FIELD_U64] = UINT64_MAX };
	uint64_t v;
	int err = read_number(at, n, f, most[f->type], &v);

	if (err)
		return err;
	if (f->type == FIELD_U8)
		*(uint8_t *)out = (uint8_t)v;
	else if (f->type == FIELD_U16)
		*(uint16_t *)out = (uint16_t)v;
	else if (f->type == FIELD_U32)
		*(uint32_t *)out = (uint32_t)v;
	else
		*(uint64_t *)out = v;
	return 0;
}

/* {normal: 20s, sd: 4s} or {exp: 5s}. */
static int
read_spread_map(const struct field_place *at, const struct node *n, const struct field *f,
    struct spread *out)
{
	const struct node *mean = tree_get(n, "normal"), *sd = tree_get(n, "sd");
	const struct node *expo = tree_get(n, "exp");
	size_t keys = 0;
	struct field a = {
		.key = f->key, .type = FIELD_DURATION, .min = f->min, .max = f->max
	};
	struct field b = { .key = "sd", .type = FIELD_DURATION };
	struct spread s = { .kind = SPREAD_NORMAL };
	int err;

	/* Counted, so that a third key does not go unnoticed. */
	for (const struct node *k = n->first; k != NULL; k = k->next)
		keys++;
	if (expo != NULL && keys == 1) {
		s.kind = SPREAD_EXP;
		err = field_quantity(at, expo, &a, &s.a_us);
	} else if (mean != NULL && sd != NULL && keys == 2) {
		err = field_quantity(at, mean, &a, &s.a_us);
		if (!err)
			err = field_quantity(at, sd, &b, &s.b_us);
	} else {
		err = field_fail(at, n, "`%s' must be {normal: A, sd: B} or {exp: A}", f->key);
	}
	if (!err)
		*out = s;
	return err;
}

/* A map is a distribution, a scalar a duration or an even spread around it. */
static int
read_spread(const struct field_place *at, const struct node *n, const struct field *f,
    struct spread *out)
{
	struct spread s;
	const char *text;

	if (n->kind == NODE_MAP)
		return read_spread_map(at, n, f, out);
	text = field_scalar(at, n, "a duration such as 20s or 20s±8s");
	if (text == NULL)
		return -EINVAL;
	if (spread_read(span_of(text), &s) != 0)
		return field_fail(at, n,
		    "`%s' must be a duration such as 20s or 20s±8s, not `%.40s'", f->key, text);
	/* The range is its middle's. */
	if (s.a_us < f->min || (f->max != 0 && s.a_us > f->max))
		return field_fail(at, n, "`%s' is out of range: %.40s", f->key, text);
	*out = s;
	return 0;
}

/* Two words only; YAML 1.1's yes, no, on and off are refused. */
static int
read_bool(const struct field_place *at, const struct node *n, const struct field *f, bool *out)
{
	const char *text = field_scalar(at, n, "true or false");

	if (text == NULL)
		return -EINVAL;
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return field_fail(
		    at, n, "`%s' must be true or false, not `%.40s'", f->key, text);
	*out = text[0] == 't';
	return 0;
}

/* The word's place in the list is the value of the enum. */
static int
read_word(const struct field_place *at, const struct node *n, const struct field *f, int *out)
{
	char all[160] = "", hint[NEAREST_HINT_MAX];
	const char *text = field_scalar(at, n, "a word");

	if (text == NULL)
		return -EINVAL;
	for (int i = 0; f->words[i] != NULL; i++) {
		size_t used = strlen(all);

		if (strcmp(f->words[i], text) == 0) {
			*out = i;
			return 0;
		}
		/* The words gone by so far, for the message. */
		(void)snprintf(
		    all + used, sizeof all - used, "%s%s", i ? ", " : "", f->words[i]);
	}
	return field_fail(at, n, "`%s' must be one of %s, not `%.40s'%s", f->key, all, text,
	    nearest_hint(span_of(text), f->words, hint, sizeof hint));
}

/* The message asks for quotes, since YAML 1.1 may read a MAC as a number in base 60. */
static int
read_address(
    const struct field_place *at, const struct node *n, const struct field *f, void *out)
{
	bool mac = f->type == FIELD_MAC;
	const char *what =
	    mac ? "a MAC address such as '00:04:f2:10:00:00' (in quotes)" : "an IPv4 address";
	const char *text = field_scalar(at, n, what);

	if (text == NULL)
		return -EINVAL;
	if ((mac ? text_mac(span_of(text), out) : text_ip(span_of(text), out)) != 0)
		return field_fail(at, n, "`%s' must be %s, not `%.40s'", f->key, what, text);
	return 0;
}

int
field_read(
    const struct field_place *at, const struct node *n, const struct field *f, void *base)
{
	void *out = (char *)base + f->offset;

	/* For checks that can only be made once the whole file is read. */
	if (f->mark_offset != 0)
		*(struct mark *)(void *)((char *)base + f->mark_offset) = n->at;
	switch (f->type) {
	case FIELD_TEXT:
		return read_text(at, n, f, out);
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		return read_integer(at, n, f, out);
	case FIELD_BOOL:
		return read_bool(at, n, f, out);
	case FIELD_WORD:
		return read_word(at, n, f, out);
	case FIELD_DURATION:
	case FIELD_MS:
	case FIELD_SECONDS:
	case FIELD_OFFSET:
	case FIELD_SHARE:
	case FIELD_SIZE:
	case FIELD_RATE:
	case FIELD_PACE:
		return field_quantity(at, n, f, out);
	case FIELD_PHONES:
		return phones_node(at, n, f, out);
	case FIELD_SPREAD:
		return read_spread(at, n, f, out);
	case FIELD_IP:
	case FIELD_MAC:
		return read_address(at, n, f, out);
	case FIELD_MAP:
		return fields_read(at, n, f->sub, f->n_sub, base);
	case FIELD_PART: /* has no node of its own */
		return -EINVAL;
	case FIELD_OWN:
		return f->own(at, n, base);
	}
	return -EINVAL;
}
