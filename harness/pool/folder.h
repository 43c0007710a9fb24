/* folder.h - the private folder in which the pool keeps everything. */
#ifndef POOL_FOLDER_H
#define POOL_FOLDER_H
#include "span.h"

enum { FOLDER_PATH_MAX = 512 };

/*
 * dir, made if it is not there (0700); NULL: a new one under $TMPDIR or /tmp.
 * path_out gets its absolute name.  0 or -errno.
 */
int folder_make(const char *dir, char path_out[FOLDER_PATH_MAX]);

/* Remove it with all that is in it; links are not followed.  Errors are passed over. */
void folder_remove(const char *path);

/* path/name, or "" if it does not fit; returns out. */
const char *folder_file(const char *path, const char *name, char out[FOLDER_PATH_MAX]);

/* Write a file of ours alone (0600), whole or not at all: by a new name, then renamed.  0 or
 * -errno. */
int folder_write(const char *path, const char *name, struct span content);

#endif
