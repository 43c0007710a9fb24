/* pool_sip.c - the front end that speaks SIP over TLS. */
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "pool.h"

/* The logic keeps our connection as its face: so its peer is found again. */
static void *
sip_on_open(void *arg, struct stream_conn *conn, const struct sock_peer *peer)
{
	struct pool *pool = arg;
	struct serve_sip_conn *sip;

	return serve_sip_open(
		   pool->sip, peer->ip, peer->port, loop_now_us(pool->loop), conn, &sip) == 0
	    ? sip
	    : NULL;
}

/* The log's callback has no connection: whose bytes these are is noted for it. */
static int
sip_on_input(void *arg, void *user, struct span bytes, struct buf *out)
{
	struct pool *pool = arg;
	uint32_t retry_after_s;
	int answer;

	(void)pool_refuses(pool, SERVERS_SIP, &answer, &retry_after_s);
	serve_sip_refuse(pool->sip, answer, retry_after_s);
	pool->sip_peer = stream_conn_peer(serve_sip_face(user))->ip;
	return serve_sip_bytes(user, bytes, loop_now_us(pool->loop), loop_wall_us(), out);
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
	struct pool *pool = arg;

	pool_log_line(pool->log, "sip", pool->sip_peer, "%s", line);
}

static int
sip_logic(struct pool *pool)
{
	struct serve_sip_cfg cfg = serve_plan_sip();

	if (gnutls_rnd(GNUTLS_RND_NONCE, &cfg.seed, sizeof cfg.seed) < 0)
		return -EIO;
	cfg.acceptor = pool->sip_keys;
	cfg.version = pool->options.sip_version;
	cfg.expires_s = pool->habits.sip.expires_s;
	cfg.keep_alive_s = (uint32_t)(pool->options.keep_alive_us / 1000000);
	cfg.n_users = pool->options.users;
	cfg.log = sip_on_line;
	cfg.arg = pool;
	return serve_sip_new(&cfg, &pool->sip);
}

static int
sip_join(void *arg, int fd_take, const struct sock_peer *peer)
{
	struct pool *pool = arg;

	return face_stream_take(pool->sip_face, fd_take, peer);
}

/* The logic first, then TLS, then the face that uses both. */
static int
sip_start(struct pool *pool)
{
	static const struct face_stream_ops ops = { sip_on_open, sip_on_input, sip_is_idle,
		sip_on_close };
	struct sock_peer at = pool_at(pool, pool->hosts.pool, PORT_SIP);
	bool fronted = pool->wires[SERVERS_SIP] != NULL;
	int rc = sip_logic(pool);

	if (rc == 0)
		rc = link_tls_new(pool->sip_cert, &pool->sip_tls);
	if (rc != 0)
		return pool_failed(pool, "sip", rc);
	rc = face_stream_new(&(struct face_stream_cfg){ .loop = pool->loop,
				 .tap = &pool->taps[SERVER_SIP],
				 .at = at,
				 .fronted = fronted,
				 .tls = pool->sip_tls,
				 .ops = &ops,
				 .arg = pool },
	    &pool->sip_face);
	if (rc == 0 && fronted)
		rc = pool_front(pool, SERVERS_SIP,
		    &(struct front_cfg){
			.at = at, .tls = true, .join = sip_join, .arg = pool });
	return rc == 0 ? 0 : pool_cannot(pool, "sip", at, rc);
}

static void
sip_stop(struct pool *pool)
{
	pool_front_end(pool, SERVERS_SIP);
	face_stream_free(pool->sip_face);
	link_tls_free(pool->sip_tls);
	serve_sip_free(pool->sip);
}

const struct pool_part part_sip = { "sip", sip_start, sip_stop };
