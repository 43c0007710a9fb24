/*
 * sim_pool.h - a whole pool in the simulated world: the logic of harness/serve behind the
 * addresses of sim.h, each server with a link of its own; sim_pool_parts.c is the page that
 * lists them.
 *
 * It is the embedded pool's twin: the same names, zone, pages and manners.  What differs is
 * that here each server has an address of its own, and that the habits of servers.h can make
 * it as odd as a scenario wants.
 */
#ifndef SIM_SIM_POOL_H
#define SIM_SIM_POOL_H
#include <stdint.h>

#include "fault.h"
#include "pool_file.h"
#include "servers.h"
#include "sim.h"
#include "span.h"

struct sim_link;
struct sim_pool;

/* All lent, and must outlive the pool. */
struct sim_pool_cfg {
	const struct servers *servers; /* costs and habits; NULL: those of a scenario that says
					  nothing */
	const struct faults *faults;   /* NULL: none */
	uint32_t users;                /* phone00000 and so many */
	const char *password;          /* theirs */
	uint64_t seed;
};

/* All servers listen; what time it is they take from the world.  0 or -errno. */
int sim_pool_new(struct sim *, const struct sim_pool_cfg *, struct sim_pool **out);

/* Before the world.  NULL is fine. */
void sim_pool_free(struct sim_pool *);

/* The way to one server: its load. */
struct sim_link *sim_pool_link(const struct sim_pool *, enum servers_id);

/* The pool file that says how to get to such a pool, as cx700pool writes it; `password` is
 * copied.  0 or -ENOMEM. */
int sim_pool_file(const char *password, struct pool_file *out);

/* The root that phones are to end up with; lent. */
struct span sim_pool_root(const struct sim_pool *);

#endif
