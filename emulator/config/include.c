/* include.c - see include.h. */
#include "include.h"

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "merge.h"
#include "text.h"

/* One reading of a file and all that it includes. */
struct includer {
	const struct include_source *source;
	const struct field *table;
	size_t n_table;
	struct tree *tree; /* of the first file: it owns all nodes and names */
	struct config_error *error;
	const char *open[INCLUDE_DEPTH_MAX + 1]; /* the files that include each other */
	size_t depth;
};

/* No tree that is read by a table has it any more, except where it is wrong. */
int
include_own(const struct field_place *at, const struct node *n, void *base)
{
	(void)base;
	return field_fail(at, n, "`include' stands at the top of a file");
}

static int
read_file(
    void *arg, const char *path, bool included, struct buf *out, struct config_error *error)
{
	(void)arg;
	return tree_bytes(path, included, out, error);
}

const struct include_source include_files = { read_file, NULL };

/* ---- files --------------------------------------------------------------------- */

static void
name_nodes(struct node *n, const char *file)
{
	for (; n != NULL; n = n->next) {
		n->at.file = file;
		n->key_at.file = file;
		name_nodes(n->first, file);
	}
}

/* The path of a file beside `from`; NULL: no memory. */
static char *
beside(const char *from, const char *name)
{
	const char *slash = strrchr(from, '/');
	struct buf path = { 0 };
	char *copy = NULL;

	if (name[0] != '/' && slash != NULL)
		buf_put(&path, from, (size_t)(slash + 1 - from));
	/* So that a file that includes itself is known. */
	while (name[0] == '.' && name[1] == '/')
		name += 2;
	buf_text(&path, name);
	if (path.err == 0)
		copy = mem_copy(buf_cstr(&path), path.n);
	buf_done(&path);
	return copy;
}

static int read_root(struct includer *in, const char *path, struct node **out);

/* An error of the file itself has no place in it: then the place is where it is included. */
static int
say_where(struct includer *in, const struct node *n, const char *path, int err)
{
	struct config_error inner = *in->error;

	if (err != 0 && strncmp(inner.text, path, strlen(path)) == 0 &&
	    strncmp(inner.text + strlen(path), ": ", 2) == 0)
		(void)config_fail(in->error, in->open[in->depth - 1], n->at, "%s", inner.text);
	return err;
}

/* One file of `include:`, its nodes under `base`. */
static int
include_one(struct includer *in, const struct node *n, struct node *base)
{
	const struct field_place at = { .file = in->open[in->depth - 1], .error = in->error };
	struct tree *t = in->tree;
	struct node *root = NULL;
	char *path;
	int err;

	if (n->kind != NODE_SCALAR || n->text[0] == '\0')
		return field_fail(
		    &at, n, "`include' must be the name of a file, or a list of them");
	if (in->depth > INCLUDE_DEPTH_MAX)
		return field_fail(
		    &at, n, "files include each other deeper than %d", INCLUDE_DEPTH_MAX);
	if (t->n_included == TREE_INCLUDED_MAX)
		return field_fail(&at, n, "more than %d files are included", TREE_INCLUDED_MAX);
	path = beside(in->open[in->depth - 1], n->text);
	if (path == NULL)
		return -ENOMEM;
	t->included[t->n_included++] = path;
	for (size_t i = 0; i < in->depth; i++)
		if (strcmp(in->open[i], path) == 0)
			return field_fail(&at, n, "%.100s includes itself", path);
	err = say_where(in, n, path, read_root(in, path, &root));
	if (err)
		return err;
	/* The later one of several wins. */
	merge_nodes(root, base, in->table, in->n_table);
	tree_node_free(base->first);
	base->first = root->first;
	root->first = NULL;
	tree_node_free(root);
	return 0;
}

static int
include_all(struct includer *in, struct node *root)
{
	struct node *include = merge_take(root, "include");
	struct node base = { .kind = NODE_MAP };
	int err = 0;

	if (include == NULL)
		return 0;
	if (include->kind != NODE_LIST)
		err = include_one(in, include, &base);
	for (struct node *n = include->first; !err && n != NULL && include->kind == NODE_LIST;
	     n = n->next)
		err = include_one(in, n, &base);
	if (!err)
		merge_nodes(root, &base, in->table, in->n_table);
	tree_node_free(base.first);
	tree_node_free(include);
	return err;
}

/* A file with what it includes; `path` outlives the tree.  On failure *out is as it was. */
static int
read_root(struct includer *in, const char *path, struct node **out)
{
	struct mark nowhere = { 0 };
	struct tree t = { 0 };
	struct buf bytes;
	int err;

	buf_init(&bytes, TREE_BYTES_MAX);
	err = in->source->read(in->source->arg, path, in->depth > 0, &bytes, in->error);
	if (!err)
		err = tree_parse(buf_bytes(&bytes), path, &t, in->error);
	buf_done(&bytes);
	if (!err && in->depth > 0)
		name_nodes(t.root, path);
	if (!err && t.root->kind != NODE_MAP)
		err = config_fail(
		    in->error, path, t.root->at, "the file must be a map of keys and values");
	if (!err)
		err = include_fill(t.root, path, in->error);
	if (!err) {
		in->open[in->depth++] = path;
		err = include_all(in, t.root);
		in->depth--;
	}
	if (err == -ENOMEM)
		(void)config_fail(in->error, path, nowhere, "no memory");
	if (!err) {
		*out = t.root;
		t.root = NULL;
	}
	tree_free(&t);
	return err;
}

int
include_load(const struct include_source *source, const char *path, const struct field *table,
    size_t n_table, struct tree *out, struct config_error *error)
{
	struct tree t = { .file = mem_copy(path, strlen(path)) };
	struct includer in = {
		.source = source, .table = table, .n_table = n_table, .tree = &t, .error = error
	};
	int err;

	if (t.file == NULL)
		return config_fail(error, path, (struct mark){ 0 }, "no memory"), -ENOMEM;
	err = read_root(&in, t.file, &t.root);
	if (err) {
		tree_free(&t);
		return err;
	}
	*out = t;
	return 0;
}
