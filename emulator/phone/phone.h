/*
 * phone.h - an emulated phone as the farm knows it: identity, world, tickets and
 * journey behind instance.h.
 */
#ifndef PHONE_PHONE_H
#define PHONE_PHONE_H
#include <stddef.h>

#include "instance.h"
#include "journey.h"
#include "phone_world.h"
#include "pool_file.h"
#include "profile.h"
#include "spread.h"

struct io_link;

/* What the phones from number `first` on have in common, up to the next group's first. */
struct phone_group {
	uint32_t first;
	unsigned profile; /* they are delivered with: its number in phone_cfg.profiles */
	const struct journey_plan *plan;
	const struct spread *types_for; /* row 7: how long the person types; by the seed */
	const struct io_link *link;     /* their own thin line; NULL: none */
};

/* What all phones of a run have in common; read only, shared by all threads. */
struct phone_cfg {
	const struct phone_world *world; /* what they stand in */
	const struct pool_file *pool;
	const struct profile *const *profiles; /* in the order of io_world_cfg.tls */
	size_t n_profiles;
	const struct phone_group *groups; /* by their first; the first one's is 0 */
	size_t n_groups;                  /* at least 1 */
};

/* An instance_make_fn: arg is the struct phone_cfg.  In the real world place->world must be
 * there. */
int phone_make(void *phone_cfg, const struct instance_place *, struct instance **out,
    const char **err_out);

/* Of an instance that phone_make() has made: what it stands in, and what it has learned.  Lent
 * until it is closed, on its shard's thread. */
struct io *phone_io(const struct instance *);
const struct facts *phone_facts(const struct instance *);

/* The group that a phone is of. */
const struct phone_group *phone_group_of(const struct phone_cfg *, uint32_t index);

/* A journey_plan.profile_of: plan->profiles is the struct phone_cfg. */
const struct profile *phone_profile_of(const void *phone_cfg, const char *version);

#endif
