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

/* Only one pool at a time in a folder that others know of, and no stranger's files in it: a
 * descriptor to hold while it is used, or -errno: -EBUSY another pool holds it, -EPERM
 * everybody may write there. */
int folder_hold(const char *path);

/* Remove it with all that is in it; links are not followed.  Errors are passed over. */
void folder_remove(const char *path);

/* path/name, or "" if it does not fit; returns out. */
const char *folder_file(const char *path, const char *name, char out[FOLDER_PATH_MAX]);

/* Write a file of ours alone (0600), whole or not at all: by a new name, then renamed.  0 or
 * -errno. */
int folder_write(const char *path, const char *name, struct span content);

/* Write all of it to a file.  0 or -errno. */
int folder_put(int fd, struct span content);

#endif
