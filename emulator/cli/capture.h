/* capture.h - `run --pcap`: dumpcap as a child, which has the right to capture that we may
 * lack. */
#ifndef CLI_CAPTURE_H
#define CLI_CAPTURE_H
#include "buf.h"
#include "loop.h"
#include "pool_file.h"

struct capture;

struct capture_cfg { /* lent until capture_free() */
	struct loop *loop;
	const char *interface, *file;
	const struct pool_file *pool; /* of its network only */
	loop_fn *on_up;               /* it captures */
	loop_fn *on_lost;             /* it ended by itself; capture_says() */
	loop_fn *on_stopped;          /* after capture_stop(): the file is whole */
	void *arg;
};

/* Append the libpcap filter for what the pool's phones and relays send and get, so that another
 * run on the same machine stays out. */
void capture_filter(const struct pool_file *, struct buf *out);

/* 0 or -errno; -ENOENT: dumpcap is not installed. */
int capture_start(const struct capture_cfg *, struct capture **out);

/* What dumpcap last said: one line, "" if nothing. */
const char *capture_says(const struct capture *);

/* How many packets it says it lost; known when it has ended. */
unsigned long capture_lost(const struct capture *);

/* Ask it to write what it has and end. */
void capture_stop(struct capture *);

/* NULL is fine. */
void capture_free(struct capture *);

#endif
