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

/* What all phones of a run have in common; read only, shared by all threads. */
struct phone_cfg {
	const struct phone_world *world; /* what they stand in */
	const struct pool_file *pool;
	const struct profile *const *profiles; /* [0] is the one they are delivered with; in the
						  order of io_world_cfg.tls */
	size_t n_profiles;
	const struct journey_plan *plan;
	const struct spread
	    *types_for; /* row 7: how long the person types; drawn by the seed */
};

/* An instance_make_fn: arg is the struct phone_cfg.  In the real world place->world must be
 * there. */
int phone_make(void *phone_cfg, const struct instance_place *, struct instance **out,
    const char **err_out);

/* A journey_plan.profile_of: plan->profiles is the struct phone_cfg. */
const struct profile *phone_profile_of(const void *phone_cfg, const char *version);

#endif
