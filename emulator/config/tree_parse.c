/* tree_parse.c - bytes to a tree: libyaml's events, turned into nodes; see tree.h. */
#include "tree.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "mem.h"

enum { TREE_DEPTH_MAX = 16, TREE_NODES_MAX = 20000 };

struct reader {
	yaml_parser_t yaml;
	const char *file;
	struct config_error *error;
	int depth, nodes;
};

static struct mark
mark_of(yaml_mark_t m)
{
	return (struct mark){ .line = (unsigned)m.line + 1, .col = (unsigned)m.column + 1 };
}

/* libyaml stopped: say where and why. */
static int
parse_failed(struct reader *r)
{
	const yaml_parser_t *y = &r->yaml;
	struct mark at = mark_of(y->problem_mark);
	const char *what = y->problem ? y->problem : "no memory";

	if (y->error == YAML_MEMORY_ERROR)
		return config_fail(r->error, r->file, (struct mark){ 0 }, "no memory"), -ENOMEM;
	if (y->error == YAML_READER_ERROR)
		return config_fail(r->error, r->file, (struct mark){ 0 },
		    "not a text file in UTF-8: %s at byte %zu", what, y->problem_offset);
	return config_fail(r->error, r->file, at, "not YAML: %s%s%s", what,
	    y->context ? ", " : "", y->context ? y->context : "");
}

static int
next_event(struct reader *r, yaml_event_t *ev)
{
	return yaml_parser_parse(&r->yaml, ev) ? 0 : parse_failed(r);
}

static int read_node(struct reader *r, yaml_event_t *ev, struct node **out);

/* A scalar's text: no NUL inside, so that it is a C string. */
static int
scalar_text(struct reader *r, const yaml_event_t *ev, char **out)
{
	const char *bytes = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length;

	if (memchr(bytes, '\0', n) != NULL)
		return config_fail(
		    r->error, r->file, mark_of(ev->start_mark), "a NUL in a text");
	*out = mem_copy(bytes, n);
	return *out != NULL ? 0 : -ENOMEM;
}

static int
read_list(struct reader *r, struct node *list)
{
	struct node **tail = &list->first;

	for (;;) {
		yaml_event_t ev;
		int err = next_event(r, &ev);

		if (err)
			return err;
		if (ev.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&ev);
			return 0;
		}
		err = read_node(r, &ev, tail);
		yaml_event_delete(&ev);
		if (err)
			return err;
		tail = &(*tail)->next;
	}
}

/* One key of a map, and what it stands for. */
static int
read_member(
    struct reader *r, const struct node *map, const yaml_event_t *key, struct node **out)
{
	struct mark at = mark_of(key->start_mark);
	yaml_event_t ev;
	char *name = NULL;
	int err;

	if (key->type != YAML_SCALAR_EVENT)
		return config_fail(r->error, r->file, at, "a key must be a plain word");
	err = scalar_text(r, key, &name);
	if (err)
		return err;
	if (tree_get(map, name) != NULL) {
		err = config_fail(r->error, r->file, at, "key `%.60s' is there twice", name);
		mem_free(name);
		return err;
	}

	err = next_event(r, &ev);
	if (!err) {
		err = read_node(r, &ev, out);
		yaml_event_delete(&ev);
	}
	if (err) {
		mem_free(name);
		return err;
	}
	(*out)->key = name;
	(*out)->key_at = at;
	return 0;
}

static int
read_map(struct reader *r, struct node *map)
{
	struct node **tail = &map->first;

	for (;;) {
		yaml_event_t ev;
		int err = next_event(r, &ev);

		if (err)
			return err;
		if (ev.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&ev);
			return 0;
		}
		err = read_member(r, map, &ev, tail);
		yaml_event_delete(&ev);
		if (err)
			return err;
		tail = &(*tail)->next;
	}
}

/* The node that begins with ev.  On failure nothing is left behind at *out. */
static int
read_node(struct reader *r, yaml_event_t *ev, struct node **out)
{
	struct mark at = mark_of(ev->start_mark);
	struct node *n;
	int err = 0;

	if (ev->type == YAML_ALIAS_EVENT)
		return config_fail(
		    r->error, r->file, at, "anchors and aliases are not used here");
	if (r->depth == TREE_DEPTH_MAX)
		return config_fail(
		    r->error, r->file, at, "nested deeper than %d", TREE_DEPTH_MAX);
	if (r->nodes++ == TREE_NODES_MAX)
		return config_fail(
		    r->error, r->file, at, "more than %d values", TREE_NODES_MAX);
	n = mem_new(sizeof *n);
	if (n == NULL)
		return -ENOMEM;
	n->at = at;

	r->depth++;
	if (ev->type == YAML_SCALAR_EVENT) {
		n->kind = NODE_SCALAR;
		n->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		err = scalar_text(r, ev, &n->text);
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		n->kind = NODE_LIST;
		err = read_list(r, n);
	} else {
		n->kind = NODE_MAP;
		err = read_map(r, n);
	}
	r->depth--;

	if (err) {
		tree_node_free(n);
		return err;
	}
	*out = n;
	return 0;
}

/* Past the stream's and the document's start; an empty stream is an error. */
static int
read_document(struct reader *r, struct node **out)
{
	yaml_event_t ev;
	int err;

	for (;;) {
		yaml_event_type_t type;

		err = next_event(r, &ev);
		if (err)
			return err;
		type = ev.type;
		if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT)
			break;
		yaml_event_delete(&ev);
	}
	if (ev.type == YAML_STREAM_END_EVENT)
		err = config_fail(r->error, r->file, (struct mark){ .line = 1, .col = 1 },
		    "the file is empty");
	else
		err = read_node(r, &ev, out);
	yaml_event_delete(&ev);
	if (err)
		return err;

	/* The document's end, then the stream's: a second document is a mistake. */
	for (;;) {
		bool last;

		err = next_event(r, &ev);
		if (err)
			return err;
		last = ev.type == YAML_STREAM_END_EVENT;
		if (ev.type == YAML_DOCUMENT_START_EVENT)
			err = config_fail(r->error, r->file, mark_of(ev.start_mark),
			    "a second document (---): one file holds one");
		yaml_event_delete(&ev);
		if (err || last)
			return err;
	}
}

int
tree_parse(struct span bytes, const char *name, struct tree *out, struct config_error *error)
{
	struct reader r = { .file = name, .error = error };
	struct node *root = NULL;
	char *file;
	int err;

	if (!yaml_parser_initialize(&r.yaml))
		return config_fail(error, name, (struct mark){ 0 }, "no memory"), -ENOMEM;
	yaml_parser_set_input_string(&r.yaml, bytes.n ? bytes.p : (const uint8_t *)"", bytes.n);
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	err = read_document(&r, &root);
	yaml_parser_delete(&r.yaml);

	file = err ? NULL : mem_copy(name, strlen(name));
	if (!err && file == NULL)
		err = -ENOMEM;
	if (err == -ENOMEM)
		(void)config_fail(error, name, (struct mark){ 0 }, "no memory");
	if (err) {
		tree_node_free(root);
		return err;
	}
	*out = (struct tree){ .file = file, .root = root };
	return 0;
}
