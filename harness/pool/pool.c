/* pool.c - see pool.h: starting and stopping the parts, and what they all need. */
#include "pool.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* The first ones are the scenario's, in its order. */
_Static_assert((int)SERVER_UPDATE == (int)SERVERS_UPDATE, "servers");

static const char *const pool_server_names[SERVER_COUNT] = {
	[SERVER_DHCP] = "dhcp",
	[SERVER_DNS] = "dns",
	[SERVER_NTP] = "ntp",
	[SERVER_KDC] = "kdc",
	[SERVER_LDAP] = "ldap",
	[SERVER_CA_WEB] = "ca-web",
	[SERVER_SIP] = "sip",
	[SERVER_EXCHANGE] = "exchange",
	[SERVER_UPDATE] = "update",
	[SERVER_UPDATE_EXTERNAL] = "update-external",
	[SERVER_HTTP_OTHER] = "http",
	[SERVER_HTTPS_OTHER] = "https",
};

static const struct pool_part *const *
pool_parts_of(const struct pool *pool)
{
	return pool->options.only != NULL ? pool_joined_parts : pool_parts;
}

int
pool_start(struct pool *pool)
{
	for (int i = 0; i < SERVER_COUNT; i++)
		pool->taps[i].server = pool_server_names[i];
	pool->dir_fd = pool->firmware_fd = -1;
	while (pool_parts_of(pool)[pool->parts] != NULL) {
		const struct pool_part *part = pool_parts_of(pool)[pool->parts++];
		int rc = part->start(pool);

		if (rc == 0)
			continue;
		/* Most parts have said it better themselves. */
		if (pool->complaint[0] == '\0')
			pool_failed(pool, part->name, rc);
		pool_stop(pool);
		return rc;
	}
	return 0;
}

/* The part that failed is stopped too: it mends what it left half done. */
void
pool_stop(struct pool *pool)
{
	while (pool->parts > 0)
		pool_parts_of(pool)[--pool->parts]->stop(pool);
}

/* Ports keep their distance to the standard ones. */
struct sock_peer
pool_at(const struct pool *pool, uint32_t host, enum pool_ports standard)
{
	uint32_t base = pool->options.standard_ports ? 0 : pool->options.port_base;

	return (struct sock_peer){ host, (uint16_t)(base + standard) };
}

int
pool_cannot(struct pool *pool, const char *what, struct sock_peer at, int rc)
{
	char ip[TEXT_IP_MAX];

	snprintf(pool->complaint, sizeof pool->complaint,
	    "%s cannot listen on %s:%u: %s; try another --port-base or --listen", what,
	    text_ip_str(at.ip, ip), at.port, strerror(-rc));
	return rc;
}

int
pool_failed(struct pool *pool, const char *what, int rc)
{
	snprintf(pool->complaint, sizeof pool->complaint, "%s: %s", what, strerror(-rc));
	return rc;
}

/* Written by hand: names and numbers need no quoting. */
void
pool_stats(const struct pool *pool, struct buf *to)
{
	buf_text(to, "{\n");
	for (int i = 0; i < SERVER_COUNT; i++) {
		const struct tap *tap = &pool->taps[i];

		buf_printf(to,
		    "  \"%s\": {\"requests\": %llu, \"replies\": %llu, \"bytes_in\": %llu, "
		    "\"bytes_out\": %llu",
		    pool_server_names[i], (unsigned long long)tap->requests,
		    (unsigned long long)tap->replies, (unsigned long long)tap->bytes_in,
		    (unsigned long long)tap->bytes_out);
		if (i < SERVER_UPDATE_EXTERNAL && pool->wires[i] != NULL) {
			buf_text(to, ", \"faults\": ");
			wire_counts(pool->wires[i], atomic_load(&pool->answered[i]), to);
		}
		buf_printf(to, "}%s\n", i + 1 < SERVER_COUNT ? "," : "");
	}
	buf_text(to, "}\n");
}
