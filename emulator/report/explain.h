/* explain.h - one phone's story in plain words, for a person who wants to know why. */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H
#include "buf.h"
#include "run_dir.h"

/*
 * Append the story: each boot with a line a row, what failed and what that means for the pool,
 * and how to find its frames in the run's capture.  0; -ENOENT: the run has no such phone;
 * otherwise an error as of run_dir_phone().  Then *error says it.
 */
int explain_phone(const struct run_dir *, uint32_t phone, struct buf *out, struct buf *error);

#endif
