/* run_outputs.h - the folder that a run leaves: `-o DIR`. */
#ifndef CLI_RUN_OUTPUTS_H
#define CLI_RUN_OUTPUTS_H
/* Make the folder with those above it, and remove what an earlier run left there.  0 or -errno.
 */
int run_outputs_clear(const char *dir);

/* Clear it, and open its trace.jsonl.part, empty, for whole lines from any thread;
 * trace_filter() makes the trace of it.  0 or -errno. */
int run_outputs_open(const char *dir, int *trace_fd_out);

/* Last of all: make the reports that are made from its files.  NULL: there is no folder.  0, or
 * -errno, which has been logged. */
int run_outputs_report(const char *dir);

#endif
