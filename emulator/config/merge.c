/* merge.c - see merge.h. */
#include "merge.h"

#include <string.h>

/* Where the member hangs, or where it would be appended. */
static struct node **
place_of(struct node *map, const char *key)
{
	struct node **at = &map->first;

	while (*at != NULL && strcmp((*at)->key, key) != 0)
		at = &(*at)->next;
	return at;
}

struct node *
merge_take(struct node *map, const char *key)
{
	struct node **at = place_of(map, key), *n = *at;

	if (n == NULL)
		return NULL;
	*at = n->next;
	n->next = NULL;
	return n;
}

/* The row of a key, also in the table's parts; NULL: the key is unknown. */
static const struct field *
row_of(const struct field *f, size_t n, const char *key)
{
	for (const struct field *end = f + n; f < end; f++) {
		const struct field *row = f;

		if (f->type == FIELD_PART)
			row = row_of(f->sub, f->n_sub, key);
		else if (strcmp(f->key, key) != 0)
			row = NULL;
		if (row != NULL)
			return row;
	}
	return NULL;
}

/* Both have this member.  Names of a map of them are merged like keys, then what they name. */
static void
merge_member(struct node *ours, struct node *base, const struct field *row)
{
	bool own = row->type == FIELD_OWN;

	if (ours->kind != NODE_MAP || base->kind != NODE_MAP)
		return;
	if (row->type == FIELD_MAP || (own && row->form == FORM_MAP))
		merge_nodes(ours, base, row->sub, row->n_sub);
	else if (own && row->form == FORM_MAP_OF) {
		const struct field of = {
			.type = FIELD_MAP, .sub = row->sub, .n_sub = row->n_sub
		};

		for (struct node *b = base->first, *next; b != NULL; b = next) {
			struct node **mine = place_of(ours, b->key);

			next = b->next;
			if (*mine != NULL)
				merge_member(*mine, b, &of);
			else
				*mine = merge_take(base, b->key);
		}
	}
}

void
merge_nodes(struct node *ours, struct node *base, const struct field *f, size_t n)
{
	for (struct node *b = base->first, *next; b != NULL; b = next) {
		const struct field *row = row_of(f, n, b->key);
		struct node **mine = place_of(ours, b->key);

		next = b->next;
		if (*mine == NULL)
			*mine = merge_take(base, b->key);
		else if (row != NULL)
			merge_member(*mine, b, row);
	}
}
