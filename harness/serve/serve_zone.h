/* serve_zone.h - the names that our pools' DNS knows. */
#ifndef SERVE_SERVE_ZONE_H
#define SERVE_SERVE_ZONE_H
#include <stddef.h>
#include <stdint.h>

#include "serve_dns.h"

enum { SERVE_ZONE_MAX = 32 };

/* Where the servers are, host byte order.  0: there is no such host, and no record of it. */
struct serve_hosts {
	uint32_t dc;   /* domain controller: KDC, directory, CA, time */
	uint32_t pool; /* the front end, and the update service beside it */
	uint32_t mail; /* Exchange */
	uint32_t home; /* the other pool */
};

/* Fill the table.  Ports are the standard ones.  Returns how many. */
size_t serve_zone(const struct serve_hosts *, struct serve_dns_record zone[SERVE_ZONE_MAX]);

#endif
