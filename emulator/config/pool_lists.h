/* pool_lists.h - the lists and maps of a pool file: networks, VLANs, relays, ports. */
#ifndef CONFIG_POOL_LISTS_H
#define CONFIG_POOL_LISTS_H
#include "field.h"

/* Each reads one key's value into a struct pool_file; errors as field_own_fn says. */
field_own_fn pool_read_vlans, pool_read_addresses, pool_read_relays, pool_read_dns,
    pool_read_suffixes, pool_read_ports, pool_read_allow;

#endif
