/* sim_pool_parts.c - the page: what the simulated pool consists of, in the order of its start.
 */
#include "sim_pool_priv.h"

/* clang-format off */
const struct sim_part *const sim_parts[] = {
	&sim_part_links,  /* the way to each server: what it stands, what goes wrong */
	&sim_part_certs,  /* roots, and what the servers' certificates say */
	&sim_part_keys,   /* which server knows whose tickets */
	&sim_part_dhcp,   /* leases, the voice VLAN */
	&sim_part_dns,    /* contoso.com */
	&sim_part_ntp,    /* the true time, or another */
	&sim_part_kdc,    /* accounts, tickets */
	&sim_part_ldap,   /* the domain controller's directory */
	&sim_part_sip,    /* the front end, over TLS; another pool's */
	&sim_part_web,    /* the CA's web server, the update service, Exchange */
	NULL,
};
/* clang-format on */
