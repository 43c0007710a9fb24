/* sim_pool_dhcp.c - the DHCP server of the simulated pool, behind the world's relay agent. */
#include "sim_pool_priv.h"

enum { NET_BITS_MIN = 10, NET_BITS_MAX = 22, NET_SPARE = 512 };

static void
dhcp_hears(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct sim_pool *pool = arg;
	struct serve_dhcp_done done;
	struct fault_deed deed;
	struct buf reply = { 0 };

	if (c->deed != SIM_SENT)
		return;
	serve_dhcp_refuse(pool->dhcp, sim_pool_refuses(pool, SERVERS_DHCP, &deed));
	if (serve_dhcp_answer(pool->dhcp, c->bytes, sim_now_us(sim), &reply, &done) == 0 &&
	    reply.n > 0)
		sim_packet(sim, c->h, 0, buf_bytes(&reply));
	buf_done(&reply);
}

/* As long a prefix as leaves half of the addresses free, so that nobody has to search. */
static uint32_t
dhcp_bits(const struct sim_pool *pool)
{
	uint64_t wanted = 4 * (uint64_t)pool->users + NET_SPARE;
	uint32_t bits = NET_BITS_MAX;

	while (bits > NET_BITS_MIN && (UINT64_C(1) << (32 - bits)) < wanted)
		bits--;
	return bits;
}

static int
dhcp_start(struct sim_pool *pool)
{
	const struct serve_net net = { .net = SIM_POOL_NET,
		.bits = dhcp_bits(pool),
		.voice_vlan = pool->habits.dhcp.voice_vlan,
		.relay = SIM_POOL_RELAY,
		.dns = SIM_POOL_DNS };
	const char *search[SERVERS_SEARCH_MAX];
	struct serve_dhcp_cfg cfg = serve_plan_dhcp();
	struct serve_dhcp_scope scopes[SERVE_SCOPES_MAX];
	int err;

	serve_habits_dhcp(&pool->habits.dhcp, search, &cfg);
	cfg.server = SIM_POOL_DHCP;
	cfg.n_scopes = serve_scopes(&net, scopes);
	cfg.scopes = scopes;
	err = serve_dhcp_new(&cfg, &pool->dhcp);
	if (err == 0)
		err = sim_relay(pool->sim, 0, SIM_POOL_RELAY);
	if (err == 0 && net.voice_vlan != 0)
		err = sim_relay(pool->sim, net.voice_vlan, SIM_POOL_RELAY + 1);
	if (err == 0)
		err = sim_pool_listen(
		    pool, SERVERS_DHCP, SIM_DHCP, SIM_POOL_DHCP, PORT_DHCP, dhcp_hears, pool);
	/* A renewal comes straight from the phone. */
	if (err == 0)
		err = sim_pool_listen(
		    pool, SERVERS_DHCP, SIM_UDP, SIM_POOL_DHCP, PORT_DHCP, dhcp_hears, pool);
	return err;
}

static void
dhcp_stop(struct sim_pool *pool)
{
	serve_dhcp_free(pool->dhcp);
}

const struct sim_part sim_part_dhcp = { "dhcp", dhcp_start, dhcp_stop };
