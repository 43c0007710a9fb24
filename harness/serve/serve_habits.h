/* serve_habits.h - what the habits of a scenario (`servers:`) make of the plan of our pools,
 * whatever face they have. */
#ifndef SERVE_SERVE_HABITS_H
#define SERVE_SERVE_HABITS_H
#include <stddef.h>
#include <stdint.h>

#include "serve_dhcp.h"
#include "serve_dns.h"
#include "serve_zone.h"
#include "servers.h"

/* As many records as serve_habits_zone() may make of a zone of serve_zone()'s and one more. */
enum { SERVE_HABITS_ZONE_MAX = SERVE_ZONE_MAX + SERVERS_RECORDS_MAX + 1 };

/* Domain, search list, lease, options that are off.  Both the habits and `search`, which gets
 * the list, are lent to the configuration. */
void serve_habits_dhcp(const struct servers_dhcp *, const char *search[SERVERS_SEARCH_MAX],
    struct serve_dhcp_cfg *);

/* Hide and add records.  Hidden are the pool's own names: one that is hidden and added is
 * replaced.  The habits are lent to the records.  Returns how many there are now. */
size_t serve_habits_zone(
    const struct servers_dns *, struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX], size_t n);

/* Where redirected users live: "pool02.contoso.com" or with ":5061". */
struct serve_home {
	char name[SERVERS_NAME_MAX]; /* without its port; the plan's when nothing is said */
	uint16_t port;
};
void serve_habits_home(const struct servers_sip *, struct serve_home *out);

#endif
