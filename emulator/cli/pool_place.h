/* pool_place.h - where on the loopback the embedded pool of this run can listen. */
#ifndef CLI_POOL_PLACE_H
#define CLI_POOL_PLACE_H
#include <stdbool.h>
#include <stddef.h>

enum { POOL_PLACE_MAX = 24 };

struct pool_place {
	char listen[POOL_PLACE_MAX];    /* "127.0.3.1" */
	char addresses[POOL_PLACE_MAX]; /* "127.45.0.0/16": the phones' */
};

/*
 * The first place that no other pool has, from number *next on, which is then the number
 * behind it: 127.0.0.1 with 127.42.0.0/16, 127.0.1.1 with 127.43.0.0/16 ...  Without any other
 * run it is always the first one, so that runs can be compared.  False: not one is free.
 */
bool pool_place_find(unsigned *next, struct pool_place *out);

/* Do these arguments of cx700pool say already where it listens? */
bool pool_place_is_given(const char *const *args, size_t n);

#endif
