/*
 * serve_plan.h - what every pool of ours tells its servers, whatever face it has:
 * services and whose keys they use, names on certificates, leases, addresses of pages.
 */
#ifndef SERVE_SERVE_PLAN_H
#define SERVE_SERVE_PLAN_H
#include <stddef.h>
#include <stdint.h>

#include "serve_dhcp.h"
#include "serve_exchange.h"
#include "serve_ldap.h"
#include "serve_sip.h"
#include "serve_update.h"

/* The key tables: each server has its own, so that a ticket for another is no good. */
enum serve_keys {
	KEYS_NOBODY,
	KEYS_LDAP,
	KEYS_CA_WEB,
	KEYS_SIP,
	KEYS_HTTPS,
	KEYS_HOME, /* the other pool's; nobody's where there is none */
	KEYS_COUNT
};

struct serve_service {
	const char *spn;
	enum serve_keys keys; /* who has its key */
};

/* HTTP/dc01 exists, but its key is in nobody's table: step 17 is refused for a real reason. */
extern const struct serve_service serve_services[];
extern const size_t serve_n_services;

/* The names on a certificate, the first is the common name; ends with NULL.  SIP by SRV and by
 * guess; the web under every service's name; the other pool's front end. */
extern const char *const serve_sip_names[], *const serve_web_names[], *const serve_home_names[];

/* The network that phones lease from: its lower half is untagged and its upper half the voice
 * VLAN, or all is untagged. */
struct serve_net {
	uint32_t net, bits;  /* 10.64.0.0/10 */
	uint16_t voice_vlan; /* 0: none */
	uint32_t relay;      /* the first relay agent; the VLAN's is the next address */
	uint32_t dns;
};
enum { SERVE_SCOPES_MAX = 2 };
size_t serve_scopes(const struct serve_net *, struct serve_dhcp_scope out[SERVE_SCOPES_MAX]);

/* What the servers are configured with; the caller adds acceptors, numbers and habits. */
struct serve_dhcp_cfg serve_plan_dhcp(void);
struct ldap_dir_cfg serve_plan_directory(void);
struct serve_sip_cfg serve_plan_sip(void);
struct serve_update_cfg serve_plan_update(void);
struct serve_exchange_cfg serve_plan_exchange(void);

#endif
