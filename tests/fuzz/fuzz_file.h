/* fuzz_file.h - a file with any bytes, for loaders that take a path. */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "tree.h"

/* The path of a file, in memory only, with these bytes; valid until the next call. */
static inline const char *
fuzz_file(const uint8_t *p, size_t n)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	HOLDS(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, p, n, 0) == (ssize_t)n);
	return path;
}

/* A mistake is told on one line that begins with the file's name. */
static inline void
fuzz_told(const struct config_error *error, const char *path)
{
	HOLDS(strncmp(error->text, path, strlen(path)) == 0);
	HOLDS(error->text[strlen(path)] == ':' && fuzz_one_line(error->text));
}

#endif
