/* pool_zone.c - see pool_zone.h.  One table, as an administrator of OCS 2007 R2 enters it. */
#include "pool_zone.h"

#include "pool.h"

/* clang-format off */
static const struct serve_dns_record zone_records[] = {
	/* hosts; their address is filled in */
	{.name = POOL_DOMAIN,                  .type = DNS_A},
	{.name = POOL_DC,                      .type = DNS_A},
	{.name = POOL_NAME,                    .type = DNS_A},
	{.name = POOL_FRONT,                   .type = DNS_A},
	{.name = POOL_MAIL,                    .type = DNS_A},
	{.name = "autodiscover." POOL_DOMAIN,  .type = DNS_A},
	{.name = "ucupdates-r2." POOL_DOMAIN,  .type = DNS_A},
	{.name = "pool." POOL_DOMAIN,          .type = DNS_A},
	{.name = "sip." POOL_DOMAIN,           .type = DNS_A},
	{.name = "sipinternal." POOL_DOMAIN,   .type = DNS_A},
	{.name = "sipexternal." POOL_DOMAIN,   .type = DNS_A},
	/* services */
	{.name = "_ntp._udp." POOL_DOMAIN,             .type = DNS_SRV, .target = POOL_DC,   .weight = 100, .port = PORT_NTP},
	{.name = "_sipinternaltls._tcp." POOL_DOMAIN,  .type = DNS_SRV, .target = POOL_NAME, .port = PORT_SIP},
	{.name = "_sip._tls." POOL_DOMAIN,             .type = DNS_SRV, .target = POOL_NAME, .port = PORT_SIP},
	{.name = "_ldap._tcp.dc._msdcs." POOL_DOMAIN,  .type = DNS_SRV, .target = POOL_DC,   .weight = 100, .port = PORT_LDAP},
	{.name = "_ldap._tcp." POOL_DOMAIN,            .type = DNS_SRV, .target = POOL_DC,   .weight = 100, .port = PORT_LDAP},
	{.name = "_kerberos._tcp.dc._msdcs." POOL_DOMAIN, .type = DNS_SRV, .target = POOL_DC, .weight = 100, .port = PORT_KDC},
	{.name = "_kerberos._tcp." POOL_DOMAIN,        .type = DNS_SRV, .target = POOL_DC,   .weight = 100, .port = PORT_KDC},
	{.name = "_kerberos._udp." POOL_DOMAIN,        .type = DNS_SRV, .target = POOL_DC,   .weight = 100, .port = PORT_KDC},
};
/* clang-format on */

/* One machine plays them all. */
size_t
pool_zone(uint32_t ip, struct serve_dns_record zone[POOL_ZONE_MAX])
{
	size_t n = sizeof zone_records / sizeof zone_records[0];

	_Static_assert(sizeof zone_records / sizeof zone_records[0] <= POOL_ZONE_MAX, "room");
	for (size_t i = 0; i < n; i++) {
		zone[i] = zone_records[i];
		zone[i].ip = zone[i].type == DNS_A ? ip : 0;
	}
	return n;
}
