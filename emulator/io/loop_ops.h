/*
 * loop_ops.h - what a loop is to whoever makes one.
 *
 * There are two: the real one in this folder, on libuv, and the virtual one in harness/sim,
 * whose time passes only from event to event.  Users of a loop see loop.h alone; each call
 * there goes through this table.  Descriptors, signals and children are the real loop's only.
 */
#ifndef IO_LOOP_OPS_H
#define IO_LOOP_OPS_H
#include "loop.h"

struct loop_ops { /* each does what its namesake in loop.h says */
	void (*free)(struct loop *);
	void (*run)(struct loop *);
	void (*stop)(struct loop *);
	uint64_t (*now_us)(struct loop *);
	double (*lag_p99_ms)(struct loop *);
	int (*post)(struct loop *, loop_fn *, void *arg);
	/* The new timer's ops are this table. */
	int (*timer_new)(struct loop *, loop_fn *, void *arg, struct loop_timer **out);
	void (*timer_set)(struct loop_timer *, uint64_t after_us, uint64_t every_us);
	void (*timer_stop)(struct loop_timer *);
	void (*timer_close)(struct loop_timer *);
};

struct loop { /* first member of every implementation */
	const struct loop_ops *ops;
};

struct loop_timer { /* likewise */
	const struct loop_ops *ops;
};

#endif
