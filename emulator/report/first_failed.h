/* first_failed.h - the first phones that failed, of each step and of the whole run: whom a
 * person who looks for the cause looks at. */
#ifndef REPORT_FIRST_FAILED_H
#define REPORT_FIRST_FAILED_H
#include "run_dir.h"

enum { FIRST_PHONES = 3, FIRST_STEPS = 64, FIRST_NAME = 64 };

struct first_phones {
	char step[FIRST_NAME]; /* "": of the run */
	uint32_t phone[FIRST_PHONES];
	size_t n;
};

struct first_failed {
	struct first_phones run; /* who failed, then who did not finish */
	struct first_phones step[FIRST_STEPS];
	size_t n_steps;
};

/* Rows that failed as the trace has them, and phones that failed as the course names them: who
 * failed need not be traced.  0, or an error as of run_dir_failed(). */
int first_failed_read(const struct run_dir *, struct first_failed *out, struct buf *error);

/* Those of a step; never NULL, perhaps nobody. */
const struct first_phones *first_failed_of(const struct first_failed *, const char *step);

/* All of them, ascending, each once; returns how many.  `out` has room for FIRST_PHONES *
 * (FIRST_STEPS + 1). */
size_t first_failed_all(const struct first_failed *, uint32_t *out);

#endif
