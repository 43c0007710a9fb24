/* tree.c - a tree that is read from a file; what every reader of one needs.  See tree.h. */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"

int
config_fail(struct config_error *error, const char *file, struct mark at, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (at.file != NULL)
		file = at.file;
	if (at.line > 0)
		n = snprintf(
		    error->text, sizeof error->text, "%s:%u:%u: ", file, at.line, at.col);
	else
		n = snprintf(error->text, sizeof error->text, "%s: ", file);
	if (n < 0 || (size_t)n >= sizeof error->text)
		return -EINVAL;

	va_start(ap, fmt);
	(void)vsnprintf(error->text + n, sizeof error->text - (size_t)n, fmt, ap);
	va_end(ap);

	/* One line, whatever the file held. */
	for (char *p = error->text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
	return -EINVAL;
}

/* Only what is a file as such has an end and keeps nobody waiting: no device, no pipe. */
static int
check_kind(int fd, const char *path, bool regular, struct config_error *error)
{
	struct mark nowhere = { 0 };
	struct stat st;

	if (fstat(fd, &st) != 0)
		return config_fail(error, path, nowhere, "cannot be read: %s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return config_fail(error, path, nowhere, "is a directory, not a file");
	if (regular && !S_ISREG(st.st_mode))
		return config_fail(error, path, nowhere, "is no regular file");
	return 0;
}

int
tree_bytes(const char *path, bool regular, struct buf *out, struct config_error *error)
{
	struct mark nowhere = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | (regular ? O_NONBLOCK : 0));
	char chunk[4096];
	ssize_t n;
	int err;

	if (fd < 0)
		return config_fail(
		    error, path, nowhere, "cannot be opened: %s", strerror(errno));
	err = check_kind(fd, path, regular, error);
	while (!err && (n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = config_fail(
			    error, path, nowhere, "cannot be read: %s", strerror(errno));
		else
			buf_put(out, chunk, (size_t)n);
		if (!err && out->err)
			err = config_fail(
			    error, path, nowhere, "is larger than %d bytes", TREE_BYTES_MAX);
	}
	(void)close(fd);
	return err;
}

int
tree_load(const char *path, struct tree *out, struct config_error *error)
{
	struct buf bytes;
	int err;

	buf_init(&bytes, TREE_BYTES_MAX);
	err = tree_bytes(path, false, &bytes, error);
	if (!err)
		err = tree_parse(buf_bytes(&bytes), path, out, error);
	buf_done(&bytes);
	return err;
}

void
tree_node_free(struct node *n)
{
	while (n != NULL) {
		struct node *next = n->next;

		tree_node_free(n->first);
		mem_free(n->text);
		mem_free(n->key);
		mem_free(n);
		n = next;
	}
}

void
tree_free(struct tree *t)
{
	if (t == NULL)
		return;
	tree_node_free(t->root);
	mem_free(t->file);
	for (size_t i = 0; i < t->n_included; i++)
		mem_free(t->included[i]);
	*t = (struct tree){ 0 };
}

const struct node *
tree_get(const struct node *map, const char *key)
{
	if (map->kind != NODE_MAP)
		return NULL;
	for (const struct node *n = map->first; n != NULL; n = n->next)
		if (n->key != NULL && strcmp(n->key, key) == 0)
			return n;
	return NULL;
}
