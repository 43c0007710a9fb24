/* summary.h - summary.json, format cx700farm-summary/1: its fields stay as they are. */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H
#include "buf.h"
#include "report.h"

/* Append the whole summary as JSON text, with a newline.  0 or -ENOMEM. */
int summary_json(const struct report_run *, const struct report_end *, struct buf *out);

/* Write bytes into DIR/name so that nobody ever sees half a file: under a temporary name
 * first, then renamed.  0 or -errno. */
int summary_write(const char *dir, const char *name, struct span);

#endif
