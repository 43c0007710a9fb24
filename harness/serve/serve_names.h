/* serve_names.h - the names and ports that our pools go by, on sockets or simulated. */
#ifndef SERVE_SERVE_NAMES_H
#define SERVE_SERVE_NAMES_H

#define POOL_DOMAIN "contoso.com"
#define POOL_REALM "CONTOSO.COM"
#define POOL_DC "dc01.contoso.com" /* KDC, directory, CA, time */
#define POOL_DC_SHORT "dc01"
#define POOL_NAME "pool01.contoso.com" /* what SRV records name */
#define POOL_FRONT "fe01.contoso.com"  /* the front end that answers SIP */
#define POOL_MAIL "mail01.contoso.com" /* Exchange's client access server */
#define POOL_HOME "pool02.contoso.com" /* another pool, where there is one */
#define POOL_HOME_FRONT "fe02.contoso.com"
#define POOL_CA "contoso-DC01-CA"
#define POOL_USERS "phone%05d"

/* Standard ports; pool_at() says where the embedded pool has them. */
enum pool_ports {
	PORT_DNS = 53,
	PORT_DHCP = 67,
	PORT_DHCP_CLIENT = 68,
	PORT_HTTP = 80,
	PORT_KDC = 88,
	PORT_KDC_CHILD = 89, /* krb5kdc itself, behind our front */
	PORT_NTP = 123,
	PORT_LDAP = 389,
	PORT_HTTPS = 443,
	PORT_SIP = 5061
};

#endif
