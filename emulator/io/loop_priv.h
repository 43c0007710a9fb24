/* loop_priv.h - what the files of io/ share about a loop; nobody else includes it. */
#ifndef IO_LOOP_PRIV_H
#define IO_LOOP_PRIV_H
#include <stdatomic.h>

#include <uv.h>

#include "hist.h"
#include "loop.h"

struct loop_note { /* one loop_post() on its way */
	struct loop_note *next;
	loop_fn *fn;
	void *arg;
};

struct loop {
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

/* The closing callback of a handle that is the first member of something on the heap. */
void loop_free_handle(uv_handle_t *);

#endif
