/* phone_world_real.c - a phone in the real world: sockets, krb5, the host's clock.  See
 * phone_world.h. */
#include <string.h>

#include "auth_krb5.h"
#include "io_uv.h"
#include "loop.h"
#include "phone_world.h"

/* Its own address and chance in the world of its thread. */
static int
real_io(const struct phone_world *world, const struct phone_who *who, struct io **out)
{
	struct io_phone_cfg cfg = {
		.index = who->place->index,
		.seed = who->place->seed,
		.tls = who->profile,
		.link = who->link,
	};

	(void)world;
	memcpy(cfg.mac, who->id->mac, sizeof cfg.mac);
	return io_phone_new(who->place->world, &cfg, out);
}

/* Its own cache in memory. */
static int
real_auth(const struct phone_world *world, const struct phone_who *who, struct auth **out)
{
	struct auth_krb5_cfg cfg = { who->id->user, who->realm, who->password, who->id->index };

	(void)world;
	return auth_krb5_new(&cfg, out);
}

static void
real_tls(const struct phone_world *world, struct io *io, unsigned profile)
{
	(void)world;
	io_phone_tls(io, profile);
}

/* Now is now: io's clock and the host's tick alike. */
static int64_t
real_wall_us(const struct phone_world *world, struct io *io)
{
	(void)world;
	(void)io;
	return loop_wall_us();
}

static const struct phone_world_ops real_ops = {
	.io = real_io,
	.auth = real_auth,
	.auth_free = auth_krb5_free,
	.io_free = io_phone_free,
	.tls = real_tls,
	.wall_us = real_wall_us,
};

const struct phone_world phone_world_real = { &real_ops };
