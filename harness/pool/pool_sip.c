/* pool_sip.c - the front ends that speak SIP over TLS: the pool's, and another pool's where a
 * scenario has users who live there. */
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <strings.h>

#include "pool.h"

/* The logic keeps our connection as its face: so its peer is found again. */
static void *
sip_on_open(void *arg, struct stream_conn *conn, const struct sock_peer *peer)
{
	const struct pool_sip *front = arg;
	struct serve_sip_conn *sip;

	return serve_sip_open(front->logic, peer->ip, peer->port,
		   loop_now_us(front->pool->loop), conn, &sip) == 0
	    ? sip
	    : NULL;
}

/* The log's callback has no connection: whose bytes these are is noted for it. */
static int
sip_on_input(void *arg, void *user, struct span bytes, struct buf *out)
{
	struct pool_sip *front = arg;
	struct fault_deed deed = { 0 };

	if (pool_answer(front->pool, SERVERS_SIP) != 0)
		(void)wire_deed(front->pool->wires[SERVERS_SIP], &deed);
	serve_sip_refuse(front->logic, deed.answer, deed.retry_after_s);
	front->peer = stream_conn_peer(serve_sip_face(user))->ip;
	return serve_sip_bytes(
	    user, bytes, loop_now_us(front->pool->loop), loop_wall_us(), out);
}

static bool
sip_is_idle(void *arg, void *user, uint64_t now_us)
{
	(void)arg;
	return serve_sip_idle(user, now_us);
}

static void
sip_on_close(void *arg, void *user)
{
	(void)arg;
	serve_sip_close(user);
}

static void
sip_on_line(void *arg, const char *line)
{
	const struct pool_sip *front = arg;

	pool_log_line(front->pool->log, "sip", front->peer, "%s", line);
}

static int
sip_join(void *arg, int fd_take, const struct sock_peer *peer)
{
	const struct pool_sip *front = arg;

	return face_stream_take(front->face, fd_take, peer);
}

static int
sip_logic(struct pool_sip *front, struct serve_sip_cfg *cfg)
{
	const struct pool *pool = front->pool;

	if (gnutls_rnd(GNUTLS_RND_NONCE, &cfg->seed, sizeof cfg->seed) < 0)
		return -EIO;
	cfg->version = pool->options.sip_version;
	if (pool->options.realm != NULL)
		cfg->krb_realm = pool->options.realm;
	cfg->expires_s = pool->habits.sip.expires_s;
	cfg->keep_alive_s = (uint32_t)(pool->options.keep_alive_us / 1000000);
	cfg->n_users = pool->options.users;
	cfg->log = sip_on_line;
	cfg->arg = front;
	return serve_sip_new(cfg, &front->logic);
}

static int
sip_face(struct pool_sip *front, struct sock_peer at)
{
	static const struct face_stream_ops ops = { sip_on_open, sip_on_input, sip_is_idle,
		sip_on_close };
	struct pool *pool = front->pool;
	bool fronted = pool->wires[SERVERS_SIP] != NULL;
	int rc = face_stream_new(&(struct face_stream_cfg){ .loop = pool->loop,
				     .tap = &pool->taps[SERVER_SIP],
				     .at = at,
				     .fronted = fronted,
				     .tls = front->tls,
				     .ops = &ops,
				     .arg = front },
	    &front->face);

	if (rc == 0 && fronted)
		rc = pool_front(pool, SERVERS_SIP,
		    &(struct front_cfg){
			.at = at, .tls = true, .join = sip_join, .arg = front });
	return rc == 0 ? 0 : pool_cannot(pool, "sip", at, rc);
}

/* The logic first, then TLS, then the face that uses both. */
static int
sip_open(struct pool *pool, struct pool_sip *front, struct serve_sip_cfg *cfg,
    const struct pool_cert *cert, struct sock_peer at)
{
	int rc;

	front->pool = pool;
	rc = sip_logic(front, cfg);
	if (rc == 0)
		rc = link_tls_new(cert, &front->tls);
	return rc == 0 ? sip_face(front, at) : pool_failed(pool, "sip", rc);
}

static void
sip_close(struct pool_sip *front)
{
	face_stream_free(front->face);
	link_tls_free(front->tls);
	serve_sip_free(front->logic);
}

/* ---- the pool's own ---- */

static int
sip_start(struct pool *pool)
{
	const struct servers_sip *habits = &pool->habits.sip;
	struct serve_sip_cfg cfg = serve_plan_sip();

	cfg.acceptor = pool->sip_keys;
	if (habits->redirect > 0) {
		cfg.home_pool = habits->home_pool;
		cfg.redirect_percent = (unsigned)(habits->redirect * 100 + 0.5);
	}
	return sip_open(
	    pool, &pool->sip, &cfg, pool->sip_cert, pool_at(pool, pool->hosts.pool, PORT_SIP));
}

static void
sip_stop(struct pool *pool)
{
	pool_front_end(pool, SERVERS_SIP);
	sip_close(&pool->sip);
}

const struct pool_part part_sip = { "sip", sip_start, sip_stop };

/* ---- the other one, where users live who are sent there ---- */

/* By its own names, and by the one that the habits give it; what is wrong with the pool's
 * certificate is not wrong with this one. */
static int
home_cert(struct pool *pool)
{
	const char *names[POOL_HOME_NAMES] = { pool->other.name };
	size_t n = 1;

	for (size_t i = 0; serve_home_names[i] != NULL && n < POOL_HOME_NAMES - 1; i++)
		if (strcasecmp(serve_home_names[i], pool->other.name) != 0)
			names[n++] = serve_home_names[i];
	names[n] = NULL;
	return pool_ca_issue(pool->ca, names, CERTIFICATE_GOOD, &pool->home_cert);
}

static int
home_start(struct pool *pool)
{
	struct serve_sip_cfg cfg = serve_plan_sip();
	struct sock_peer at = { pool->hosts.home,
		(uint16_t)(pool->options.port_base + pool->other.port) };
	int rc;

	if (pool->hosts.home == 0)
		return 0;
	if (pool->options.port_base + pool->other.port > UINT16_MAX) {
		(void)snprintf(pool->complaint, sizeof pool->complaint,
		    "sip.home_pool: port %u is beyond this --port-base", pool->other.port);
		return -ERANGE;
	}
	rc = home_cert(pool);
	if (rc != 0)
		return pool_failed(pool, "the other pool's certificate", rc);
	cfg.acceptor = pool->home_keys;
	cfg.fqdn = POOL_HOME_FRONT;
	return sip_open(pool, &pool->home, &cfg, pool->home_cert, at);
}

static void
home_stop(struct pool *pool)
{
	pool_front_end(pool, SERVERS_SIP);
	sip_close(&pool->home);
	pool_cert_free(pool->home_cert);
}

const struct pool_part part_home = { "the other pool", home_start, home_stop };
