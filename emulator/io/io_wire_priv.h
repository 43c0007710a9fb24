/* io_wire_priv.h - what a world on an interface keeps; only the files of io/ include it. */
#ifndef IO_IO_WIRE_PRIV_H
#define IO_IO_WIRE_PRIV_H
#include "io_priv.h"

enum { WIRE_IFS_MAX = 64, WIRE_NETS_MAX = 64, WIRE_NAME_MAX = 16 };

struct wire_if {
	uint16_t vlan;
	bool made; /* for a tag, upon the first one: DHCP goes on with tagged frames there */
	int index;
	uint8_t mac[6];
	char name[WIRE_NAME_MAX];
};

struct wire_net { /* that has its ways out */
	uint32_t ip, mask, router;
	int index;
};

struct io_lan {
	int rtnl;
	uint32_t owner;
	uint16_t id; /* of the next IPv4 packet of our own */
	struct io_net *addresses;
	size_t n_addresses, n_ifs, n_nets;
	struct wire_if ifs[WIRE_IFS_MAX]; /* the first: untagged */
	struct wire_net nets[WIRE_NETS_MAX];
};

/* The interface that this VLAN has to itself; NULL: none. */
struct wire_if *io_wire_find(const struct io_world *, uint16_t vlan);

/* Index and MAC of the interface named: 0, -ENODEV, -ENETDOWN, or -EINVAL: no Ethernet. */
int io_wire_look(const char *name, struct wire_if *out);

/* Whose the routes are: a number that tells this process from all others, also from one that
 * gets its pid later. */
uint32_t io_wire_owner(void);
/* Does the process that a number tells of still run? */
bool io_wire_owner_lives(uint32_t owner);

/* Tell the VLAN that an address is now at this interface's MAC; nothing where DHCP is not by
 * broadcast. */
void io_dhcp_wire_announce(struct io_world *, const struct wire_if *, uint32_t ip);

#endif
