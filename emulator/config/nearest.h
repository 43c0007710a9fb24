/* nearest.h - what somebody who wrote an unknown word may have meant. */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H
#include <stddef.h>

#include "span.h"

/* How many letters of the word stand in this name, in the same order.  With two or fewer in
 * common nothing should be proposed. */
size_t nearest_score(struct span word, const char *name);

enum { NEAREST_NONE = 2 };

/* The first of the names (NULL behind the last) with the best score, or NULL. */
const char *nearest_name(struct span word, const char *const *names);

#endif
