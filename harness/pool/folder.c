/* folder.c - see folder.h. */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* Children and configuration files get the name: it must hold in any directory. */
static int
folder_absolute(const char *dir, char path_out[FOLDER_PATH_MAX])
{
	char full[PATH_MAX];

	if (realpath(dir, full) == NULL)
		return -errno;
	return text_copy(path_out, FOLDER_PATH_MAX, span_of(full));
}

int
folder_make(const char *dir, char path_out[FOLDER_PATH_MAX])
{
	const char *tmp = getenv("TMPDIR");
	char name[FOLDER_PATH_MAX];
	int n;

	/* A folder that is there already is used as it is; folder_hold() judges it. */
	if (dir != NULL) {
		if (mkdir(dir, 0700) != 0 && errno != EEXIST)
			return -errno;
		return folder_absolute(dir, path_out);
	}
	n = snprintf(name, sizeof name, "%s/cx700pool-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (n < 0 || n >= (int)sizeof name)
		return -ENAMETOOLONG;
	if (mkdtemp(name) == NULL)
		return -errno;
	return folder_absolute(name, path_out);
}

/* The lock goes with the descriptor, also when the pool is killed. */
int
folder_hold(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0)
		err = -errno;
	else if ((st.st_mode & S_IWOTH) != 0)
		err = -EPERM;
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

/* Whatever cannot be removed is left: the walk goes on. */
static int
folder_remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

/* Not across mounts: what somebody mounted in it is not ours. */
void
folder_remove(const char *path)
{
	nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

const char *
folder_file(const char *path, const char *name, char out[FOLDER_PATH_MAX])
{
	int n = snprintf(out, FOLDER_PATH_MAX, "%s/%s", path, name);

	if (n < 0 || n >= FOLDER_PATH_MAX)
		out[0] = '\0';
	return out;
}

int
folder_put(int fd, struct span content)
{
	while (content.n > 0) {
		ssize_t n = write(fd, content.p, content.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		content.p += n;
		content.n -= (size_t)n;
	}
	return 0;
}

/* Without fsync: it need not survive the machine, only a reader at the wrong moment. */
int
folder_write(const char *path, const char *name, struct span content)
{
	char file[FOLDER_PATH_MAX], fresh[FOLDER_PATH_MAX];
	int fd, rc;

	folder_file(path, name, file);
	if (snprintf(fresh, sizeof fresh, "%s.new", file) >= (int)sizeof fresh || file[0] == 0)
		return -ENAMETOOLONG;
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	rc = folder_put(fd, content);
	if (close(fd) != 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(fresh, file) != 0)
		rc = -errno;
	return rc;
}
