/*
 * spoilt_io.h - a phone's world that is spoilt on its way to the phone: packets, bytes, heads
 * and bodies are changed, cut, lost, doubled or replaced, as a plan says.
 *
 * It stands between one phone (one at a time) and any other io, and obeys io.h itself.
 */
#ifndef TESTS_SPOILT_IO_H
#define TESTS_SPOILT_IO_H
#include "io.h"

/*
 * What happens to the next event that has something to spoil.  how: the first byte of the plan,
 * 0 to SPOILT_PASS - 1: it comes as it is, so an empty plan spoils nothing.  May take what
 * follows off the plan.
 */
enum { SPOILT_PASS = 160 };

/* The plan is lent.  0 or -ENOMEM. */
int spoilt_io_new(struct io *real, struct span plan, struct io **out);

/* The phone must be gone; the real io is not freed.  NULL is fine. */
void spoilt_io_free(struct io *);

/* Has all of the plan been used? */
bool spoilt_io_is_over(const struct io *);

#endif
