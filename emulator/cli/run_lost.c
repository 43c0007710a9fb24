/* run_lost.c - see run_lost.h. */
#include "run_lost.h"

/* They have had their time to notice. */
static void
lost_on_late(void *arg)
{
	struct run_lost *l = arg;

	farm_kill(l->farm);
}

/* One timer; a farm that ends earlier takes it away by run_lost_done(). */
void
run_lost_pool(struct run_lost *l, uint64_t notice_us)
{
	if (loop_timer_new(l->loop, lost_on_late, l, &l->late) != 0) {
		farm_kill(l->farm);
		return;
	}
	loop_timer_set(l->late, notice_us, 0);
}

void
run_lost_done(struct run_lost *l)
{
	if (l->late != NULL)
		loop_timer_close(l->late);
	l->late = NULL;
}
