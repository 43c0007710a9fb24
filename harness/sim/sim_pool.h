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
#include "sim_clock.h"
#include "sim_link.h"
#include "span.h"

struct sim_pool;

/* Where the servers are. */
#define SIM_POOL_RELAY 0x0a280002u /* 10.40.0.2, and .3 for the voice VLAN */
#define SIM_POOL_DHCP 0x0a280043u  /* 10.40.0.67 */
#define SIM_POOL_DNS 0x0a280035u   /* 10.40.0.53 */
#define SIM_POOL_DC 0x0a28000au    /* 10.40.0.10 */
#define SIM_POOL_FRONT 0x0a280014u /* 10.40.0.20 */
#define SIM_POOL_HOME 0x0a280016u  /* 10.40.0.22 */
#define SIM_POOL_MAIL 0x0a28001eu  /* 10.40.0.30 */
/* Where the phones lease: as many addresses from here as they need. */
#define SIM_POOL_NET 0x0a400000u /* 10.64.0.0 */

/* All lent, and must outlive the pool. */
struct sim_pool_cfg {
	struct sim_clock *clock;       /* the world's, which did not make it itself */
	const struct servers *servers; /* costs and habits; NULL: those of a scenario that says
					  nothing */
	const struct faults *faults;   /* NULL: none */
	uint32_t users;                /* phone00000 and so many */
	const char *password;          /* theirs */
	uint64_t seed;
	/* For tests: the way that lies between the phones and this server's own, which is
	 * given; it must outlive the world.  NULL: nothing lies between. */
	struct sim_way *(*between)(void *arg, enum servers_id, struct sim_way *);
	void *between_arg;
};

/*
 * All servers listen; what time it is they take from the world.  Phones go first, then
 * sim_free(), sim_pool_free(), sim_clock_free().  0 or -errno.
 */
int sim_pool_new(struct sim *, const struct sim_pool_cfg *, struct sim_pool **out);
/* NULL is fine. */
void sim_pool_free(struct sim_pool *);

/* The way to one server: its load. */
struct sim_link *sim_pool_link(const struct sim_pool *, enum servers_id);

/* The pool file that says how to get to such a pool, as cx700pool writes it; `password` is
 * copied.  0 or -ENOMEM. */
int sim_pool_file(const char *password, struct pool_file *out);

/* The root that phones are to end up with; lent. */
struct span sim_pool_root(const struct sim_pool *);

#endif
