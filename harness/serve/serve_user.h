/* serve_user.h - names of users that follow a pattern, "phone%05d". */
#ifndef SERVE_SERVE_USER_H
#define SERVE_SERVE_USER_H
#include <stdbool.h>
#include <stdint.h>

#include "span.h"

/* Is `user` the pattern with its one %0Nd replaced by a number from first, one of count?  Then
 * which of them, from 0.  A pattern without a place is one user's name. */
bool serve_user_number(
    const char *pattern, uint64_t first, uint64_t count, struct span user, uint64_t *n_out);

#endif
