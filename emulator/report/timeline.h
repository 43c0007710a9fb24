/* timeline.h - what a phone did, a line a row: for the reports in which a failure is looked
 * into. */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H
#include "buf.h"
#include "run_dir.h"

enum { TIMELINE_ROWS = 60 /* of a phone are kept, the latest */ };

/* Lines of several phones, each with its own. */
struct timeline;

/* For these phones, ascending.  0 or -ENOMEM. */
int timeline_new(const uint32_t *phone, size_t n, struct timeline **out);

/* NULL is fine. */
void timeline_free(struct timeline *);

/* Read them all in one pass; errors as of run_dir_phones(). */
int timeline_read(struct timeline *, const struct run_dir *, struct buf *error);

/* Append the timeline of one of them, ending with a line feed; or that it was not traced. */
void timeline_text(const struct timeline *, uint32_t phone, struct buf *out);

/* Append one row: "   12.345 s  krb_login             try 2  retry  timeout  krb:... (2000
 * ms)". */
void timeline_row(json_t *row, struct buf *out);

#endif
