/* sim_pool_ldap.c - the directory of the simulated pool's domain controller. */
#include "mem.h"
#include "sim_pool_priv.h"

enum { LDAP_IDLE_US = 900000000 }; /* Active Directory's MaxConnIdleTime */

struct ldap_client {
	uint64_t heard_us;
	struct serve_ldap_conn conn;
};

static void *
ldap_on_open(void *arg, struct sim_stream *stream, const struct sim_call *c)
{
	struct sim_pool *pool = arg;
	struct ldap_client *client = mem_new(sizeof *client);

	(void)stream;
	(void)c;
	if (client == NULL)
		return NULL;
	client->heard_us = sim_now_us(pool->sim);
	serve_ldap_open(&client->conn, &pool->ldap);
	return client;
}

static int
ldap_on_input(void *arg, void *user, const struct sim_call *c, struct buf *out)
{
	struct sim_pool *pool = arg;
	struct ldap_client *client = user;
	struct fault_deed deed;

	(void)sim_pool_refuses(pool, SERVERS_LDAP, &deed);
	pool->ldap.refuse = deed.answer;
	client->heard_us = sim_now_us(pool->sim);
	return serve_ldap_bytes(&client->conn, c->bytes, out);
}

static uint64_t
ldap_idle_at(void *arg, void *user)
{
	const struct ldap_client *client = user;

	(void)arg;
	return client->heard_us + LDAP_IDLE_US;
}

static void
ldap_on_close(void *arg, void *user)
{
	struct ldap_client *client = user;

	(void)arg;
	serve_ldap_close(&client->conn);
	mem_free(client);
}

static int
ldap_start(struct sim_pool *pool)
{
	static const struct sim_stream_ops ops = { ldap_on_open, ldap_on_input, ldap_idle_at,
		ldap_on_close };
	struct serve_ldap_cfg cfg = { serve_plan_directory(), pool->keys[KEYS_LDAP] };
	int err;

	cfg.dir.root = buf_bytes(&pool->root);
	cfg.dir.publish = pool->habits.ldap.publish_ca;
	cfg.dir.no_enrollment = !pool->habits.ldap.enrollment;
	pool->ldap_stream = (struct sim_stream_face){
		.sim = pool->sim, .clock = pool->clock, .ops = &ops, .arg = pool
	};
	list_init(&pool->ldap_stream.conns);
	err = serve_ldap_init(&pool->ldap, &cfg);
	return err != 0 ? err
			: sim_pool_listen(pool, SERVERS_LDAP, SIM_STREAM, SIM_POOL_DC,
			      PORT_LDAP, sim_stream_hears, &pool->ldap_stream);
}

static void
ldap_stop(struct sim_pool *pool)
{
	sim_stream_face_done(&pool->ldap_stream);
}

const struct sim_part sim_part_ldap = { "ldap", ldap_start, ldap_stop };
