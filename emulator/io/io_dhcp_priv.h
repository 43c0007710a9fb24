/*
 * io_dhcp_priv.h - the two ways of the phones' DHCP to a server: a relay agent's sockets, and
 * broadcasts on an interface.  What both have in common is in io_dhcp.c.
 */
#ifndef IO_IO_DHCP_PRIV_H
#define IO_IO_DHCP_PRIV_H
#include "io_priv.h"

enum { /* of a BOOTP message */
	DHCP_OP = 0,
	DHCP_HOPS = 3,
	DHCP_GIADDR = 24,
	DHCP_CHADDR = 28,
	DHCP_SHORTEST = DHCP_CHADDR + 6,
	DHCP_REQUEST = 1,
	DHCP_REPLY = 2,
	DHCP_MAX = 4096,
	DHCP_BATCH = 64, /* packets of a socket in one turn */
	DHCP_RCVBUF = 4 * 1024 * 1024
};

struct io_dhcp_ways {
	/* Is there a way to a server in this VLAN? */
	bool (*has)(const struct io_world *, uint16_t vlan);
	/* A message, at least DHCP_SHORTEST and at most DHCP_MAX bytes, goes to the server. */
	void (*leave)(struct io_phone *, uint16_t vlan, struct span message);
	/* Close the sockets, give the memory back. */
	void (*done)(struct io_world *);
};

struct io_dhcp_world { /* first member of either */
	const struct io_dhcp_ways *ways;
};

/* Whose MAC this is, if it is a phone of this shard's; else NULL. */
struct io_phone *io_dhcp_phone(const struct io_world *, const uint8_t chaddr[6]);

/* Does the phone wait for answers in this VLAN? */
bool io_dhcp_waits(const struct io_phone *, uint16_t vlan);

/* An answer is there: it is counted and comes over the phone's own line. */
void io_dhcp_arrived(struct io_phone *, uint16_t vlan, struct span message);

/* More room for a burst of answers, as much as we may have. */
void io_dhcp_room(int fd);

/* io_dhcp_init() for each way; what is half made is the world's to end. */
int io_dhcp_relay_init(struct io_world *, const struct io_world_cfg *, const char **err_out);
int io_dhcp_wire_init(struct io_world *, const struct io_world_cfg *, const char **err_out);

#endif
