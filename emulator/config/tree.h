/*
 * tree.h - a YAML file as a tree whose every node knows its line and column,
 * so that a check made much later can still name the place.
 *
 * One document, no anchors or aliases, no key twice; at most 1 MiB, 16 levels and
 * 20,000 values.  Parsing by libyaml.
 */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "span.h"

/* What is wrong, on one line: "site.yaml:3:7: unknown key `phnes' ...". */
struct config_error {
	char text[400];
};

struct mark { /* both from 1; 0: no place */
	unsigned line, col;
	const char *file; /* lent by the tree: a file that it includes; NULL: its own */
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	struct mark at;
	bool quoted; /* a scalar in quotes or a block: always text */
	bool filled; /* a scalar that is not as it was written: a variable stood in it */
	char *text;  /* of a scalar; may hold what the file holds, but no NUL */
	char *key;   /* when its parent is a map */
	struct mark key_at;
	struct node *first, *next; /* children of a list or map; the next sibling */
};

enum { TREE_BYTES_MAX = 1 << 20, TREE_INCLUDED_MAX = 16 };

struct tree {
	char *file; /* its name, for errors */
	struct node *root;
	char *included[TREE_INCLUDED_MAX]; /* the names of the files that marks point to */
	size_t n_included;
};

/* Read a file / bytes that are called `name`.  0, or -errno with the error filled in. */
int tree_load(const char *path, struct tree *out, struct config_error *);
int tree_parse(struct span bytes, const char *name, struct tree *out, struct config_error *);

/* Append the bytes of a file, at most TREE_BYTES_MAX (which `out` has as its limit); `regular`:
 * neither a device nor a pipe is one.  0, or -errno with the error. */
int tree_bytes(const char *path, bool regular, struct buf *out, struct config_error *);

/* It is then empty; NULL is fine. */
void tree_free(struct tree *);

/* A node with all below and behind it; NULL is fine. */
void tree_node_free(struct node *);

/* The member of a map, or NULL. */
const struct node *tree_get(const struct node *map, const char *key);

/* Fill in an error about a place of a file, or of the one that the mark names; always
 * -EINVAL. */
int config_fail(struct config_error *, const char *file, struct mark at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
