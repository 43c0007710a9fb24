/*
 * fake_dhcp.h - a DHCP server in the fake world, behind a relay agent for each VLAN:
 * serve_dhcp's answers, a record of what the phone said and when, and what can go wrong.
 *
 * Untagged addresses are 127.42.0.0/17 and name VLAN 200, where they are 127.42.128.0/17.
 */
#ifndef TESTS_FAKE_DHCP_H
#define TESTS_FAKE_DHCP_H
#include "serve_dhcp.h"
#include "sim.h"

enum { FAKE_DHCP_SAID_MAX = 64, FAKE_DHCP_SERVER = 0x7f000001, FAKE_DHCP_VLAN = 200 };

struct fake_dhcp_said {
	enum dhcp_type type;
	uint64_t at_us;
	uint16_t vlan;
	bool unicast;
	uint32_t xid, ciaddr, wanted, server;
	uint16_t secs;
	size_t bytes;
};

/* May change a reply on its way; false: it is lost. */
typedef bool fake_dhcp_spoil(void *arg, enum dhcp_type, struct buf *reply);

struct fake_dhcp {
	struct serve_dhcp *serve;
	uint32_t lease_s; /* 0 = 3600 */
	bool no_vlan;     /* the untagged scope names none */
	bool silent, silent_in_vlan;
	bool unicast_refused; /* port 67 of the server is closed */
	fake_dhcp_spoil *spoil;
	void *spoil_arg;

	struct fake_dhcp_said said[FAKE_DHCP_SAID_MAX];
	size_t n_said;
};

/* Serve; lease_s and no_vlan must be set before. */
void fake_dhcp_listen(struct fake_dhcp *, struct sim *);
void fake_dhcp_done(struct fake_dhcp *);

/* What the phone said, as "DISCOVER REQUEST RELEASE"; lent until the next call. */
const char *fake_dhcp_story(const struct fake_dhcp *, char out[512]);

#endif
