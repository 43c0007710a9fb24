/* trace.h - what a phone did, one line of JSON a row: trace.jsonl, DESIGN section 5. */
#ifndef JOURNEY_TRACE_H
#define JOURNEY_TRACE_H
#include "journey.h"

/* "done", "retry", "fail", "skip"; "wait" never ends a row. */
const char *verdict_name(enum verdict);

/* Append the line of a row that has ended; times count from began_us, io's now. */
void trace_line(
    struct buf *, const struct identity *, uint64_t began_us, const struct journey_row *);

#endif
