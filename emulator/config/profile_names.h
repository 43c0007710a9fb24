/* profile_names.h - which profiles can be named: those of the data folders and those in the
 * program. */
#ifndef CONFIG_PROFILE_NAMES_H
#define CONFIG_PROFILE_NAMES_H
#include <stddef.h>

#include "tree.h"

enum { PROFILE_NAMES_MAX = 64, PROFILE_NAME_MAX = 128 };

struct profile_names { /* each once, in order of the alphabet */
	char name[PROFILE_NAMES_MAX][PROFILE_NAME_MAX];
	size_t n;
};

/* All of them, but no more than there is room for. */
void profile_names(struct profile_names *out);

/* A profile's tree: a file (with a slash, or ending in .yaml), or by name from a data folder or
 * else from the program.  0, or -errno with a one-line error. */
int profile_tree(const char *name, struct tree *out, struct config_error *);

#endif
