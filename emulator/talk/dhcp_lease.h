/* dhcp_lease.h - what an ACK gives a phone.  RFC 2131 section 4.4; options 15, 43 and 119. */
#ifndef TALK_DHCP_LEASE_H
#define TALK_DHCP_LEASE_H
#include <stdint.h>

#include "dhcp_msg.h"

enum { DHCP_TALK_SUFFIXES = 3 };

struct dhcp_lease {
	uint32_t ip, mask, router, dns[2], server;
	uint32_t lease_s, t1_s, t2_s;
	uint64_t leased_at_us; /* io's now when the REQUEST was first sent */
	uint16_t voice_vlan;   /* option 43; 0 = none */
	char domain[DHCP_NAME_MAX];
	char suffix[DHCP_TALK_SUFFIXES][DHCP_NAME_MAX]; /* option 15, then those of 119 */
	uint8_t n_suffixes;
};

/* Read it from an ACK; leased_at_us is left 0.  NULL, or why Windows CE would not take it:
 * "dhcp:no mask". */
const char *dhcp_lease_read(
    struct dhcp_lease *out, const struct dhcp_msg *ack, uint8_t vlan_suboption);

#endif
