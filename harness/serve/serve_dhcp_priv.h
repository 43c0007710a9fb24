/* serve_dhcp_priv.h - what the files of serve_dhcp share. */
#ifndef SERVE_SERVE_DHCP_PRIV_H
#define SERVE_SERVE_DHCP_PRIV_H
#include "serve_dhcp.h"
#include "serve_lease.h"

struct dhcp_scope {
	struct serve_dhcp_scope cfg;
	struct lease_table *leases;
};

struct serve_dhcp {
	struct dhcp_scope *scopes;
	size_t n_scopes;
	uint32_t server, lease_s;
	char vendor_class[64];
	char domain[DHCP_NAME_MAX];
	uint8_t search[DHCP_VALUE_MAX]; /* option 119, encoded */
	size_t n_search;
	bool off[256]; /* options that are never sent */
	bool nak;      /* nobody gets anything */
};

/* One message while it is answered. */
struct dhcp_exchange {
	struct serve_dhcp *d;
	struct dhcp_scope *scope;
	struct dhcp_msg ask;
	uint64_t now_us;
	struct serve_dhcp_done *done;
};

/* Append the reply: the address, if there is one to name, with its times, and what the scope
 * has of the options asked for; and say where it goes. */
void serve_dhcp_reply(struct dhcp_exchange *, enum dhcp_type, uint32_t ip, struct buf *reply);

#endif
