/* serve_zone.c - see serve_zone.h.  One table, as an administrator of OCS 2007 R2 enters it. */
#include "serve_zone.h"

#include "serve_names.h"

enum zone_host { ZONE_DC, ZONE_POOL, ZONE_MAIL, ZONE_HOME };

struct zone_record {
	enum zone_host host;       /* A: whose address; SRV: whose service */
	const char *name, *target; /* no target: A */
	uint16_t weight, port;
};

/* clang-format off */
static const struct zone_record zone_records[] = {
	{ ZONE_DC,   POOL_DOMAIN,                             NULL,        0, 0 },
	{ ZONE_DC,   POOL_DC,                                 NULL,        0, 0 },
	{ ZONE_POOL, POOL_NAME,                               NULL,        0, 0 },
	{ ZONE_POOL, POOL_FRONT,                              NULL,        0, 0 },
	{ ZONE_MAIL, POOL_MAIL,                               NULL,        0, 0 },
	{ ZONE_HOME, POOL_HOME,                               NULL,        0, 0 },
	{ ZONE_HOME, POOL_HOME_FRONT,                         NULL,        0, 0 },
	{ ZONE_MAIL, "autodiscover." POOL_DOMAIN,             NULL,        0, 0 },
	{ ZONE_POOL, "ucupdates-r2." POOL_DOMAIN,             NULL,        0, 0 },
	{ ZONE_POOL, "pool." POOL_DOMAIN,                     NULL,        0, 0 },
	{ ZONE_POOL, "sip." POOL_DOMAIN,                      NULL,        0, 0 },
	{ ZONE_POOL, "sipinternal." POOL_DOMAIN,              NULL,        0, 0 },
	{ ZONE_POOL, "sipexternal." POOL_DOMAIN,              NULL,        0, 0 },
	{ ZONE_DC,   "_ntp._udp." POOL_DOMAIN,                POOL_DC,   100, PORT_NTP },
	{ ZONE_POOL, "_sipinternaltls._tcp." POOL_DOMAIN,     POOL_NAME,   0, PORT_SIP },
	{ ZONE_POOL, "_sip._tls." POOL_DOMAIN,                POOL_NAME,   0, PORT_SIP },
	{ ZONE_DC,   "_ldap._tcp.dc._msdcs." POOL_DOMAIN,     POOL_DC,   100, PORT_LDAP },
	{ ZONE_DC,   "_ldap._tcp." POOL_DOMAIN,               POOL_DC,   100, PORT_LDAP },
	{ ZONE_DC,   "_kerberos._tcp.dc._msdcs." POOL_DOMAIN, POOL_DC,   100, PORT_KDC },
	{ ZONE_DC,   "_kerberos._tcp." POOL_DOMAIN,           POOL_DC,   100, PORT_KDC },
	{ ZONE_DC,   "_kerberos._udp." POOL_DOMAIN,           POOL_DC,   100, PORT_KDC },
};
/* clang-format on */

static uint32_t
zone_ip(const struct serve_hosts *hosts, enum zone_host host)
{
	switch (host) {
	case ZONE_DC:
		return hosts->dc;
	case ZONE_POOL:
		return hosts->pool;
	case ZONE_MAIL:
		return hosts->mail;
	case ZONE_HOME:
		return hosts->home;
	}
	return 0;
}

size_t
serve_zone(const struct serve_hosts *hosts, struct serve_dns_record zone[SERVE_ZONE_MAX])
{
	size_t n = 0;

	_Static_assert(sizeof zone_records / sizeof zone_records[0] <= SERVE_ZONE_MAX, "room");
	for (size_t i = 0; i < sizeof zone_records / sizeof zone_records[0]; i++) {
		const struct zone_record *r = &zone_records[i];
		uint32_t ip = zone_ip(hosts, r->host);

		if (ip == 0)
			continue;
		zone[n++] = (struct serve_dns_record){ .name = r->name,
			.type = r->target != NULL ? DNS_SRV : DNS_A,
			.ip = r->target != NULL ? 0 : ip,
			.target = r->target,
			.weight = r->weight,
			.port = r->port };
	}
	return n;
}
