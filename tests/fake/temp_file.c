/* temp_file.c - see temp_file.h. */
#include "temp_file.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[512];

const char *
temp_folder(void)
{
	if (folder[0] == '\0') {
		(void)snprintf(folder, sizeof folder, "/tmp/cx700farm-test-XXXXXX");
		if (mkdtemp(folder) == NULL)
			abort();
	}
	return folder;
}

const char *
temp_file(const char *name, const void *bytes, size_t n)
{
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", temp_folder(), name);
	f = fopen(path, "wbe");
	if (f == NULL || (n > 0 && fwrite(bytes, 1, n, f) != n) || fclose(f) != 0)
		abort();
	return path;
}

static int
temp_remove(const char *name, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(name);
}

void
temp_clean(void)
{
	if (folder[0] != '\0')
		(void)nftw(folder, temp_remove, 8, FTW_DEPTH | FTW_PHYS);
	folder[0] = '\0';
}
