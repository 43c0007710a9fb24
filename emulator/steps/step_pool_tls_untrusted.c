/*
 * step_pool_tls_untrusted.c - the first TLS connect of a phone that has no root
 * yet: it must fail, because the pool's private root is unknown.
 *
 * needs  FACT_POOL
 *
 * Only that flaw is this row's success.  A certificate that has expired or carries another
 * name would fail later too, with the root trusted: that is a failure.
 */
#include <errno.h>

#include "pool_open.h"
#include "steps.h"
#include "tls_note.h"

static enum verdict
untrusted_start(struct step *s)
{
	struct io_handle *h = NULL;
	int err = pool_open(s, true, &h);

	return err ? step_lost(s, err) : STEP_WAIT;
}

static enum verdict
untrusted_on_down(struct step *s, const struct io_event *ev)
{
	const struct io_tls_seen *tls = ev->tls;

	tls_note(s->seen, tls);
	if (tls == NULL)
		return step_lost(s, ev->err);
	switch (tls->flaw) {
	case TLS_NO_ROOT:
		return STEP_DONE;
	case TLS_EXPIRED:
	case TLS_EARLY:
	case TLS_NAME:
		return step_fail(s, WHY_TLS, "tls:%s", tls_flaw_name(tls->flaw));
	case TLS_SHA2:
	case TLS_OK:
	case TLS_OTHER:
		break;
	}
	return step_tls_lost(s, ev);
}

static enum verdict
untrusted_event(struct step *s, const struct io_event *ev)
{
	if (ev->kind == IO_DOWN)
		return untrusted_on_down(s, ev);
	if (ev->kind != IO_UP)
		return STEP_WAIT;
	tls_note(s->seen, ev->tls);
	/* With nothing trusted no handshake may succeed. */
	return step_fail(s, WHY_TLS, "tls:trusted without a root");
}

const struct step_ops step_pool_tls_untrusted = {
	.name = "pool_tls_untrusted",
	.start = untrusted_start,
	.event = untrusted_event,
};
