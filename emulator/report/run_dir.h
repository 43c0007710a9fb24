/*
 * run_dir.h - a folder that `run -o DIR` has left: what every report is made from.
 *
 * Errors are one line for a person: which file of which folder, and what to do about it.
 */
#ifndef REPORT_RUN_DIR_H
#define REPORT_RUN_DIR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "buf.h"
#include "hist.h"

struct run_dir { /* owned by it, read only */
	char *path;
	json_t *summary; /* summary.json */
	json_t *course;  /* course.json */
	json_t *servers; /* servers.json, the embedded pool's own counters; or NULL */
	json_t *load;    /* load.json of a rehearsal; or NULL */
	bool captured;   /* there is a run.pcapng */
	bool keys;       /* and a keys.log */
};

/*
 * Read the folder.  0; -ENOENT: it is no run's folder, or the run did not get to its end;
 * -EBADMSG: a file is damaged or of another version; -ENOMEM; another -errno: it cannot be
 * read.  Then *error says it.
 */
int run_dir_open(const char *path, struct run_dir **out, struct buf *error);

/* NULL is fine. */
void run_dir_free(struct run_dir *);

/* One line of trace.jsonl, lent.  Another value than 0 ends the reading. */
typedef int run_dir_row_fn(void *arg, uint32_t phone, json_t *row);

/*
 * Every trace line of one phone, in the order in which its rows ended.  0 (also when it was not
 * traced: then fn is never called), what fn returned, or an error as of run_dir_open().
 */
int run_dir_phone(
    const struct run_dir *, uint32_t phone, run_dir_row_fn *, void *arg, struct buf *error);

/* The same for several phones, which are named in ascending order, in one pass over the file;
 * the lines of different phones come interleaved. */
int run_dir_phones(const struct run_dir *, const uint32_t *phone, size_t n, run_dir_row_fn *,
    void *arg, struct buf *error);

/* The same for every row that failed, all its tries spent, of any phone. */
int run_dir_failed(const struct run_dir *, run_dir_row_fn *, void *arg, struct buf *error);

/* The histogram of that name in the course: a step's latency, "boot_intended", "boot_actual" or
 * "start_lag".  Empty when there is none; what is odd in the file is left out. */
void run_dir_hist(const struct run_dir *, const char *name, struct hist *out);

/* The summary's step of that name, or NULL. */
json_t *run_dir_step(const struct run_dir *, const char *name);

#endif
