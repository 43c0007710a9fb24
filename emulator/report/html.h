/*
 * html.h - report.html: one file for a person, made from a run's folder.
 *
 * The page is a template (page/report.html) with its parts and the run's data put in; it draws
 * itself in the reader's browser and asks nobody for anything.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H
#include "buf.h"
#include "run_dir.h"

enum {
	HTML_SLOWEST = 20, /* phones whose way is in the page: the slowest, */
	HTML_FAILED = 160, /* the first to fail of each step and reason, all in all, */
	HTML_ROWS = 120,   /* and of each so many rows: the first third and the last ones */
};

/* Append the page.  0; -ENOMEM; or as run_dir_phones(), then *error says it. */
int html_make(const struct run_dir *, struct buf *out, struct buf *error);

/* Write DIR/report.html.  0 or -errno with its words. */
int html_write(const struct run_dir *, struct buf *error);

#endif
