/* pool_ldap.c - the domain controller's directory on TCP. */
#include <errno.h>

#include "mem.h"
#include "pool.h"

enum { LDAP_IDLE_US = 900000000 }; /* Active Directory's MaxConnIdleTime */

struct ldap_client {
	uint32_t ip;
	uint64_t heard_us;
	struct serve_ldap_conn conn;
};

struct ldap_counts {
	uint64_t binds, refused, searches, entries;
};

/* A client's state is the logic's, with what we need to log and to close it. */
static void *
ldap_on_open(void *arg, struct stream_conn *conn, const struct sock_peer *peer)
{
	struct pool *pool = arg;
	struct ldap_client *client = mem_new(sizeof *client);

	(void)conn;
	if (client == NULL)
		return NULL;
	client->ip = peer->ip;
	client->heard_us = loop_now_us(pool->loop);
	serve_ldap_open(&client->conn, &pool->ldap);
	return client;
}

/* What these bytes came to, by what the server has counted since. */
static void
ldap_log(
    const struct pool *pool, const struct ldap_client *client, const struct ldap_counts *was)
{
	const struct serve_ldap *now = &pool->ldap;
	const struct serve_ldap_conn *conn = &client->conn;

	if (now->binds > was->binds)
		pool_log_line(pool->log, "ldap", client->ip, "bind -> %s%s", conn->client,
		    conn->wrapped ? ", with a security layer" : "");
	if (now->refused > was->refused)
		pool_log_line(pool->log, "ldap", client->ip, "bind -> refused: %s",
		    conn->why != NULL ? conn->why : "?");
	if (now->searches > was->searches)
		pool_log_line(pool->log, "ldap", client->ip, "search -> %llu entries",
		    (unsigned long long)(now->entries - was->entries));
}

/* The counters before and after say what these bytes were. */
static int
ldap_on_input(void *arg, void *user, struct span bytes, struct buf *out)
{
	struct pool *pool = arg;
	struct ldap_client *client = user;
	struct ldap_counts was = { pool->ldap.binds, pool->ldap.refused, pool->ldap.searches,
		pool->ldap.entries };
	int rc;

	pool->ldap.refuse = pool_answer(pool, SERVERS_LDAP);
	rc = serve_ldap_bytes(&client->conn, bytes, out);
	client->heard_us = loop_now_us(pool->loop);
	ldap_log(pool, client, &was);
	return rc;
}

/* Active Directory closes silent connections, too. */
static bool
ldap_is_idle(void *arg, void *user, uint64_t now_us)
{
	const struct ldap_client *client = user;

	(void)arg;
	return now_us > client->heard_us + LDAP_IDLE_US;
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
ldap_join(void *arg, int fd_take, const struct sock_peer *peer)
{
	struct pool *pool = arg;

	return face_stream_take(pool->ldap_face, fd_take, peer);
}

/* Plain TCP, as the phone speaks it; the logic is harness/serve's. */
static int
ldap_start(struct pool *pool)
{
	static const struct face_stream_ops ops = { ldap_on_open, ldap_on_input, ldap_is_idle,
		ldap_on_close };
	struct serve_ldap_cfg cfg = { serve_plan_directory(), pool->ldap_keys };
	struct sock_peer at = pool_at(pool, pool->hosts.dc, PORT_LDAP);
	bool fronted = pool->wires[SERVERS_LDAP] != NULL;
	int rc;

	cfg.dir.root = pool_ca_root(pool->ca);
	cfg.dir.publish = pool->options.publish_ca;
	cfg.dir.no_enrollment = !pool->habits.ldap.enrollment;
	rc = serve_ldap_init(&pool->ldap, &cfg);

	if (rc != 0)
		return pool_failed(pool, "ldap: the directory", rc);
	rc = face_stream_new(&(struct face_stream_cfg){ .loop = pool->loop,
				 .tap = &pool->taps[SERVER_LDAP],
				 .at = at,
				 .fronted = fronted,
				 .ops = &ops,
				 .arg = pool },
	    &pool->ldap_face);
	if (rc == 0 && fronted)
		rc = pool_front(pool, SERVERS_LDAP,
		    &(struct front_cfg){ .at = at, .join = ldap_join, .arg = pool });
	return rc == 0 ? 0 : pool_cannot(pool, "ldap", at, rc);
}

static void
ldap_stop(struct pool *pool)
{
	pool_front_end(pool, SERVERS_LDAP);
	face_stream_free(pool->ldap_face);
}

const struct pool_part part_ldap = { "ldap", ldap_start, ldap_stop };
