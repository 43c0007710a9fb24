/* junit_priv.h - what junit.c and junit_cases.c share. */
#ifndef REPORT_JUNIT_PRIV_H
#define REPORT_JUNIT_PRIV_H
#include "first_failed.h"
#include "junit.h"
#include "timeline.h"

struct junit {
	const struct run_dir *dir;
	struct first_failed *first;
	struct timeline *timeline;
	struct buf cases, trace_says; /* why the trace is not whole, or empty */
	unsigned tests, failures, errors;
	bool passed; /* the run */
};

/* Append every case, and count them. */
void junit_cases(struct junit *);

/* A member of a map; "" or 0 when it is not there. */
const char *junit_word(json_t *map, const char *key);
double junit_number(json_t *map, const char *key);

/* Append ` name="value"`; text, in which lines stay lines. */
void junit_attribute(struct buf *, const char *name, const char *value);
void junit_lines(struct buf *, struct span text);

#endif
