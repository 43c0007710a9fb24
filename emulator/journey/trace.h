/* trace.h - what a phone did, one line of JSON a row: trace.jsonl. */
#ifndef JOURNEY_TRACE_H
#define JOURNEY_TRACE_H
#include "journey.h"

/* "done", "retry", "fail", "skip"; "wait" never ends a row. */
const char *verdict_name(enum verdict);

/* Append the line of a row that has ended; times count from began_us, io's now. */
void trace_line(
    struct buf *, const struct identity *, uint64_t began_us, const struct journey_row *);

/* Append the same try, final or not, as one line for people, without its end:
 * "phone=0421 guide=11-12 step=krb_login try=2 retry auth krb:24 ... 1532ms". */
void trace_words(struct buf *, const struct identity *, const struct journey_row *);

#endif
