/* pool_net.c - DHCP, DNS and NTP: the logic of harness/serve on UDP (and DNS on TCP). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "pool.h"
#include "serve_habits.h"
#include "serve_zone.h"
#include "text.h"

enum { DNS_STREAM_MAX = 4096, DNS_STREAM_IDLE_US = 30000000, DNS_TTL_S = 3600 };

/* ---- DHCP ---- */

/* For the log: a packet that is not answered has an answer's type of 0. */
static const char *
dhcp_said(enum dhcp_type type)
{
	return type != 0 ? dhcp_type_name(type) : "nothing";
}

static void
dhcp_on_packet(void *arg, const struct sock_peer *from, struct span packet, struct buf *reply,
    struct sock_peer *to)
{
	struct pool *pool = arg;
	struct serve_dhcp_done done = { 0 };
	char mac[TEXT_MAC_MAX], ip[TEXT_IP_MAX];
	int rc;

	serve_dhcp_refuse(pool->dhcp, pool_answer(pool, SERVERS_DHCP) != 0);
	rc = serve_dhcp_answer(pool->dhcp, packet, loop_now_us(pool->loop), reply, &done);

	if (rc != 0) {
		pool_log_line(pool->log, "dhcp", from->ip, "%s",
		    rc == -ENOENT ? "from no subnet of ours" : "not readable");
		return;
	}
	/* Nobody hears a broadcast on loopback: it goes back to whoever sent the request. */
	if (done.to_ip != 0) {
		to->ip = done.to_ip;
		to->port = (uint16_t)(pool->options.port_base + done.to_port);
	}
	pool_log_line(pool->log, "dhcp", from->ip, "%s from %s -> %s %s", dhcp_said(done.asked),
	    text_mac_str(done.mac, mac), dhcp_said(done.answered), text_ip_str(done.ip, ip));
}

static int
dhcp_start(struct pool *pool)
{
	const struct pool_options *o = &pool->options;
	struct sock_peer at = pool_at(pool, o->listen, PORT_DHCP);
	struct serve_dhcp_scope scopes[SERVE_SCOPES_MAX];
	struct serve_dhcp_cfg cfg = serve_plan_dhcp();
	const char *search[SERVERS_SEARCH_MAX];
	int rc;

	serve_habits_dhcp(&pool->habits.dhcp, search, &cfg);

	/* The relays are the two addresses after the servers'. */
	cfg.n_scopes = serve_scopes(&(struct serve_net){ .net = o->net,
					.bits = o->net_bits,
					.voice_vlan = (uint16_t)o->voice_vlan,
					.relay = o->listen + 1,
					.dns = o->listen },
	    scopes);
	cfg.scopes = scopes;
	cfg.server = o->listen;
	cfg.lease_s = (uint32_t)(o->lease_us / 1000000);
	rc = serve_dhcp_new(&cfg, &pool->dhcp);

	if (rc != 0)
		return pool_failed(pool, "dhcp: no addresses to lease", rc);
	rc = face_udp_new(&(struct face_udp_cfg){ .loop = pool->loop,
			      .tap = &pool->taps[SERVER_DHCP],
			      .wire = pool->wires[SERVERS_DHCP],
			      .at = at,
			      .fn = dhcp_on_packet,
			      .arg = pool },
	    &pool->dhcp_face);
	return rc == 0 ? 0 : pool_cannot(pool, "dhcp", at, rc);
}

static void
dhcp_stop(struct pool *pool)
{
	face_udp_free(pool->dhcp_face);
	serve_dhcp_free(pool->dhcp);
}

const struct pool_part part_dhcp = { "dhcp", dhcp_start, dhcp_stop };

/* ---- DNS ---- */

/* The same line for UDP and TCP, but for `by`. */
static void
dns_log(struct pool *pool, uint32_t ip, const struct serve_dns_done *done, const char *by)
{
	pool_log_line(pool->log, "dns", ip, "%s type %u%s -> rcode %u, %u answers%s",
	    done->name, done->type, by, done->rcode, done->answers,
	    done->truncated ? ", truncated" : "");
}

static void
dns_on_packet(void *arg, const struct sock_peer *from, struct span packet, struct buf *reply,
    struct sock_peer *to)
{
	struct pool *pool = arg;
	struct serve_dns_done done = { .name = "" };

	(void)to;
	serve_dns_refuse(pool->dns, (uint8_t)pool_answer(pool, SERVERS_DNS));
	if (serve_dns_answer(pool->dns, packet, false, reply, &done) == 0)
		dns_log(pool, from->ip, &done, "");
	else
		pool_log_line(pool->log, "dns", from->ip, "not readable");
}

/* One TCP client. */
struct dns_client {
	uint32_t ip;
	uint64_t heard_us;
	struct buf in;
};

static void *
dns_on_open(void *arg, struct stream_conn *conn, const struct sock_peer *peer)
{
	struct pool *pool = arg;
	struct dns_client *client = mem_new(sizeof *client);

	(void)conn;
	if (client == NULL)
		return NULL;
	client->ip = peer->ip;
	client->heard_us = loop_now_us(pool->loop);
	buf_init(&client->in, DNS_STREAM_MAX);
	return client;
}

static int
dns_on_input(void *arg, void *user, struct span bytes, struct buf *out)
{
	struct pool *pool = arg;
	struct dns_client *client = user;
	struct serve_dns_done done = { .name = "" };
	int rc;

	client->heard_us = loop_now_us(pool->loop);
	buf_span(&client->in, bytes);
	serve_dns_refuse(pool->dns, (uint8_t)pool_answer(pool, SERVERS_DNS));
	/* Several queries may come in one read, or one in several (RFC 1035 4.2.2). */
	while ((rc = serve_dns_stream(pool->dns, &client->in, out, &done)) == 1)
		dns_log(pool, client->ip, &done, " by TCP");
	return rc < 0 ? rc : client->in.err;
}

/* RFC 7766 lets a server close an idle connection whenever it likes. */
static bool
dns_is_idle(void *arg, void *user, uint64_t now_us)
{
	const struct dns_client *client = user;

	(void)arg;
	return now_us > client->heard_us + DNS_STREAM_IDLE_US;
}

static void
dns_on_close(void *arg, void *user)
{
	struct dns_client *client = user;

	(void)arg;
	buf_done(&client->in);
	mem_free(client);
}

static int
dns_join(void *arg, int fd_take, const struct sock_peer *peer)
{
	struct pool *pool = arg;

	return face_stream_take(pool->dns_stream, fd_take, peer);
}

/* One zone, asked by UDP and TCP. */
static int
dns_start(struct pool *pool)
{
	static const struct face_stream_ops ops = { dns_on_open, dns_on_input, dns_is_idle,
		dns_on_close };
	struct sock_peer at = pool_at(pool, pool->options.listen, PORT_DNS);
	struct wire *wire = pool->wires[SERVERS_DNS];
	struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX];
	size_t n = serve_zone(&pool->hosts, zone);
	int rc;

	/* The other pool may go by a name that is not the plan's. */
	if (pool->hosts.home != 0 && strcasecmp(pool->other.name, POOL_HOME) != 0)
		zone[n++] = (struct serve_dns_record){
			.name = pool->other.name, .type = DNS_A, .ip = pool->hosts.home
		};
	n = serve_habits_zone(&pool->habits.dns, zone, n);
	rc = serve_dns_new(zone, n, DNS_TTL_S, &pool->dns);

	if (rc != 0)
		return pool_failed(pool, "dns: the zone", rc);
	rc = face_udp_new(&(struct face_udp_cfg){ .loop = pool->loop,
			      .tap = &pool->taps[SERVER_DNS],
			      .wire = wire,
			      .at = at,
			      .fn = dns_on_packet,
			      .arg = pool },
	    &pool->dns_face);
	if (rc == 0)
		rc = face_stream_new(&(struct face_stream_cfg){ .loop = pool->loop,
					 .tap = &pool->taps[SERVER_DNS],
					 .at = at,
					 .fronted = wire != NULL,
					 .ops = &ops,
					 .arg = pool },
		    &pool->dns_stream);
	if (rc == 0 && wire != NULL)
		rc = pool_front(pool, SERVERS_DNS,
		    &(struct front_cfg){ .at = at, .join = dns_join, .arg = pool });
	return rc == 0 ? 0 : pool_cannot(pool, "dns", at, rc);
}

static void
dns_stop(struct pool *pool)
{
	pool_front_end(pool, SERVERS_DNS);
	face_stream_free(pool->dns_stream);
	face_udp_free(pool->dns_face);
	serve_dns_free(pool->dns);
}

const struct pool_part part_dns = { "dns", dns_start, dns_stop };

/* ---- NTP ---- */

static void
ntp_on_packet(void *arg, const struct sock_peer *from, struct span packet, struct buf *reply,
    struct sock_peer *to)
{
	struct pool *pool = arg;
	struct serve_ntp_cfg cfg = pool->ntp;
	struct fault_deed deed;
	int rc;

	/* A kiss of death says why in four letters. */
	if (pool_answer(pool, SERVERS_NTP) != 0 && wire_deed(pool->wires[SERVERS_NTP], &deed)) {
		cfg.stratum = 0;
		memcpy(cfg.kiss, deed.answer_word, sizeof cfg.kiss - 1);
	}
	rc = serve_ntp_answer(&cfg, packet, loop_wall_us(), reply);

	(void)to;
	pool_log_line(pool->log, "ntp", from->ip, rc == 0 ? "told the time" : "not readable");
}

/* Stratum 2 with a local reference: nobody measures the clock of this machine. */
static int
ntp_start(struct pool *pool)
{
	struct sock_peer at = pool_at(pool, pool->hosts.dc, PORT_NTP);
	int rc;

	pool->ntp = (struct serve_ntp_cfg){
		.stratum = 2, .refid = 0x7f7f0101, .offset_us = pool->habits.ntp.offset_us
	};
	rc = face_udp_new(&(struct face_udp_cfg){ .loop = pool->loop,
			      .tap = &pool->taps[SERVER_NTP],
			      .wire = pool->wires[SERVERS_NTP],
			      .at = at,
			      .fn = ntp_on_packet,
			      .arg = pool },
	    &pool->ntp_face);
	return rc == 0 ? 0 : pool_cannot(pool, "ntp", at, rc);
}

static void
ntp_stop(struct pool *pool)
{
	face_udp_free(pool->ntp_face);
}

const struct pool_part part_ntp = { "ntp", ntp_start, ntp_stop };
