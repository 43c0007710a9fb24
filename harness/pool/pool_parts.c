/* pool_parts.c - the page: what the pool consists of, in the order of its start. */
#include "pool.h"

/* clang-format off */
const struct pool_part pool_parts[] = {
	/* what        start                 stop */
	{"folder",      part_folder_start,    part_folder_stop},
	{"logs",        part_log_start,       part_log_stop},
	{"firmware",    part_firmware_start,  part_firmware_stop},
	{"CA",          part_ca_start,        part_ca_stop},
	{"realm",       part_realm_start,     part_realm_stop},
	{"dhcp",        part_dhcp_start,      part_dhcp_stop},
	{"dns",         part_dns_start,       part_dns_stop},
	{"ntp",         part_ntp_start,       part_ntp_stop},
	{"ldap",        part_ldap_start,      part_ldap_stop},
	{"sip",         part_sip_start,       part_sip_stop},
	{"http",        part_http_start,      part_http_stop},
	{"https",       part_https_start,     part_https_stop},
	{"kdc",         part_kdc_start,       part_kdc_stop},
	{"pool file",   part_file_start,      part_file_stop},
	{NULL, NULL, NULL},
};
/* clang-format on */
