/*
 * sim_accept.h - the acceptor's side of the toy Kerberos: accept.h for the servers of the
 * simulated world.  It knows some services' keys, looks at whom and what a ticket is for, at
 * its times, and at the clock of who shows it.
 */
#ifndef SIM_SIM_ACCEPT_H
#define SIM_SIM_ACCEPT_H
#include "accept.h"
#include "serve_plan.h"
#include "sim.h"

/* All lent. */
struct sim_accept_cfg {
	const char *realm;       /* NULL: any */
	const struct sim *world; /* whose time it is; NULL: no time is looked at */
	/* Which keys it has: those of serve_services that are `keys`.  KEYS_COUNT: of every
	 * service there may be. */
	enum serve_keys keys;
	const char *also;    /* one service more; may be NULL */
	const char *refused; /* a service whose key it has not nevertheless; may be NULL */
};

/* 0 or -ENOMEM. */
int sim_accept_new(const struct sim_accept_cfg *, struct acceptor **out);

/* For tests: has the keys of every service but `refused` (an SPN; may be NULL), of every realm,
 * and no clock. */
struct acceptor *sim_acceptor_new(const char *refused);

/* Both. */
void sim_acceptor_free(struct acceptor *);

#endif
