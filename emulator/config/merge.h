/* merge.h - two maps into one, as `include:` does it. */
#ifndef CONFIG_MERGE_H
#define CONFIG_MERGE_H
#include "field.h"
#include "tree.h"

/*
 * What our map lacks is taken from the base, which keeps the rest.  Where both are maps the
 * table says whether their keys are their own: then they are merged too; a distribution or a
 * link is one thing, and ours stays.
 */
void merge_nodes(struct node *ours, struct node *base, const struct field *, size_t n);

/* Take a member out of a map; NULL: it has none.  The caller's to free. */
struct node *merge_take(struct node *map, const char *key);

#endif
