/*
 * run_lost.h - the embedded pool has ended under the phones.  It does not come back: they get a
 * while to notice, then the run ends.
 */
#ifndef CLI_RUN_LOST_H
#define CLI_RUN_LOST_H
#include "farm.h"
#include "loop.h"

/* The time of DHCP's three rounds; who still waits then (300 s on 169.254) has not finished. */
#define RUN_LOST_US UINT64_C(80000000)

struct run_lost {
	struct loop *loop;
	struct farm *farm; /* it runs */
	struct loop_timer *late;
};

/* Kill the farm so much later, unless it ends before; at once if there is no memory to wait. */
void run_lost_pool(struct run_lost *, uint64_t notice_us);

/* Kill nobody any more.  Also fine when the pool was never lost. */
void run_lost_done(struct run_lost *);

#endif
