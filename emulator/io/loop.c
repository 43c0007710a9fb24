/* loop.c - what all loops can do goes to the one that is meant.  See loop.h and loop_ops.h. */
#include "loop.h"

#include <stddef.h>
#include <time.h>

#include "loop_ops.h"

void
loop_free(struct loop *loop)
{
	if (loop != NULL)
		loop->ops->free(loop);
}

void
loop_run(struct loop *loop)
{
	loop->ops->run(loop);
}

void
loop_stop(struct loop *loop)
{
	loop->ops->stop(loop);
}

uint64_t
loop_now_us(struct loop *loop)
{
	return loop->ops->now_us(loop);
}

/* The host's, whatever a loop's own time may be. */
int64_t
loop_wall_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

double
loop_lag_p99_ms(struct loop *loop)
{
	return loop->ops->lag_p99_ms(loop);
}

int
loop_post(struct loop *loop, loop_fn *fn, void *arg)
{
	return loop->ops->post(loop, fn, arg);
}

int
loop_timer_new(struct loop *loop, loop_fn *fn, void *arg, struct loop_timer **out)
{
	return loop->ops->timer_new(loop, fn, arg, out);
}

void
loop_timer_set(struct loop_timer *timer, uint64_t after_us, uint64_t every_us)
{
	timer->ops->timer_set(timer, after_us, every_us);
}

void
loop_timer_stop(struct loop_timer *timer)
{
	timer->ops->timer_stop(timer);
}

void
loop_timer_close(struct loop_timer *timer)
{
	timer->ops->timer_close(timer);
}
