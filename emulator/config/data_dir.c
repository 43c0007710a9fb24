/* data_dir.c - see data_dir.h. */
#include "data_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DATA_PLACES = 3 };

static const char data_variable[] = "CX700_DATA";

int
data_dir_set(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (access(dir, R_OK | X_OK) != 0)
		return -errno;
	return setenv(data_variable, dir, 1) == 0 ? 0 : -errno;
}

/* The folder of the program that runs; "" if nobody knows. */
static void
data_program_dir(char out[DATA_PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, DATA_PATH_MAX - 1);
	char *slash;

	out[n > 0 ? n : 0] = '\0';
	slash = strrchr(out, '/');
	if (slash != NULL)
		*slash = '\0';
}

/* Place number i, from the most to the least special; false: there is no such place. */
static bool
data_place(unsigned i, char out[DATA_PATH_MAX])
{
	const char *told = getenv(data_variable);
	char program[DATA_PATH_MAX];
	int n;

	if (i == 0) {
		n = snprintf(out, DATA_PATH_MAX, "%s", told != NULL ? told : "");
		return n > 0 && n < DATA_PATH_MAX;
	}
	data_program_dir(program);
	n = snprintf(out, DATA_PATH_MAX, "%s%s", program, i == 1 ? "" : "/../share/cx700farm");
	return program[0] != '\0' && n < DATA_PATH_MAX;
}

bool
data_find(const char *kind, const char *name, char out[DATA_PATH_MAX])
{
	char place[DATA_PATH_MAX];
	struct stat st;

	/* A name, not a way out of the folder. */
	if (strchr(name, '/') != NULL)
		return false;
	for (unsigned i = 0; i < DATA_PLACES; i++)
		if (data_place(i, place) &&
		    snprintf(out, DATA_PATH_MAX, "%s/%s/%s", place, kind, name) <
			DATA_PATH_MAX &&
		    stat(out, &st) == 0 && S_ISREG(st.st_mode))
			return true;
	return false;
}

static void
data_list_place(const char *place, const char *end, data_name_fn *fn, void *arg)
{
	size_t n_end = strlen(end);
	DIR *dir = opendir(place);

	if (dir == NULL)
		return;
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		size_t n = strlen(e->d_name);

		if (e->d_name[0] != '.' && n > n_end && strcmp(e->d_name + n - n_end, end) == 0)
			fn(arg, e->d_name);
	}
	(void)closedir(dir);
}

void
data_list(const char *kind, const char *end, data_name_fn *fn, void *arg)
{
	char place[DATA_PATH_MAX], dir[DATA_PATH_MAX];

	for (unsigned i = 0; i < DATA_PLACES; i++)
		if (data_place(i, place) &&
		    snprintf(dir, sizeof dir, "%s/%s", place, kind) < DATA_PATH_MAX)
			data_list_place(dir, end, fn, arg);
}
