/* run_dir_priv.h - what run_dir.c and run_dir_trace.c share. */
#ifndef REPORT_RUN_DIR_PRIV_H
#define REPORT_RUN_DIR_PRIV_H
#include <limits.h>

#include "run_dir.h"

/* DIR/name; 0, or -ENAMETOOLONG with its words. */
int run_dir_path(char out[PATH_MAX], const char *dir, const char *name, struct buf *error);

#endif
