/*
 * tap.h - what every server's face counts, logs and asks before it answers.
 * One tap a server, used by one thread; the log behind it is shared.
 */
#ifndef POOL_TAP_H
#define POOL_TAP_H
#include <stdbool.h>
#include <stdint.h>

#include "pool_log.h"

/* The faults' hook: true = this request was lost on the wire, nobody answers. */
typedef bool tap_lost_fn(void *arg, const char *server);

struct tap {
	const char *server; /* "dhcp" */
	struct pool_log *log;
	tap_lost_fn *lost; /* NULL: nothing is lost */
	void *lost_arg;
	uint64_t requests, replies, bytes_in, bytes_out;
};

/* A request of n bytes came in.  False: it is lost, forget it. */
static inline bool
tap_request(struct tap *tap, uint64_t n)
{
	tap->requests++;
	tap->bytes_in += n;
	return tap->lost == NULL || !tap->lost(tap->lost_arg, tap->server);
}

/* n bytes went out in answer. */
static inline void
tap_reply(struct tap *tap, uint64_t n)
{
	tap->replies++;
	tap->bytes_out += n;
}

#endif
