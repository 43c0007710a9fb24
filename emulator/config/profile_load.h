/* profile_load.h - profiles by name, from a data folder or the program itself, or from a file.
 */
#ifndef CONFIG_PROFILE_LOAD_H
#define CONFIG_PROFILE_LOAD_H
#include "buf.h"
#include "profile.h"
#include "tree.h"

/*
 * Load by name ("cx700-1.0.199.123") from a data folder (data_dir.h) or the program, or,
 * when it has a slash or ends in .yaml, from that file.  Templates are beside the file, or in
 * the program.  0, or -errno with a one-line error.
 */
int profile_load(const char *name, struct profile **out, struct config_error *);

/* NULL is fine. */
void profile_free(struct profile *);

/* Append the manual: one line a key. */
void profile_help(struct buf *);

#endif
