/* servers_lists.h - the lists and texts of `servers:` that no table can read. */
#ifndef CONFIG_SERVERS_LISTS_H
#define CONFIG_SERVERS_LISTS_H
#include "field.h"

/* Each reads one key's value into a struct servers; errors as field_own_fn says. */
field_own_fn servers_own_search, servers_own_domain, servers_own_options_off, servers_own_add,
    servers_own_hide, servers_own_home_pool, servers_own_version;

#endif
