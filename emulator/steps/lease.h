/*
 * lease.h - what the steps that speak DHCP share: whom a talk speaks for, what
 * a lease is worth in facts, what its failure means.
 */
#ifndef STEPS_LEASE_H
#define STEPS_LEASE_H
#include "dhcp_talk.h"
#include "step.h"

struct lease_state { /* the scratch of these steps */
	struct dhcp_talk talk;
	struct dhcp_talk_cfg cfg;
	uint32_t noted;      /* types whose options are in `seen`, a bit each */
	enum dhcp_type last; /* in `seen` */
	size_t smallest;     /* payload sent */
};

/* Say for whom the talk speaks, and in which VLAN; what goes over the wire goes into `seen`. */
const struct dhcp_talk_cfg *lease_cfg(struct step *, uint16_t vlan);

/* Is the cached lease worth an INIT-REBOOT: before its T2, by the host's clock? */
bool lease_is_warm(const struct step *);

/* The lease is the phone's from now on: facts, and io's address.  DONE, or RETRY local if the
 * address cannot be taken; one that another has is declined, and not asked for again. */
enum verdict lease_take(struct step *);

/* There is no DHCP: address and names are given (identity.given), as long as the phone is on.
 * SKIP, or RETRY local if the address cannot be taken. */
enum verdict lease_given(struct step *);

/* The same lease for longer: its times only. */
void lease_prolong(struct step *);

/* The address is gone: io and facts forget it, not the cached lease. */
void lease_drop(struct step *);

/* RETRY with why there is no lease.  No server answered at all: the phone is on 169.254/16 from
 * now on, and the next try, a single DISCOVER, does not come before its time. */
enum verdict lease_lost(struct step *);

/* RETRY with why the lease could not be renewed; the phone keeps its address. */
enum verdict lease_not_renewed(struct step *);

#endif
