/* run_outputs.c - see run_outputs.h. */
#include "run_outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hist_text.h"
#include "log.h"
#include "rebuild.h"
#include "trace_filter.h"

/* -ENAMETOOLONG rather than a name cut short, which would be another file. */
static int
outputs_path(char out[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* The folder with those above it. */
static int
outputs_make_folder(const char *dir)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s", dir);

	if (n < 0 || (size_t)n >= sizeof path)
		return -ENAMETOOLONG;
	for (char *p = path + 1; n > 0 && *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		/* Those that exist fail; the last one tells if it matters. */
		(void)mkdir(path, 0755);
		*p = '/';
	}
	return mkdir(path, 0755) == 0 || errno == EEXIST ? 0 : -errno;
}

/* What an earlier run left would be taken for this one's, should this one not get to its end;
 * and key logs are appended to. */
static int
outputs_forget(const char *dir)
{
	static const char *const names[] = { TRACE_NAME, TRACE_PART_NAME, "summary.json",
		"course.json", "servers.json", "load.json", "junit.xml", "report.html",
		"run.pcapng", "keys.log" };
	char path[PATH_MAX];

	hist_text_forget(dir);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int err = outputs_path(path, dir, names[i]);

		if (err != 0)
			return err;
		if (unlink(path) != 0 && errno != ENOENT)
			return -errno;
	}
	return 0;
}

int
run_outputs_clear(const char *dir)
{
	int err = outputs_make_folder(dir);

	return err != 0 ? err : outputs_forget(dir);
}

int
run_outputs_open(const char *dir, int *trace_fd_out)
{
	char path[PATH_MAX];
	int fd, err = run_outputs_clear(dir);

	if (err == 0)
		err = outputs_path(path, dir, TRACE_PART_NAME);
	if (err != 0)
		return err;
	/* O_APPEND: the shards write into it without a lock. */
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	*trace_fd_out = fd;
	return 0;
}

int
run_outputs_report(const char *dir)
{
	struct buf says = { 0 };
	int err = dir != NULL ? rebuild(dir, &says) : 0;

	if (err != 0)
		log_line(LOG_ERROR, "cx700farm: %s", buf_cstr(&says));
	buf_done(&says);
	return err;
}
