/*
 * tap.h - what every server's face counts and logs.
 * One tap a server, used by one thread; the log behind it is shared.
 */
#ifndef POOL_TAP_H
#define POOL_TAP_H
#include <stdint.h>

#include "pool_log.h"

struct tap {
	const char *server; /* "dhcp" */
	struct pool_log *log;
	uint64_t requests, replies, bytes_in, bytes_out;
};

/* A request of n bytes came in. */
static inline void
tap_request(struct tap *tap, uint64_t n)
{
	tap->requests++;
	tap->bytes_in += n;
}

/* n bytes went out in answer. */
static inline void
tap_reply(struct tap *tap, uint64_t n)
{
	tap->replies++;
	tap->bytes_out += n;
}

#endif
