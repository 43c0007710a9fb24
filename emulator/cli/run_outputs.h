/* run_outputs.h - the folder that a run leaves: `-o DIR`. */
#ifndef CLI_RUN_OUTPUTS_H
#define CLI_RUN_OUTPUTS_H
#include "span.h"

/* Make the folder with those above it, remove what an earlier run left there, and open its
 * trace.jsonl.part, empty, for whole lines from any thread; trace_filter() makes the trace of
 * it.  0 or -errno. */
int run_outputs_open(const char *dir, int *trace_fd_out);

/* There will be no such trace: close and remove what run_outputs_open() has opened. */
void run_outputs_drop(const char *dir, int trace_fd);

/* Write one of its files, whole.  0 or -errno. */
int run_outputs_write(const char *dir, const char *name, struct span text);

/* Last of all: make the reports that are made from its files.  NULL: there is no folder.  0, or
 * -errno, which has been logged. */
int run_outputs_report(const char *dir);

#endif
