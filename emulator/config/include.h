/*
 * include.h - a file that is made of others, and of the environment: `include:` at its top, and
 * ${NAME} in its values.
 *
 * What an included file says are defaults: ours win, key by key where both are maps whose keys
 * are of their own; lists and all other values replace.  Of several the later ones win.  Each
 * may include others, beside itself.  Every node keeps its file, so errors name it.
 */
#ifndef CONFIG_INCLUDE_H
#define CONFIG_INCLUDE_H
#include "field.h"
#include "tree.h"

enum { INCLUDE_DEPTH_MAX = 4 };

/* The row of a table whose files may include others. */
#define INCLUDE_FIELD                                                                       \
	{                                                                                   \
		.key = "include", .type = FIELD_OWN, .own = include_own, .form = FORM_SOME, \
		.help =                                                                     \
		    "a file beside this one, or a list of them: what they say are defaults" \
	}
field_own_fn include_own;

/* Where files come from. */
struct include_source {
	/* Append the bytes of this one to `out`, which has a limit; `included`: it is not the
	 * first one.  0, or -errno with the error. */
	int (*read)(
	    void *arg, const char *path, bool included, struct buf *out, struct config_error *);
	void *arg;
};

/* The file system; what is included must be a regular file. */
extern const struct include_source include_files;

/*
 * Read a file with all that it includes; the table says which of its maps are merged.  The root
 * is a map.  0, or -errno with the error filled in.
 */
int include_load(const struct include_source *, const char *path, const struct field *,
    size_t n, struct tree *out, struct config_error *);

/*
 * ${NAME}, ${NAME:-default} and $$ in all scalars of a tree, not in keys.  What comes from a
 * variable is text, no structure.  0, -ENOMEM, or -EINVAL with the error: not set and no
 * default.
 */
int include_fill(struct node *, const char *file, struct config_error *);

#endif
