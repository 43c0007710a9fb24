/* pool_zone.h - the names that the pool's DNS knows. */
#ifndef POOL_ZONE_H
#define POOL_ZONE_H
#include <stddef.h>
#include <stdint.h>

#include "serve_dns.h"

enum { POOL_ZONE_MAX = 32 };

/* Fill the table; all servers are at `ip`.  Ports are the standard ones.  Returns how many. */
size_t pool_zone(uint32_t ip, struct serve_dns_record zone[POOL_ZONE_MAX]);

#endif
