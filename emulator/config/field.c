/* field.c - a map of a file by its table: unknown keys, missing keys, defaults; see field.h.
 * What a single value may be is in field_value.c. */
#include "field.h"

#include <stdint.h>
#include <string.h>

#include "nearest.h"

/* The first key of the table that the unknown one is nearest to, for the message; or NULL. */
static const char *
nearest(const char *key, const struct field *f, size_t n)
{
	const char *best = NULL;
	size_t best_score = NEAREST_NONE;

	for (size_t i = 0; i < n; i++) {
		size_t score = nearest_score(span_of(key), f[i].key);

		if (score > best_score) {
			best_score = score;
			best = f[i].key;
		}
	}
	return best;
}

/* A key that the table lacks is a typing error, and never passed over. */
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
	/* A map that is missing as a whole still has its members' defaults. */
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
	/* Misspelt keys before missing ones: the first is why the second is not there. */
	err = check_keys(at, map, f, n);
	for (size_t i = 0; !err && i < n; i++) {
		const struct node *m = tree_get(map, f[i].key);

		err = m != NULL ? field_read(at, m, &f[i], base)
				: read_default(at, map, &f[i], base);
	}
	return err;
}

void
fields_help(const struct field *f, size_t n, unsigned depth, struct buf *to)
{
	for (const struct field *end = f + n; f < end; f++) {
		/* The helps stand in one column, whatever the depth. */
		buf_printf(to, "%*s%-*s %s", (int)(2 * depth), "", (int)(24 - 2 * depth),
		    f->key, f->help != NULL ? f->help : "");
		if (f->required)
			buf_text(to, " (must be there)");
		if (f->def != NULL)
			buf_printf(to, " [%s]", f->def);
		buf_text(to, "\n");
		if (f->sub != NULL)
			fields_help(f->sub, f->n_sub, depth + 1, to);
	}
}
