/* pool_parts.c - the page: what the pool consists of, in the order of its start. */
#include "pool.h"

/* clang-format off */
const struct pool_part *const pool_parts[] = {
	&part_faults,    /* what goes wrong, and between whom */
	&part_run,       /* the run that started us: when it begins, what it is told at the end */
	&part_folder,    /* a private folder */
	&part_log,       /* who asked what; the update service's audit log */
	&part_firmware,  /* the image, about 15 MB */
	&part_ca,        /* root and server certificates */
	&part_realm,     /* users, services and their keys */
	&part_dhcp,      /* leases, the voice VLAN */
	&part_dns,       /* contoso.com */
	&part_ntp,       /* what the clock of this machine says */
	&part_ldap,      /* the domain controller's directory */
	&part_sip,       /* the front end, over TLS */
	&part_home,      /* another pool's, for users who live there */
	&part_http,      /* the CA's web server, the update service */
	&part_https,     /* Exchange, the update service for outside */
	&part_kdc,       /* krb5kdc and the front before it */
	&part_file,      /* how the farm finds all this */
	NULL,
};
/* clang-format on */
