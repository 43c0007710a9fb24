/* fuzz_tree.c - any bytes as a YAML file: what is wrong is said on one line, and a tree written
 * again, every text in quotes, is the same tree. */
#include "tree.h"

#include "fuzz.h"

enum { DEPTH_MAX = 16 };

/* One code point of UTF-8; libyaml has let through nothing that is not. */
static uint32_t
code_point(const char **at)
{
	const unsigned char *p = (const unsigned char *)*at;
	unsigned more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? p[0] : p[0] & (0x3fu >> more);

	for (unsigned i = 1; i <= more; i++) {
		HOLDS((p[i] & 0xc0) == 0x80);
		c = c << 6 | (p[i] & 0x3f);
	}
	*at += 1 + more;
	return c;
}

static void
write_text(struct buf *b, const char *text)
{
	buf_text(b, "\"");
	while (*text != '\0') {
		uint32_t c = code_point(&text);

		if (c > ' ' && c < 127 && c != '"' && c != '\\')
			buf_u8(b, (uint8_t)c);
		else
			buf_printf(b, "\\U%08x", c);
	}
	buf_text(b, "\"");
}

static void
write_node(struct buf *b, const struct node *n, int depth)
{
	const char *close = n->kind == NODE_LIST ? "]" : "}";

	HOLDS(depth <= DEPTH_MAX && n->at.line > 0 && n->at.col > 0);
	HOLDS((n->kind == NODE_SCALAR) == (n->text != NULL));
	if (n->kind == NODE_SCALAR) {
		HOLDS(n->first == NULL);
		write_text(b, n->text);
		return;
	}
	buf_text(b, n->kind == NODE_LIST ? "[" : "{");
	for (const struct node *k = n->first; k != NULL; k = k->next) {
		HOLDS((n->kind == NODE_MAP) == (k->key != NULL));
		if (k->key != NULL) {
			HOLDS(k->key_at.line > 0 && tree_get(n, k->key) == k);
			buf_text(b, "? ");
			write_text(b, k->key);
			buf_text(b, " : ");
		}
		write_node(b, k, depth + 1);
		buf_text(b, ",\n");
	}
	buf_text(b, close);
}

static void
same(const struct node *a, const struct node *b)
{
	HOLDS(a->kind == b->kind);
	if (a->kind == NODE_SCALAR)
		HOLDS(strcmp(a->text, b->text) == 0);
	for (a = a->first, b = b->first; a != NULL; a = a->next, b = b->next) {
		HOLDS(b != NULL && (a->key == NULL) == (b->key == NULL));
		HOLDS(a->key == NULL || strcmp(a->key, b->key) == 0);
		same(a, b);
	}
	HOLDS(b == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct config_error error = { "" };
	struct buf text = { 0 };
	struct tree t, again;

	fuzz_mark(&t, sizeof t);
	if (tree_parse((struct span){ p, n }, "fuzz.yaml", &t, &error) != 0) {
		HOLDS(fuzz_untouched(&t, sizeof t));
		HOLDS(strncmp(error.text, "fuzz.yaml:", 10) == 0 && fuzz_one_line(error.text));
		return 0;
	}
	HOLDS(strcmp(t.file, "fuzz.yaml") == 0 && t.root != NULL);
	write_node(&text, t.root, 1);
	HOLDS(tree_parse(buf_bytes(&text), "again.yaml", &again, &error) == 0);
	same(t.root, again.root);
	tree_free(&t);
	tree_free(&again);
	buf_done(&text);
	return 0;
}
