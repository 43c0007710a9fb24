/* field.c - see field.h. */
#include "field.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static int
read_text(const struct field_place *at, const struct node *n, const struct field *f, char *out)
{
	const char *text = field_scalar(at, n, "a text");

	if (text == NULL)
		return -EINVAL;
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
	if (n->quoted || text_u64(span_of(text), UINT64_MAX, out) != 0 ||
	    (text[0] == '0' && text[1] != '\0'))
		return field_fail(
		    at, n, "`%s' must be a whole number, not `%.40s'", f->key, text);
	if (*out < f->min || *out > max)
		return field_fail(at, n, "`%s' must be from %llu to %llu, not %.40s", f->key,
		    (unsigned long long)f->min, (unsigned long long)max, text);
	return 0;
}

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

static int
read_duration(const struct field_place *at, const struct node *n, const struct field *f,
    uint64_t unit_us, uint64_t *out)
{
	const char *text = field_scalar(at, n, "a duration such as 20s");
	uint64_t us;

	if (text == NULL)
		return -EINVAL;
	if (duration_read(span_of(text), &us) != 0)
		return field_fail(at, n,
		    "`%s' must be a duration such as 250ms, 20s, 5m, 24h, not `%.40s'", f->key,
		    text);
	*out = us / unit_us;
	if (*out < f->min || (f->max != 0 && *out > f->max))
		return field_fail(at, n, "`%s' is out of range: %.40s", f->key, text);
	return 0;
}

static int
read_ms(
    const struct field_place *at, const struct node *n, const struct field *f, uint32_t *out)
{
	uint64_t ms;
	int err = read_duration(at, n, f, 1000, &ms);

	if (err)
		return err;
	if (ms > UINT32_MAX)
		return field_fail(at, n, "`%s' is too long", f->key);
	*out = (uint32_t)ms;
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
	struct field a = { .key = f->key }, b = { .key = "sd" };
	struct spread s = { .kind = SPREAD_NORMAL };
	int err;

	for (const struct node *k = n->first; k != NULL; k = k->next)
		keys++;
	if (expo != NULL && keys == 1) {
		s.kind = SPREAD_EXP;
		err = read_duration(at, expo, &a, 1, &s.a_us);
	} else if (mean != NULL && sd != NULL && keys == 2) {
		err = read_duration(at, mean, &a, 1, &s.a_us);
		if (!err)
			err = read_duration(at, sd, &b, 1, &s.b_us);
	} else {
		err = field_fail(at, n, "`%s' must be {normal: A, sd: B} or {exp: A}", f->key);
	}
	if (!err)
		*out = s;
	return err;
}

static int
read_spread(const struct field_place *at, const struct node *n, const struct field *f,
    struct spread *out)
{
	const char *text;

	if (n->kind == NODE_MAP)
		return read_spread_map(at, n, f, out);
	text = field_scalar(at, n, "a duration such as 20s or 20s±8s");
	if (text == NULL)
		return -EINVAL;
	if (spread_read(span_of(text), out) != 0)
		return field_fail(at, n,
		    "`%s' must be a duration such as 20s or 20s±8s, not `%.40s'", f->key, text);
	return 0;
}

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

static int
read_word(const struct field_place *at, const struct node *n, const struct field *f, int *out)
{
	char all[160] = "";
	const char *text = field_scalar(at, n, "a word");

	if (text == NULL)
		return -EINVAL;
	for (int i = 0; f->words[i] != NULL; i++) {
		size_t used = strlen(all);

		if (strcmp(f->words[i], text) == 0) {
			*out = i;
			return 0;
		}
		(void)snprintf(
		    all + used, sizeof all - used, "%s%s", i ? ", " : "", f->words[i]);
	}
	return field_fail(at, n, "`%s' must be one of %s, not `%.40s'", f->key, all, text);
}

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
		return read_duration(at, n, f, 1, out);
	case FIELD_MS:
		return read_ms(at, n, f, out);
	case FIELD_SPREAD:
		return read_spread(at, n, f, out);
	case FIELD_IP:
	case FIELD_MAC:
		return read_address(at, n, f, out);
	case FIELD_MAP:
		return fields_read(at, n, f->sub, f->n_sub, base);
	case FIELD_OWN:
		return f->own(at, n, base);
	}
	return -EINVAL;
}

/* The first key of the table that the unknown one shares most letters with, for the message. */
static const char *
nearest(const char *key, const struct field *f, size_t n)
{
	const char *best = NULL;
	size_t best_score = 2;

	for (size_t i = 0; i < n; i++) {
		size_t score = 0, at = 0;

		for (const char *c = key; *c != '\0'; c++) {
			const char *hit = strchr(f[i].key + at, *c);

			if (hit == NULL)
				continue;
			score++;
			at = (size_t)(hit - f[i].key) + 1;
		}
		if (score > best_score) {
			best_score = score;
			best = f[i].key;
		}
	}
	return best;
}

static int
check_keys(
    const struct field_place *at, const struct node *map, const struct field *f, size_t n)
{
	for (const struct node *m = map->first; m != NULL; m = m->next) {
		const char *like;
		size_t i = 0;

		while (i < n && strcmp(f[i].key, m->key) != 0)
			i++;
		if (i < n)
			continue;
		like = nearest(m->key, f, n);
		return config_fail(at->error, at->file, m->key_at, "unknown key `%.60s'%s%s%s",
		    m->key, like ? "; did you mean `" : "", like ? like : "", like ? "'?" : "");
	}
	return 0;
}

/* A key that is not there: its default, read by the same rule. */
static int
read_default(
    const struct field_place *at, const struct node *map, const struct field *f, void *base)
{
	struct node nothing = {
		.kind = NODE_MAP, .at = map->at, .key = (char *)(uintptr_t)f->key
	};
	struct node value = { .kind = NODE_SCALAR, .at = map->at, .key = nothing.key };

	if (f->required)
		return field_fail(at, map, "`%s' is missing: %s", f->key, f->help);
	if (f->type == FIELD_MAP)
		return fields_read(at, &nothing, f->sub, f->n_sub, base);
	if (f->def == NULL)
		return 0;
	value.text = (char *)(uintptr_t)f->def;
	return field_read(at, &value, f, base);
}

int
fields_read(const struct field_place *at, const struct node *map, const struct field *f,
    size_t n, void *base)
{
	int err;

	if (map->kind != NODE_MAP)
		return field_fail(at, map, "%s%.60s%s must be a map of keys and values",
		    map->key ? "`" : "the file", map->key ? map->key : "", map->key ? "'" : "");
	err = check_keys(at, map, f, n);
	for (size_t i = 0; !err && i < n; i++) {
		const struct node *m = tree_get(map, f[i].key);

		err = m != NULL ? field_read(at, m, &f[i], base)
				: read_default(at, map, &f[i], base);
	}
	return err;
}
