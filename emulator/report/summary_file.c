/* summary_file.c - a report's file is there whole or not at all.  See summary.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "summary.h"

/* A signal may cut a write short: go on behind it. */
static int
summary_write_all(int fd, struct span s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			s = (struct span){ s.p + n, s.n - (size_t)n };
	}
	return 0;
}

int
summary_write(const char *dir, const char *name, struct span bytes)
{
	char path[4096], part[4096 + 8];
	int n = snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd, err;

	if (n < 0 || (size_t)n >= sizeof path)
		return -ENAMETOOLONG;
	(void)snprintf(part, sizeof part, "%s.part", path);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = summary_write_all(fd, bytes);
	/* A full disk may only show when it is closed. */
	if (close(fd) != 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(part, path) != 0)
		err = -errno;
	if (err != 0)
		(void)unlink(part);
	return err;
}
