/*
 * wire_dhcp.h - a DHCP server at the other end of a wire: harness/serve's logic behind packet
 * sockets, in a process of its own, while a test runs the farm.
 *
 * Two networks: 10.42/16 on vb, whose option 43.10 names VLAN 200, and 10.43/16 on wb, which is
 * that VLAN.  It is 10.42.0.10 and 10.43.0.10.  Every other answer goes to the phone alone.
 */
#ifndef TESTS_WIRE_DHCP_H
#define TESTS_WIRE_DHCP_H
#include <stdatomic.h>
#include <sys/types.h>

#include "wire_rig.h"

enum { WIRE_DHCP_TAG = 200 };

struct wire_dhcp_counts { /* shared with its process; [0] untagged, [1] the VLAN */
	atomic_uint discovers[2], requests[2], releases[2];
	atomic_uint strangers;    /* frames whose Ethernet source is not the phone's MAC */
	atomic_uint announced[2]; /* addresses that are in use from now on */
	atomic_uint wanted[2];    /* so many of them are waited for */
};

struct wire_dhcp {
	pid_t pid;
	int word; /* it says so when there are as many as wanted */
	struct wire_dhcp_counts *counts;
};

/* Start it; the wire must be open.  It drops the share of all it hears that is given in
 * percent, by the seed of its own. */
void wire_dhcp_start(struct wire_dhcp *, struct wire_rig *, unsigned drop);
/* Wait until so many addresses have been announced in a network since it began; not for ever.
 * Called before they can be. */
void wire_dhcp_await(const struct wire_dhcp *, int net, unsigned addresses);
void wire_dhcp_stop(struct wire_dhcp *);

#endif
