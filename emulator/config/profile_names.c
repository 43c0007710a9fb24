/* profile_names.c - see profile_names.h. */
#include "profile_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data_dir.h"
#include "data_file.h"
#include "mem.h"
#include "text.h"

static const char profile_end[] = ".yaml";

/* "cx700-1.0.199.123.yaml" without its end, unless it is known or too long to be a name. */
static void
profile_names_add(void *arg, const char *file)
{
	struct profile_names *all = arg;
	size_t n = strlen(file), n_end = sizeof profile_end - 1;
	char *name = all->name[all->n < PROFILE_NAMES_MAX ? all->n : 0];

	if (all->n == PROFILE_NAMES_MAX || n <= n_end || strchr(file, '/') != NULL ||
	    strcmp(file + n - n_end, profile_end) != 0)
		return;
	if (text_copy(
		name, PROFILE_NAME_MAX, (struct span){ (const uint8_t *)file, n - n_end }) != 0)
		return;
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->name[i], name) == 0)
			return;
	all->n++;
}

static int
profile_names_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

void
profile_names(struct profile_names *out)
{
	out->n = 0;
	data_list("profiles", profile_end, profile_names_add, out);
	for (size_t i = 0; i < profile_files_count; i++)
		profile_names_add(out, profile_files[i].name);
	qsort(out->name, out->n, sizeof out->name[0], profile_names_order);
}

/* "no such profile" with the names that there are. */
static int
no_profile(const char *name, struct config_error *error)
{
	char known[200] = "";
	struct profile_names *all = mem_new(sizeof *all);

	if (all != NULL)
		profile_names(all);
	for (size_t i = 0; all != NULL && i < all->n; i++) {
		size_t used = strlen(known);

		(void)snprintf(known + used, sizeof known - used, " %s", all->name[i]);
	}
	mem_free(all);
	return config_fail(error, name, (struct mark){ 0 },
	    "no such profile; there are%s, or name a file.yaml", known);
}

int
profile_tree(const char *name, struct tree *t, struct config_error *error)
{
	size_t n = strlen(name);
	char full[160], path[DATA_PATH_MAX];

	if (strchr(name, '/') != NULL || (n > 5 && strcmp(name + n - 5, ".yaml") == 0))
		return tree_load(name, t, error);
	(void)snprintf(full, sizeof full, "%.120s.yaml", name);
	if (data_find("profiles", full, path))
		return tree_load(path, t, error);
	for (size_t i = 0; i < profile_files_count; i++)
		if (strcmp(profile_files[i].name, full) == 0)
			return tree_parse(
			    (struct span){ profile_files[i].bytes, profile_files[i].n }, full,
			    t, error);
	return no_profile(name, error);
}
