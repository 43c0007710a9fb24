/* sim_pool_net.c - DNS and NTP of the simulated pool. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "serve_ntp.h"
#include "sim_pool_priv.h"

enum { DNS_STREAM_MAX = 4096, DNS_STREAM_IDLE_US = 30000000, DNS_TTL_S = 3600 };

/* ---- DNS ------------------------------------------------------------------------- */

static void
dns_mood(struct sim_pool *pool)
{
	struct fault_deed deed;

	(void)sim_pool_refuses(pool, SERVERS_DNS, &deed);
	serve_dns_refuse(pool->dns, (uint8_t)deed.answer);
}

static void
dns_hears(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct sim_pool *pool = arg;
	struct serve_dns_done done;
	struct buf reply = { 0 };

	if (c->deed != SIM_SENT)
		return;
	dns_mood(pool);
	if (serve_dns_answer(pool->dns, c->bytes, false, &reply, &done) == 0)
		sim_packet(sim, c->h, 0, buf_bytes(&reply));
	buf_done(&reply);
}

struct dns_client {
	uint64_t heard_us;
	struct buf in;
};

static void *
dns_on_open(void *arg, struct sim_stream *stream, const struct sim_call *c)
{
	const struct sim_pool *pool = arg;
	struct dns_client *client = mem_new(sizeof *client);

	(void)stream;
	(void)c;
	if (client == NULL)
		return NULL;
	client->heard_us = sim_now_us(pool->sim);
	buf_init(&client->in, DNS_STREAM_MAX);
	return client;
}

static int
dns_on_input(void *arg, void *user, const struct sim_call *c, struct buf *out)
{
	struct sim_pool *pool = arg;
	struct dns_client *client = user;
	struct serve_dns_done done;
	int rc;

	client->heard_us = sim_now_us(pool->sim);
	buf_span(&client->in, c->bytes);
	dns_mood(pool);
	while ((rc = serve_dns_stream(pool->dns, &client->in, out, &done)) == 1)
		;
	return rc < 0 ? rc : client->in.err;
}

static uint64_t
dns_idle_at(void *arg, void *user)
{
	const struct dns_client *client = user;

	(void)arg;
	return client->heard_us + DNS_STREAM_IDLE_US;
}

static void
dns_on_close(void *arg, void *user)
{
	struct dns_client *client = user;

	(void)arg;
	buf_done(&client->in);
	mem_free(client);
}

/* The zone of all our pools, with the other pool's name, and what the habits make of it. */
static size_t
dns_zone(const struct sim_pool *pool, struct serve_dns_record *zone)
{
	const struct serve_hosts hosts = { .dc = SIM_POOL_DC,
		.pool = SIM_POOL_FRONT,
		.mail = SIM_POOL_MAIL,
		.home = SIM_POOL_HOME };
	size_t n = serve_zone(&hosts, zone);

	if (strcasecmp(pool->other.name, POOL_HOME) != 0)
		zone[n++] = (struct serve_dns_record){
			.name = pool->other.name, .type = DNS_A, .ip = SIM_POOL_HOME
		};
	return serve_habits_zone(&pool->habits.dns, zone, n);
}

static int
dns_start(struct sim_pool *pool)
{
	static const struct sim_stream_ops ops = { dns_on_open, dns_on_input, dns_idle_at,
		dns_on_close };
	struct serve_dns_record zone[SERVE_HABITS_ZONE_MAX];
	size_t n = dns_zone(pool, zone);
	int err;

	pool->dns_stream = (struct sim_stream_face){
		.sim = pool->sim, .clock = pool->clock, .ops = &ops, .arg = pool
	};
	list_init(&pool->dns_stream.conns);
	err = serve_dns_new(zone, n, DNS_TTL_S, &pool->dns);
	if (err == 0)
		err = sim_pool_listen(
		    pool, SERVERS_DNS, SIM_UDP, SIM_POOL_DNS, PORT_DNS, dns_hears, pool);
	if (err == 0)
		err = sim_pool_listen(pool, SERVERS_DNS, SIM_STREAM, SIM_POOL_DNS, PORT_DNS,
		    sim_stream_hears, &pool->dns_stream);
	return err;
}

static void
dns_stop(struct sim_pool *pool)
{
	sim_stream_face_done(&pool->dns_stream);
	serve_dns_free(pool->dns);
}

const struct sim_part sim_part_dns = { "dns", dns_start, dns_stop };

/* ---- NTP --------------------------------------------------------------------------- */

/* Stratum 2 with a local reference, or a kiss of death. */
static void
ntp_hears(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct sim_pool *pool = arg;
	struct serve_ntp_cfg cfg = {
		.stratum = 2, .refid = 0x7f7f0101, .offset_us = pool->habits.ntp.offset_us
	};
	struct fault_deed deed;
	struct buf reply = { 0 };

	if (c->deed != SIM_SENT)
		return;
	if (sim_pool_refuses(pool, SERVERS_NTP, &deed)) {
		cfg.stratum = 0;
		memcpy(cfg.kiss, deed.answer_word, sizeof cfg.kiss - 1);
	}
	if (serve_ntp_answer(&cfg, c->bytes, c->wall_us, &reply) == 0)
		sim_packet(sim, c->h, 0, buf_bytes(&reply));
	buf_done(&reply);
}

static int
ntp_start(struct sim_pool *pool)
{
	return sim_pool_listen(
	    pool, SERVERS_NTP, SIM_UDP, SIM_POOL_DC, PORT_NTP, ntp_hears, pool);
}

static void
ntp_stop(struct sim_pool *pool)
{
	(void)pool;
}

const struct sim_part sim_part_ntp = { "ntp", ntp_start, ntp_stop };
