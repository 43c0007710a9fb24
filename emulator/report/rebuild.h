/* rebuild.h - every report that is made from a run's folder, at the end of a run and by
 * `cx700farm report`. */
#ifndef REPORT_REBUILD_H
#define REPORT_REBUILD_H
#include "buf.h"

/* Write hist/, junit.xml and report.html anew.  0, or -errno with its words in one line; what
 * could be written is. */
int rebuild(const char *dir, struct buf *error);

#endif
