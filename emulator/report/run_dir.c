/* run_dir.c - see run_dir.h.  What a file must have so that the reports need not ask again is
 * looked at here, once. */
#include "run_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "run_dir_priv.h"

/* A member that has to be there, and of which type. */
struct run_dir_member {
	const char *name;
	json_type type;
};

struct run_dir_file {
	const char *name, *format; /* NULL: the file says none */
	bool must;                 /* a run always leaves it */
	size_t n_members;
	struct run_dir_member member[8];
};

static const struct run_dir_file run_dir_summary = { "summary.json", "cx700farm-summary/1",
	true, 7,
	{ { "verdict", JSON_STRING }, { "phones", JSON_OBJECT }, { "farm", JSON_OBJECT },
	    { "boot_ms", JSON_OBJECT }, { "guide", JSON_OBJECT }, { "steps", JSON_ARRAY },
	    { "expect", JSON_ARRAY } } };
static const struct run_dir_file run_dir_course = { "course.json", "cx700farm-course/1", true,
	7,
	{ { "stages", JSON_ARRAY }, { "phones", JSON_OBJECT }, { "steps", JSON_OBJECT },
	    { "reasons", JSON_OBJECT }, { "services", JSON_OBJECT }, { "hist", JSON_OBJECT },
	    { "outcomes", JSON_OBJECT } } };
static const struct run_dir_file run_dir_servers = { "servers.json", NULL, false, 0,
	{ { 0 } } };
static const struct run_dir_file run_dir_load = { "load.json", "cx700farm-load/1", false, 0,
	{ { 0 } } };

/* ---- errors -------------------------------------------------------------------------- */

int
run_dir_path(char out[PATH_MAX], const char *dir, const char *name, struct buf *error)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	if (n >= 0 && n < PATH_MAX)
		return 0;
	buf_printf(error, "%s: %s", dir, strerror(ENAMETOOLONG));
	return -ENAMETOOLONG;
}

/* Without a summary: is it half a run, or no run at all? */
static int
run_dir_no_summary(const char *dir, struct buf *error)
{
	static const char *const begun[] = { "trace.jsonl", "trace.jsonl.part" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
		int err = run_dir_path(path, dir, begun[i], error);

		if (err != 0)
			return err;
		if (access(path, F_OK) != 0)
			continue;
		buf_printf(error,
		    "%s: this run did not get to its end, there is no summary.json: make it "
		    "again",
		    dir);
		return -ENOENT;
	}
	buf_printf(error,
	    "%s: not a run's folder, there is no summary.json: name the one that `cx700farm "
	    "run "
	    "-o` has written",
	    dir);
	return -ENOENT;
}

/* The file of that name is not there. */
static int
run_dir_missing(const char *dir, const struct run_dir_file *file, struct buf *error)
{
	struct stat st;

	if (!file->must)
		return 0;
	if (stat(dir, &st) != 0) {
		buf_printf(error, "%s: %s", dir, strerror(errno));
		return -errno;
	}
	if (!S_ISDIR(st.st_mode)) {
		buf_printf(error,
		    "%s: not a folder: name the one that `cx700farm run -o` has written", dir);
		return -ENOTDIR;
	}
	if (file == &run_dir_summary)
		return run_dir_no_summary(dir, error);
	buf_printf(error, "%s/%s: it is missing, so the run cannot be shown: make it again",
	    dir, file->name);
	return -ENOENT;
}

/* ---- a file -------------------------------------------------------------------------- */

/* -ENOTDIR and -ENOENT stay for run_dir_missing() to explain. */
static int
run_dir_open_file(const char *path, int *fd_out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*fd_out = fd;
		return 0;
	}
	(void)close(fd);
	return -EINVAL;
}

/* Is it the format that we read, with all that the reports take for granted? */
static int
run_dir_check(
    const struct run_dir_file *file, const char *path, json_t *tree, struct buf *error)
{
	const char *format = json_string_value(json_object_get(tree, "format"));

	if (!json_is_object(tree) || (file->format != NULL && format == NULL)) {
		buf_printf(
		    error, "%s: damaged, it does not say what it is: make the run again", path);
		return -EBADMSG;
	}
	if (file->format != NULL && strcmp(format, file->format) != 0) {
		buf_printf(error,
		    "%s: its format is %.40s, this cx700farm reads %s: use the version that "
		    "made the "
		    "run",
		    path, format, file->format);
		return -EBADMSG;
	}
	for (size_t i = 0; i < file->n_members; i++) {
		json_t *member = json_object_get(tree, file->member[i].name);

		if (member != NULL && json_typeof(member) == file->member[i].type)
			continue;
		buf_printf(error, "%s: damaged, it has no \"%s\": make the run again", path,
		    file->member[i].name);
		return -EBADMSG;
	}
	return 0;
}

static int
run_dir_parse(
    const struct run_dir_file *file, const char *path, int fd, json_t **out, struct buf *error)
{
	json_error_t why;
	json_t *tree = json_loadfd(fd, JSON_REJECT_DUPLICATES, &why);
	int err;

	if (tree == NULL && json_error_code(&why) == json_error_out_of_memory)
		return -ENOMEM;
	if (tree == NULL) {
		buf_printf(error, "%s:%d:%d: damaged: %s: make the run again", path, why.line,
		    why.column, why.text);
		return -EBADMSG;
	}
	err = run_dir_check(file, path, tree, error);
	if (err != 0)
		json_decref(tree);
	else
		*out = tree;
	return err;
}

/* NULL goes out for a file that need not be there. */
static int
run_dir_load_file(
    const char *dir, const struct run_dir_file *file, json_t **out, struct buf *error)
{
	char path[PATH_MAX];
	int fd = -1, err = run_dir_path(path, dir, file->name, error);

	if (err != 0)
		return err;
	err = run_dir_open_file(path, &fd);
	if (err == -ENOENT || err == -ENOTDIR)
		return run_dir_missing(dir, file, error);
	if (err != 0) {
		buf_printf(error, "%s: %s", path, strerror(-err));
		return err;
	}
	err = run_dir_parse(file, path, fd, out, error);
	(void)close(fd);
	return err;
}

/* ---- the folder ---------------------------------------------------------------------- */

static bool
run_dir_has(const char *dir, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/%s", dir, name);

	return n > 0 && n < PATH_MAX && access(path, F_OK) == 0;
}

static int
run_dir_fill(struct run_dir *d, struct buf *error)
{
	int err = run_dir_load_file(d->path, &run_dir_summary, &d->summary, error);

	if (err == 0)
		err = run_dir_load_file(d->path, &run_dir_course, &d->course, error);
	if (err == 0)
		err = run_dir_load_file(d->path, &run_dir_servers, &d->servers, error);
	if (err == 0)
		err = run_dir_load_file(d->path, &run_dir_load, &d->load, error);
	d->captured = run_dir_has(d->path, "run.pcapng");
	d->keys = run_dir_has(d->path, "keys.log");
	return err;
}

int
run_dir_open(const char *path, struct run_dir **out, struct buf *error)
{
	struct run_dir *d = mem_new(sizeof *d);
	int err = -ENOMEM;

	if (d != NULL)
		d->path = mem_copy(path, strlen(path));
	if (d != NULL && d->path != NULL)
		err = run_dir_fill(d, error);
	if (err == 0) {
		*out = d;
		return 0;
	}
	if (err == -ENOMEM)
		buf_printf(error, "%s: %s", path, strerror(ENOMEM));
	/* What a damaged file has brought along stays one line. */
	for (size_t i = 0; i < error->n; i++)
		if (error->p[i] < ' ' || error->p[i] == 127)
			error->p[i] = ' ';
	run_dir_free(d);
	return err;
}

void
run_dir_free(struct run_dir *d)
{
	if (d == NULL)
		return;
	json_decref(d->summary);
	json_decref(d->course);
	json_decref(d->servers);
	json_decref(d->load);
	mem_free(d->path);
	mem_free(d);
}
