/*
 * wire_rig.h - a wire for tests: two network namespaces of the test's own, with a cable between
 * them.  The phones are at this end, at the other one is whatever the test plays.  Nothing of
 * the host's own network is touched.
 */
#ifndef TESTS_WIRE_RIG_H
#define TESTS_WIRE_RIG_H
#include <stdbool.h>
#include <stdint.h>

#include "dhcp_msg.h"
#include "frame.h"
#include "io_rig.h"

enum { WIRE_MAX = 2048, WIRE_SERVER = 0x0a2a000a, WIRE_LEASE = 0x0a2a4007 };

struct wire_rig {
	char here[32], there[32]; /* the namespaces: interfaces va and wa; vb and wb */
	int home;                 /* a descriptor of the host's own */
	int raw;                  /* a packet socket on vb: all that comes */
	struct rig rig;           /* with phone 0 on va */
	uint8_t memory[WIRE_MAX];
};

/* Are we root, with namespaces, veth and ip(8)?  If not, it says so for the log. */
bool wire_rig_can(void);

/* Make and enter it; from now on sockets are made at the phones' end.  The server's end has
 * 10.42.0.10/16. */
void wire_rig_open(struct wire_rig *);
void wire_rig_close(struct wire_rig *);

/* A shard's world on va, its first phone without an address. */
struct io_world_cfg wire_rig_cfg(void);

/* ip(8) with these words, at this end or at the other one. */
void wire_rig_ip(const struct wire_rig *, bool here, const char *words);

/* A socket, and a packet socket on an interface, made at the other end. */
int wire_rig_socket(struct wire_rig *, int type, uint32_t ip, uint16_t port);
int wire_rig_raw(struct wire_rig *, const char *interface);

/* The next datagram of a phone's to port 67 as it is caught at vb, while the loop runs; its tag
 * is in .vlan.  Lent until the next one. */
struct frame_udp wire_rig_hear(struct wire_rig *);
/* The next word of ARP. */
struct frame_arp wire_rig_hear_arp(struct wire_rig *);

/* What a server answers to that: this type, this address; and puts on the wire to everybody, or
 * to the phone's MAC and the address offered. */
void wire_rig_say(struct wire_rig *, int raw, const struct frame_udp *asked, enum dhcp_type,
    uint32_t ip, bool unicast);

/* How many things of ours are in the kernel at this end: routes, rules. */
int wire_rig_routes(void);
int wire_rig_rules(void);

#endif
