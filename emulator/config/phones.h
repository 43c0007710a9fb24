/* phones.h - some of the phones: a share (`10%`), drawn by the seed, a list (`3,7-9`), or a
 * group by its name. */
#ifndef CONFIG_PHONES_H
#define CONFIG_PHONES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"

enum { PHONES_RANGES_MAX = 32, PHONES_GROUP_MAX = 25 };

struct phones_range { /* both included; phones count from 0 */
	uint32_t first, last;
};

struct phones {       /* zeroed memory: nobody */
	double share; /* 0 to 1, of all; without ranges */
	struct phones_range range[PHONES_RANGES_MAX];
	size_t n_ranges;
	/* "", or a group: nobody until scenario_phones() has turned it into its numbers. */
	char group[PHONES_GROUP_MAX];
};

/* Read 10%, '3,7-9' or [3, 7-9]: the FIELD_PHONES of field.h.  0, or -EINVAL with the error. */
int phones_node(
    const struct field_place *, const struct node *, const struct field *, struct phones *out);

/*
 * Is phone `index` of `total` one of them?  A share takes exactly round(share * total) phones;
 * another seed takes others.  So each thread finds its own without asking.
 */
bool phones_has(const struct phones *, uint64_t seed, uint32_t index, uint32_t total);

/* The highest number that a list names; 0 of a share. */
uint32_t phones_last(const struct phones *);

#endif
