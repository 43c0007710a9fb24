/* io_ask.h - may this HTTP request be sent?  The same in both worlds. */
#ifndef IO_IO_ASK_H
#define IO_IO_ASK_H
#include "io.h"

/*
 * Nothing of it may look like another header or another request: no control characters, blanks
 * only in the values of headers; method and path are not empty.  0 or -EINVAL.
 */
int io_ask_check(const struct io_ask *);

#endif
