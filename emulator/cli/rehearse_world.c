/* rehearse_world.c - see rehearse_world.h. */
#include "rehearse_world.h"

#include <string.h>

#include "sim_auth.h"

static const struct rehearse_world *
world_of(const struct phone_world *base)
{
	return (const struct rehearse_world *)(const void *)base;
}

static int
rehearse_io(const struct phone_world *base, const struct phone_who *who, struct io **out)
{
	const struct rehearse_world *w = world_of(base);
	struct sim_phone_cfg cfg = {
		.index = who->place->index,
		.seed = who->place->seed,
		.tls = &w->tls[0],
	};

	memcpy(cfg.mac, who->id->mac, sizeof cfg.mac);
	return sim_phone_new(w->sim, &cfg, out);
}

static int
rehearse_auth(const struct phone_world *base, const struct phone_who *who, struct auth **out)
{
	const struct sim_auth_cfg cfg = {
		.user = who->id->user,
		.realm = who->realm,
		.password = who->password,
		.world = world_of(base)->sim,
	};

	return sim_auth_make(&cfg, out);
}

static void
rehearse_tls(const struct phone_world *base, struct io *io, unsigned profile)
{
	sim_phone_tls(io, &world_of(base)->tls[profile]);
}

/* Virtual time begins at a fixed moment: the same on every machine and day. */
static int64_t
rehearse_wall_us(const struct phone_world *base, struct io *io)
{
	(void)io;
	return sim_wall_us(world_of(base)->sim);
}

void
rehearse_world_init(struct rehearse_world *w, struct sim *sim, const struct io_tls_habit *tls)
{
	static const struct phone_world_ops ops = {
		.io = rehearse_io,
		.auth = rehearse_auth,
		.auth_free = sim_auth_unmake,
		.io_free = sim_phone_free,
		.tls = rehearse_tls,
		.wall_us = rehearse_wall_us,
	};

	*w = (struct rehearse_world){ .base = { &ops }, .sim = sim, .tls = tls };
}
