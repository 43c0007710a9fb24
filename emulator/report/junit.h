/*
 * junit.h - junit.xml, for CI servers: a test case for the verdict, for each expectation and
 * for each step that was walked.
 *
 * A step fails when rows of it failed, unless the run has passed: then they were expected.  A
 * failure carries the timelines of the first three phones that it met.
 */
#ifndef REPORT_JUNIT_H
#define REPORT_JUNIT_H
#include "buf.h"
#include "run_dir.h"

/* Append the file.  0 or -errno with its words. */
int junit_xml(const struct run_dir *, struct buf *out, struct buf *error);

/* Write DIR/junit.xml.  0 or -errno with its words. */
int junit_write(const struct run_dir *, struct buf *error);

#endif
