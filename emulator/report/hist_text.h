/* hist_text.h - histograms as HdrHistogram's percentile text, which its plotting tools read. */
#ifndef REPORT_HIST_TEXT_H
#define REPORT_HIST_TEXT_H
#include "buf.h"
#include "hist.h"
#include "run_dir.h"

/* Append the distribution in milliseconds: five percentiles until half of what is left, and so
 * on; then mean, deviation, maximum and count. */
void hist_text(const struct hist *, struct buf *out);

/* Write DIR/hist/NAME.hgrm for each histogram of the course that is not empty; those of an
 * earlier time are removed.  0 or -errno with its words. */
int hist_text_write(const struct run_dir *, struct buf *error);

/* Remove what an earlier run has left in DIR/hist; there need be nothing. */
void hist_text_forget(const char *dir);

#endif
