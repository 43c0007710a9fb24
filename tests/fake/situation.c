/* situation.c - see situation.h. */
#include "situation.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "text.h"

/* ---- files ------------------------------------------------------------------ */

static void
situation_die(const char *what)
{
	(void)fprintf(stderr, "%s\n", what);
	abort();
}

static void
situation_read(struct situation *one, const char *path)
{
	char bytes[4096];
	FILE *f = fopen(path, "rbe");
	size_t n;

	if (f == NULL || strlen(path) >= sizeof one->path)
		situation_die(path);
	(void)snprintf(one->path, sizeof one->path, "%s", path);
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
		buf_put(&one->text, bytes, n);
	(void)fclose(f);
}

void
situations_read(const char *folder, struct situations *all)
{
	char pattern[SITUATION_PATH_MAX];
	glob_t found;

	(void)snprintf(pattern, sizeof pattern, "%s/*.yaml", folder);
	if (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc > SITUATIONS_MAX)
		situation_die(pattern);
	memset(all, 0, sizeof *all);
	for (; all->n < found.gl_pathc; all->n++)
		situation_read(&all->one[all->n], found.gl_pathv[all->n]);
	globfree(&found);
}

void
situations_done(struct situations *all)
{
	for (size_t i = 0; i < all->n; i++)
		buf_done(&all->one[i].text);
}

/* ---- a rehearsal -------------------------------------------------------------- */

void
situation_run(const char *path, const char *const *more, struct situation_end *end)
{
	enum { ARGS = 16 };
	const char *args[ARGS] = { "run", path, "--dry-run", "-q", "--json" };
	struct buf out = { 0 };
	size_t n = 5;

	while (more != NULL && *more != NULL && n < ARGS - 1)
		args[n++] = *more++;
	memset(end, 0, sizeof *end);
	end->status = program_run("cx700farm", args, &out, &end->err);
	end->summary = json_loads(buf_cstr(&out), JSON_REJECT_DUPLICATES, NULL);
	buf_done(&out);
}

void
situation_end_done(struct situation_end *end)
{
	json_decref(end->summary);
	buf_done(&end->err);
}

size_t
situation_broken(const json_t *summary, struct buf *out)
{
	const json_t *list = json_object_get(summary, "expect"), *one;
	size_t i, n = 0;

	json_array_foreach(list, i, one)
	{
		if (json_is_true(json_object_get(one, "pass")))
			continue;
		buf_printf(out, "  %s was %s\n",
		    json_string_value(json_object_get(one, "text")),
		    json_string_value(json_object_get(one, "value")));
		n++;
	}
	return n;
}

/* ---- what makes it a situation -------------------------------------------------- */

struct span
situation_otherwise(struct span text, size_t n)
{
	const struct span mark = span_of("# otherwise: ");

	while (text.n > 0) {
		struct span line = span_cut(&text, '\n');

		if (line.n < mark.n || memcmp(line.p, mark.p, mark.n) != 0 || n-- > 0)
			continue;
		return (struct span){ line.p + mark.n, line.n - mark.n };
	}
	return (struct span){ 0 };
}

/* A block goes from its key to the next line that begins with something else than a space. */
bool
situation_without(struct span text, struct span key, struct buf *out)
{
	bool inside = false, met = false;

	while (text.n > 0) {
		struct span line = span_cut(&text, '\n');

		if (line.n > 0 && line.p[0] != ' ') {
			inside = line.n > key.n && memcmp(line.p, key.p, key.n) == 0 &&
			    line.p[key.n] == ':';
			met = met || inside;
		}
		if (inside)
			continue;
		buf_span(out, line);
		buf_put(out, "\n", 1);
	}
	return met;
}
