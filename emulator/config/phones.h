/* phones.h - some of the phones: a share (`10%`), drawn by the seed, or a list (`3,7-9`). */
#ifndef CONFIG_PHONES_H
#define CONFIG_PHONES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"
#include "span.h"

enum { PHONES_RANGES_MAX = 32 };

struct phones_range { /* both included; phones count from 0 */
	uint32_t first, last;
};

struct phones {       /* zeroed memory: nobody */
	double share; /* 0 to 1, of all; without ranges */
	struct phones_range range[PHONES_RANGES_MAX];
	size_t n_ranges;
};

/* "10%" or "3,7-9".  0 or -EINVAL. */
int phones_read(struct span, struct phones *out);

/*
 * Is phone `index` of `total` one of them?  A share takes exactly round(share * total) phones;
 * another seed takes others.  So each thread finds its own without asking.
 */
bool phones_has(const struct phones *, uint64_t seed, uint32_t index, uint32_t total);

#endif
