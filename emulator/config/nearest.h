/* nearest.h - what somebody who wrote an unknown word may have meant. */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H
#include <stddef.h>

#include "span.h"

/*
 * The name (NULL is behind the last) that needs the fewest letters added, dropped, changed or
 * swapped to be the word; of the same number the first.  NULL: none is like it, that is, half
 * of the longer one would have to change, or they have only a letter or two in common.
 */
const char *nearest_name(struct span word, const char *const *names);

/* "; did you mean `NAME'?" to `out`, which is also returned; "" if none is like it. */
const char *nearest_hint(struct span word, const char *const *names, char *out, size_t cap);

/* Room for the hint of any name there is. */
enum { NEAREST_HINT_MAX = 100 };

#endif
