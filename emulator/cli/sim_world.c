/* sim_world.c - see sim_world.h. */
#include "sim_world.h"

#include <assert.h>
#include <string.h>

#include "sim_auth.h"

static const struct sim_world *
sim_world_of(const struct phone_world *world)
{
	return (const struct sim_world *)(const void *)world;
}

static int
sim_world_io(const struct phone_world *base, const struct phone_who *who, struct io **out)
{
	const struct sim_world *world = sim_world_of(base);
	struct sim_phone_cfg cfg = {
		.index = who->place->index,
		.seed = who->place->seed,
		.tls = &world->tls[who->profile],
		.link = who->link,
	};

	assert(who->profile < world->n_tls);
	memcpy(cfg.mac, who->id->mac, sizeof cfg.mac);
	return sim_phone_new(world->sim, &cfg, out);
}

static int
sim_world_auth(const struct phone_world *base, const struct phone_who *who, struct auth **out)
{
	const struct sim_auth_cfg cfg = {
		.user = who->id->user,
		.realm = who->realm,
		.password = who->password,
		.world = sim_world_of(base)->sim,
	};

	return sim_auth_make(&cfg, out);
}

static void
sim_world_tls(const struct phone_world *base, struct io *io, unsigned profile)
{
	const struct sim_world *world = sim_world_of(base);

	assert(profile < world->n_tls);
	sim_phone_tls(io, &world->tls[profile]);
}

/* The host's clock is right in there: it is the world's own. */
static int64_t
sim_world_wall_us(const struct phone_world *base, struct io *io)
{
	(void)io;
	return sim_wall_us(sim_world_of(base)->sim);
}

void
sim_world_init(
    struct sim_world *world, struct sim *sim, const struct io_tls_habit *tls, size_t n_tls)
{
	static const struct phone_world_ops ops = {
		.io = sim_world_io,
		.auth = sim_world_auth,
		.auth_free = sim_auth_unmake,
		.io_free = sim_phone_free,
		.tls = sim_world_tls,
		.wall_us = sim_world_wall_us,
	};

	assert(n_tls > 0);
	*world = (struct sim_world){ { &ops }, sim, tls, n_tls };
}
