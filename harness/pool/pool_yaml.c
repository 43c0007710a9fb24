/* pool_yaml.c - see pool_yaml.h. */
#include "pool_yaml.h"

#include "pool.h"
#include "text.h"

/* The relays are the two addresses after the servers'; the first is for untagged phones. */
static void
yaml_dhcp(const struct pool_options *o, struct buf *to)
{
	char ip[TEXT_IP_MAX];

	buf_printf(to, "dhcp: {mode: relay, server: %s, ", text_ip_str(o->listen, ip));
	buf_printf(to, "relay: {untagged: %s", text_ip_str(o->listen + 1, ip));
	if (o->voice_vlan != 0)
		buf_printf(to, ", %u: %s", o->voice_vlan, text_ip_str(o->listen + 2, ip));
	buf_text(to, "}}\n");
}

/* All that phones use; krb5kdc's own port is not among them. */
static void
yaml_ports(const struct pool_options *o, uint16_t home_port, struct buf *to)
{
	static const unsigned ports[] = { PORT_DHCP, PORT_DNS, PORT_NTP, PORT_KDC, PORT_LDAP,
		PORT_HTTP, PORT_HTTPS, PORT_SIP };

	buf_text(to, "ports: {");
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		buf_printf(
		    to, "%s%u: %u", i > 0 ? ", " : "", ports[i], o->port_base + ports[i]);
	if (home_port != 0 && home_port != PORT_SIP)
		buf_printf(to, ", %u: %u", home_port, o->port_base + home_port);
	buf_text(to, "}\n");
}

void
pool_yaml(const struct pool_options *o, const struct serve_hosts *hosts, uint16_t home_port,
    struct buf *to)
{
	const uint32_t apart[] = { hosts->dc, hosts->pool, hosts->mail, hosts->home };
	char net[TEXT_IP_MAX], ip[TEXT_IP_MAX];

	text_ip_str(o->net, net);
	buf_text(to,
	    "# Written by cx700pool; valid as long as it runs.\n"
	    "name: embedded\n");
	buf_printf(to, "network: {mode: loopback, addresses: [%s/%u]}\n", net, o->net_bits);
	buf_text(to, "macs: '00:04:f2:10:00:00'\nside: internal\n");
	yaml_dhcp(o, to);
	yaml_ports(o, hosts->home != 0 ? home_port : 0, to);
	buf_text(to,
	    "users: {name: \"" POOL_USERS "\", first: 0, domain: " POOL_DOMAIN
	    ", sip_domain: " POOL_DOMAIN ", password: \"file:users.secret\"}\n");
	/* Its password is right, nobody waits for them; its servers end with the run. */
	buf_text(to, "guard: {canary: 0, wrong_passwords: 0}\nleave: true\n");
	/* The servers, the relays and the phones themselves. */
	buf_printf(to, "allow: [%s/32, ", text_ip_str(o->listen, ip));
	buf_printf(to, "%s/32, ", text_ip_str(o->listen + 1, ip));
	buf_printf(to, "%s/32, ", text_ip_str(o->listen + 2, ip));
	for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
		if (apart[i] != 0 && apart[i] != o->listen)
			buf_printf(to, "%s/32, ", text_ip_str(apart[i], ip));
	buf_printf(to, "%s/%u]\n", net, o->net_bits);
}
