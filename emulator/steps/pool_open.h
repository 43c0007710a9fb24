/* pool_open.h - connect to the pool over TLS: the next of its targets with each try. */
#ifndef STEPS_POOL_OPEN_H
#define STEPS_POOL_OPEN_H
#include "step.h"

/* Open the stream; the target is facts->pool[pool_at].  0 or a negative errno. */
int pool_open(struct step *, bool trust_nothing, struct io_handle **);

#endif
