/* loop_priv.h - what the files of io/ share about the real loop; nobody else includes it. */
#ifndef IO_LOOP_PRIV_H
#define IO_LOOP_PRIV_H
#include <stdatomic.h>

#include <uv.h>

#include "hist.h"
#include "loop_ops.h"

struct loop_note { /* one loop_post() on its way */
	struct loop_note *next;
	loop_fn *fn;
	void *arg;
};

struct loop_uv {          /* the real loop */
	struct loop base; /* first */
	uv_loop_t uv;
	uv_async_t knock; /* something was posted, or stop */
	uv_timer_t tick;
	uint64_t tick_due_ms;
	struct hist lag;
	uv_mutex_t lock; /* of the notes */
	struct loop_note *notes, **last_note;
	atomic_bool stop;
	unsigned dying; /* children killed by loop_child_close() that have not ended yet */
};

/* The real loop behind it; asking a virtual one for descriptors or children is our bug. */
struct loop_uv *loop_uv_of(struct loop *);

/* Its timers, see loop.h. */
int loop_uv_timer_new(struct loop *, loop_fn *, void *arg, struct loop_timer **out);
void loop_uv_timer_set(struct loop_timer *, uint64_t after_us, uint64_t every_us);
void loop_uv_timer_stop(struct loop_timer *);
void loop_uv_timer_close(struct loop_timer *);

/* The closing callback of a handle that is the first member of something on the heap. */
void loop_free_handle(uv_handle_t *);

#endif
