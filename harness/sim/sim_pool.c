/* sim_pool.c - see sim_pool.h: starting and stopping the parts, and what they all need. */
#include "sim_pool.h"

#include <errno.h>
#include <string.h>

#include "mem.h"
#include "sim_pool_priv.h"

int
sim_pool_new(struct sim *sim, const struct sim_pool_cfg *cfg, struct sim_pool **out)
{
	struct sim_pool *pool = mem_new(sizeof *pool);
	int err = 0;

	if (pool == NULL)
		return -ENOMEM;
	pool->sim = sim;
	pool->clock = cfg->clock;
	pool->faults = cfg->faults;
	pool->users = cfg->users;
	pool->password = cfg->password;
	pool->seed = cfg->seed;
	pool->between = cfg->between;
	pool->between_arg = cfg->between_arg;
	if (cfg->servers != NULL)
		pool->habits = *cfg->servers;
	else
		servers_default(&pool->habits);
	serve_habits_home(&pool->habits.sip, &pool->other);
	while (err == 0 && sim_parts[pool->parts] != NULL)
		err = sim_parts[pool->parts++]->start(pool);
	if (err != 0) {
		sim_pool_free(pool);
		return err;
	}
	*out = pool;
	return 0;
}

/* The part that failed is stopped too: it mends what it left half done. */
void
sim_pool_free(struct sim_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->parts > 0)
		sim_parts[--pool->parts]->stop(pool);
	mem_free(pool);
}

struct sim_link *
sim_pool_link(const struct sim_pool *pool, enum servers_id id)
{
	return pool->link[id];
}

struct span
sim_pool_root(const struct sim_pool *pool)
{
	return buf_bytes(&pool->root);
}

int
sim_pool_listen(struct sim_pool *pool, enum servers_id id, enum sim_type type, uint32_t ip,
    uint16_t port, sim_fn *fn, void *arg)
{
	struct sim_way *way = sim_link_way(pool->link[id]);

	if (pool->between != NULL)
		way = pool->between(pool->between_arg, id, way);
	return sim_listen_at(pool->sim, type, (struct io_addr){ ip, port }, way, fn, arg);
}

bool
sim_pool_refuses(const struct sim_pool *pool, enum servers_id id, struct fault_deed *out)
{
	*out = (struct fault_deed){ 0 };
	return sim_link_answer(pool->link[id], out);
}

/* ---- links ------------------------------------------------------------------- */

static int
links_start(struct sim_pool *pool)
{
	int err = 0;

	for (int id = 0; err == 0 && id < SERVERS_COUNT; id++) {
		const struct servers_cost *cost = &pool->habits.cost[id];

		err = sim_link_new(pool->clock,
		    &(struct sim_link_cfg){ .name = servers_name[id],
			.takes = cost->takes,
			.workers = cost->workers,
			.latency_us = cost->latency_us,
			.bytes_per_s = cost->bytes_per_s,
			.faults = pool->faults != NULL ? pool->faults->fault : NULL,
			.n_faults = pool->faults != NULL ? pool->faults->n : 0,
			.seed = pool->seed },
		    &pool->link[id]);
	}
	return err;
}

static void
links_stop(struct sim_pool *pool)
{
	for (int id = 0; id < SERVERS_COUNT; id++)
		sim_link_free(pool->link[id]);
}

const struct sim_part sim_part_links = { "links", links_start, links_stop };

/* ---- keys ---------------------------------------------------------------------- */

/* Who accepts what: as the embedded pool's keytabs. */
static int
keys_start(struct sim_pool *pool)
{
	int err = 0;

	for (int keys = KEYS_NOBODY + 1; err == 0 && keys < KEYS_COUNT; keys++) {
		struct sim_accept_cfg cfg = {
			.realm = POOL_REALM, .world = pool->sim, .keys = (enum serve_keys)keys
		};

		/* A CA's server that runs under the machine's own account has this key, too. */
		if (keys == KEYS_CA_WEB && !pool->habits.ca_web.wrong_key)
			cfg.also = "HTTP/" POOL_DC_SHORT;
		err = sim_accept_new(&cfg, &pool->keys[keys]);
	}
	return err;
}

static void
keys_stop(struct sim_pool *pool)
{
	for (int keys = 0; keys < KEYS_COUNT; keys++)
		sim_acceptor_free(pool->keys[keys]);
}

const struct sim_part sim_part_keys = { "keys", keys_start, keys_stop };

/* ---- how phones find it ------------------------------------------------------------- */

int
sim_pool_file(const char *password, struct pool_file *out)
{
	struct pool_file file = {
		.name = "rehearsal",
		.network.mode = POOL_LOOPBACK,
		.network.addresses[0] = { SIM_POOL_NET, 0xffc00000 },
		.network.n_addresses = 1,
		.macs = { 0x00, 0x04, 0xf2, 0x10, 0x00, 0x00 },
		.dhcp.mode = POOL_DHCP_RELAY,
		.dhcp.server = SIM_POOL_DHCP,
		.dhcp.relay[0] = { 0, SIM_POOL_RELAY },
		.dhcp.n_relays = 1,
		.users.name = POOL_USERS,
		.users.domain = POOL_DOMAIN,
		.users.sip_domain = POOL_DOMAIN,
		.allow[0] = { 0x0a280000, 0xffffff00 },
		.allow[1] = { SIM_POOL_NET, 0xffc00000 },
		.n_allow = 2,
		/* Its servers end with the run. */
		.leave = true,
	};

	file.file = mem_copy("rehearsal", strlen("rehearsal"));
	file.users.password = mem_copy(password, strlen(password));
	if (file.file == NULL || file.users.password == NULL) {
		mem_free(file.file);
		mem_free(file.users.password);
		return -ENOMEM;
	}
	*out = file;
	return 0;
}
