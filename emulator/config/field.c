/* field.c - a map of a file by its table: unknown keys, missing keys, defaults; see field.h.
 * What a single value may be is in field_value.c. */
#include "field.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "nearest.h"

/* More than any table has. */
enum { FIELD_KEYS_MAX = 64 };

/* All keys of a table, those of its parts too; NULL behind them.  How many. */
static size_t
table_keys(const struct field *f, size_t n, const char **out, size_t used)
{
	for (const struct field *end = f + n; f < end; f++) {
		if (f->type == FIELD_PART)
			used = table_keys(f->sub, f->n_sub, out, used);
		else if (used + 1 < FIELD_KEYS_MAX)
			out[used++] = f->key;
	}
	out[used] = NULL;
	return used;
}

static int
unknown_key(const struct field_place *at, const struct node *m, const char *const *keys)
{
	char hint[NEAREST_HINT_MAX];

	return config_fail(at->error, at->file, m->key_at, "unknown key `%.60s'%s", m->key,
	    nearest_hint(span_of(m->key), keys, hint, sizeof hint));
}

int
fields_known(
    const struct field_place *at, const struct node *map, const struct field *f, size_t n)
{
	const char *keys[FIELD_KEYS_MAX];

	if (map->kind != NODE_MAP)
		return field_fail(at, map, "%s%.60s%s must be a map of keys and values",
		    map->key ? "`" : "the file", map->key ? map->key : "", map->key ? "'" : "");

	(void)table_keys(f, n, keys, 0);
	for (const struct node *m = map->first; m != NULL; m = m->next) {
		size_t i = 0;

		while (keys[i] != NULL && strcmp(keys[i], m->key) != 0)
			i++;
		if (keys[i] == NULL)
			return unknown_key(at, m, keys);
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
	if (at->keep)
		return 0;
	/* A map that is missing as a whole still has its members' defaults. */
	if (f->type == FIELD_MAP)
		return fields_read(at, &nothing, f->sub, f->n_sub, base);
	if (f->def == NULL)
		return 0;
	value.text = (char *)(uintptr_t)f->def;
	return field_read(at, &value, f, base);
}

/* Each row of the table that has its keys in this map. */
static int
read_rows(const struct field_place *at, const struct node *map, const struct field *f, size_t n,
    void *base)
{
	int err = 0;

	for (size_t i = 0; !err && i < n; i++) {
		const struct node *m;

		if (f[i].type == FIELD_PART) {
			err = read_rows(
			    at, map, f[i].sub, f[i].n_sub, (char *)base + f[i].offset);
			continue;
		}
		m = tree_get(map, f[i].key);
		err = m != NULL ? field_read(at, m, &f[i], base)
				: read_default(at, map, &f[i], base);
	}
	return err;
}

int
fields_read(const struct field_place *at, const struct node *map, const struct field *f,
    size_t n, void *base)
{
	/* Misspelt keys before missing ones: the first is why the second is not there. */
	int err = fields_known(at, map, f, n);

	return err ? err : read_rows(at, map, f, n, base);
}

int
fields_read_one(const struct field_place *at, const struct node *map, const struct field *f,
    size_t n, const char *what, void *base, const struct field **out)
{
	const struct node *one = map->kind == NODE_MAP ? map->first : NULL;
	const char *keys[FIELD_KEYS_MAX];
	char forms[200] = "";
	size_t i = 0;

	(void)table_keys(f, n, keys, 0);
	if (one == NULL || one->next != NULL) {
		for (size_t used = 0; i < n && used < sizeof forms; i++)
			used += (size_t)snprintf(forms + used, sizeof forms - used,
			    "%s{%s: ...}", i ? ", " : "", keys[i]);
		return field_fail(at, map, "%s is one of %s", what, forms);
	}
	while (i < n && strcmp(keys[i], one->key) != 0)
		i++;
	if (i == n)
		return unknown_key(at, one, keys);
	*out = &f[i];
	return field_read(at, one, &f[i], base);
}

/* One line, the helps in one column, whatever the depth. */
static void
help_line(const char *key, const char *help, unsigned depth, struct buf *to)
{
	buf_printf(to, "%*s%-*s %s", (int)(2 * depth), "", (int)(24 - 2 * depth), key,
	    help != NULL ? help : "");
}

/* A part that says why it is there again is not told twice. */
static void
help_part(const struct field *part, unsigned depth, struct buf *to)
{
	if (part->help == NULL) {
		fields_help(part->sub, part->n_sub, depth, to);
		return;
	}
	for (size_t i = 0; i < part->n_sub; i++) {
		help_line(part->sub[i].key, part->help, depth, to);
		buf_text(to, "\n");
	}
}

void
fields_help(const struct field *f, size_t n, unsigned depth, struct buf *to)
{
	for (const struct field *end = f + n; f < end; f++) {
		if (f->type == FIELD_PART) {
			help_part(f, depth, to);
			continue;
		}
		help_line(f->key, f->help, depth, to);
		if (f->required)
			buf_text(to, " (must be there)");
		if (f->def != NULL)
			buf_printf(to, " [%s]", f->def);
		buf_text(to, "\n");
		if (f->sub != NULL)
			fields_help(f->sub, f->n_sub, depth + 1, to);
	}
}
