/*
 * step_pool_tls.c - ClientHello and ServerHello with the pool, whose chain is now
 * trusted; the connection becomes the line.  Guide 20-21.
 *
 * needs  FACT_POOL, FACT_ROOT, FACT_CLOCK
 * gives  FACT_LINE
 */
#include "line.h"
#include "pool_open.h"
#include "steps.h"
#include "tls_note.h"

static enum verdict
pool_tls_start(struct step *s)
{
	struct io_handle *h = NULL;
	int err = pool_open(s, false, &h);

	return err ? step_lost(s, err) : STEP_WAIT;
}

static enum verdict
pool_tls_event(struct step *s, const struct io_event *ev)
{
	const struct facts_target *pool = &s->facts->pool[s->facts->pool_at];

	if (ev->kind == IO_DOWN) {
		tls_note(s->seen, ev->tls);
		return step_tls_lost(s, ev);
	}
	if (ev->kind != IO_UP)
		return STEP_WAIT;
	tls_note(s->seen, ev->tls);
	line_take(s->line, ev->h, ev->local, pool->name);
	return STEP_DONE;
}

const struct step_ops step_pool_tls = {
	.name = "pool_tls",
	.start = pool_tls_start,
	.event = pool_tls_event,
};
