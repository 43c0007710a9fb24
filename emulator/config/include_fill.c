/* include_fill.c - variables of the environment in the values of a file; see include.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "include.h"
#include "mem.h"
#include "text.h"

enum { FILL_NAME_MAX = 64, FILL_TEXT_MAX = 65536 };

/* What stands between ${ and }. */
struct variable {
	char name[FILL_NAME_MAX];
	bool has_default;
	struct span def;
};

/* At a byte of the node's text. */
static int
fill_fail(const char *file, struct config_error *error, const struct node *n, const char *part,
    const char *what, const char *name)
{
	struct mark at = n->at;

	at.col += (unsigned)(part - n->text) + n->quoted;
	return config_fail(error, file, at, "%s%.*s%s", name ? "$" : "", FILL_NAME_MAX,
	    name ? name : "", what);
}

/* How many bytes at the beginning are a name: letters, digits and _, as in a shell. */
static size_t
name_length(const char *text)
{
	static const char digits[] = "0123456789",
			  all[] =
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

	return strspn(text, digits) > 0 ? 0 : strspn(text, all);
}

/* "{NAME}" or "{NAME:-default}"; *end_out is behind it. */
static int
variable_read(const char *text, struct variable *out, const char **end_out)
{
	const char *name = text + 1, *end = text[0] == '{' ? strchr(text, '}') : NULL;
	/* Without a brace there may be nothing behind it. */
	size_t n = end != NULL ? name_length(name) : 0;
	struct span rest;

	if (n == 0 ||
	    text_copy(out->name, sizeof out->name, (struct span){ (const uint8_t *)name, n }) !=
		0)
		return -EINVAL;
	rest = (struct span){ (const uint8_t *)name + n, (size_t)(end - name) - n };
	out->has_default = rest.n >= 2 && rest.p[0] == ':' && rest.p[1] == '-';
	if (rest.n > 0 && !out->has_default)
		return -EINVAL;
	if (out->has_default)
		out->def = (struct span){ rest.p + 2, rest.n - 2 };
	*end_out = end + 1;
	return 0;
}

/* YAML is in UTF-8, hence all texts are; a variable may hold anything. */
static bool
is_utf8(const char *text)
{
	for (const uint8_t *p = (const uint8_t *)text; *p != 0; p++) {
		unsigned more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : *p < 0xf0 ? 2 : 3;

		if ((*p >= 0x80 && *p < 0xc2) || *p > 0xf4)
			return false;
		for (; more > 0; more--)
			if ((*++p & 0xc0) != 0x80)
				return false;
	}
	return true;
}

/* An empty variable is none where there is a default, as in a shell. */
static int
variable_put(const struct variable *v, struct buf *to)
{
	const char *value = getenv(v->name);

	if (v->has_default && (value == NULL || value[0] == '\0'))
		buf_put(to, v->def.p, v->def.n);
	else if (value == NULL)
		return -ENOENT;
	else if (!is_utf8(value))
		return -EILSEQ;
	else
		buf_text(to, value);
	return 0;
}

/* One $ and what belongs to it; *at is then behind. */
static int
fill_one(const struct node *n, const char **at, struct buf *to, const char *file,
    struct config_error *error)
{
	const char *dollar = *at;
	struct variable v;
	int err;

	if (dollar[1] == '$') {
		buf_text(to, "$");
		*at += 2;
		return 0;
	}
	if (variable_read(dollar + 1, &v, at) != 0)
		return fill_fail(file, error, n, dollar,
		    "a variable is ${NAME} or ${NAME:-default}, and a $ is $$", NULL);
	err = variable_put(&v, to);
	if (err)
		return fill_fail(file, error, n, dollar,
		    err == -ENOENT ? " is not set, and there is no ${NAME:-default}"
				   : " is not in UTF-8",
		    v.name);
	return 0;
}

static int
fill_text(struct node *n, const char *file, struct config_error *error)
{
	struct buf filled;
	char *text = NULL;
	int err = 0;

	buf_init(&filled, FILL_TEXT_MAX);
	for (const char *at = n->text; !err && *at != '\0';) {
		size_t plain = strcspn(at, "$");

		buf_put(&filled, at, plain);
		at += plain;
		if (*at == '$')
			err = fill_one(n, &at, &filled, file, error);
	}
	if (!err && filled.err == -ENOMEM)
		err = -ENOMEM;
	else if (!err && filled.err)
		err = fill_fail(file, error, n, n->text, "this is too long", NULL);
	if (!err) {
		text = mem_copy(buf_cstr(&filled), filled.n);
		err = text == NULL ? -ENOMEM : 0;
	}
	buf_done(&filled);
	if (err)
		return err;
	mem_free(n->text);
	n->text = text;
	/* In braces YAML wants quotes around it; a number it may be all the same. */
	n->quoted = false;
	n->filled = true;
	return 0;
}

int
include_fill(struct node *n, const char *file, struct config_error *error)
{
	int err = 0;

	if (n->kind == NODE_SCALAR)
		return strchr(n->text, '$') != NULL ? fill_text(n, file, error) : 0;
	for (struct node *child = n->first; !err && child != NULL; child = child->next)
		err = include_fill(child, file, error);
	return err;
}
