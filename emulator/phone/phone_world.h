/*
 * phone_world.h - what a phone stands in: where it gets its network, its tickets and the time
 * of day from.  There are two: the real one here, and the simulated one that cli/ makes of
 * harness/sim for a rehearsal.  Phones do not know in which they are.
 */
#ifndef PHONE_PHONE_WORLD_H
#define PHONE_PHONE_WORLD_H
#include "auth.h"
#include "instance.h"
#include "io.h"
#include "step.h"

/* The phone that is to be made; all of it is lent for the call. */
struct phone_who {
	const struct instance_place *place;
	const struct identity *id;
	const char *realm, *password; /* of its Kerberos user */
	unsigned profile;             /* that it is delivered with */
	const struct io_link *link;   /* NULL: its line is as good as the network */
};

struct phone_world;

struct phone_world_ops { /* called on the thread of the phone's shard, with nothing locked */
	/* Its network, with its profile's TLS habits.  0 or -errno. */
	int (*io)(const struct phone_world *, const struct phone_who *, struct io **out);
	/* Its tickets.  0 or -errno. */
	int (*auth)(const struct phone_world *, const struct phone_who *, struct auth **out);
	/* Power off, if it has any, and free; first the tickets.  NULL is fine. */
	void (*auth_free)(struct auth *);
	void (*io_free)(struct io *);
	/* After an update: greets TLS servers like this profile from now on (its number in
	 * phone_cfg.profiles). */
	void (*tls)(const struct phone_world *, struct io *, unsigned profile);
	/* The host's wall clock at io's now: microseconds since 1970. */
	int64_t (*wall_us)(const struct phone_world *, struct io *);
};

struct phone_world { /* first member of every implementation; read only, shared by all threads
		      */
	const struct phone_world_ops *ops;
};

/* Sockets of place->world, tickets by krb5, the host's clock. */
extern const struct phone_world phone_world_real;

#endif
