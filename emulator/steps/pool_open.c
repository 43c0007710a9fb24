/* pool_open.c - see pool_open.h. */
#include "pool_open.h"

#include <errno.h>

int
pool_open(struct step *s, bool trust_nothing, struct io_handle **h)
{
	struct facts *f = s->facts;
	const struct facts_target *pool;
	struct io_stream_cfg cfg = { .tls = true, .trust_nothing = trust_nothing };

	if (f->n_pools == 0)
		return -EADDRNOTAVAIL;
	/* Each try takes the next target; behind the last comes the first. */
	f->pool_at = (uint8_t)((s->attempt - 1) % f->n_pools);
	pool = &f->pool[f->pool_at];
	cfg.to = (struct io_addr){ pool->ip, pool->port };
	cfg.name = pool->name;
	return step_stream(s, &cfg, h);
}
