/*
 * pool_run.c - the run that started this pool: when it begins, and what the servers counted,
 * which it is told at the end.  By hand there is none; then the time of the faults begins when
 * all servers are up.
 */
#include <unistd.h>

#include "folder.h"
#include "pool.h"

static void
run_on_begin(void *arg, int possible)
{
	struct pool *pool = arg;

	(void)possible;
	loop_watch_close(pool->begins);
	pool->begins = NULL;
	pool_begin(pool);
}

static int
run_start(struct pool *pool)
{
	int fd = pool->options.begin_fd, rc = 0;

	if (fd >= 0)
		rc = loop_watch_new(pool->loop, fd, run_on_begin, pool, &pool->begins);
	if (fd >= 0 && rc == 0)
		rc = loop_watch_set(pool->begins, LOOP_READ);
	return rc == 0 ? 0 : pool_failed(pool, "--begin-fd", rc);
}

/* All others have stopped: what they counted is whole.  A run that is gone reads nothing. */
static void
run_stop(struct pool *pool)
{
	struct buf stats = { 0 };

	if (pool->begins != NULL)
		loop_watch_close(pool->begins);
	pool->begins = NULL;
	/* Of a pool that never was ready it waits for another line, or for its end. */
	if (pool->options.begin_fd < 0 || pool->options.ready_fd < 0 || !pool->kdc_up)
		return;
	pool_stats(pool, &stats);
	if (stats.err == 0)
		(void)folder_put(pool->options.ready_fd, buf_bytes(&stats));
	buf_done(&stats);
}

const struct pool_part part_run = { "run", run_start, run_stop };
