/*
 * pool_web.c - port 80: the CA's web server and the update service inside; port
 * 443: Exchange, and the update service for phones outside.  Each port has a
 * thread of its own, and with it its own acceptor and its own state.
 */
#include <errno.h>

#include "pool.h"

/* A refusal that a fault wants, instead of whatever it would have been. */
static bool
web_refused(struct pool *pool, enum servers_id id, struct serve_reply *reply)
{
	uint32_t retry_after_s;
	int answer;

	if (!pool_refuses(pool, id, &answer, &retry_after_s))
		return false;
	serve_refuse(reply, answer, retry_after_s);
	return true;
}

static void
web_on_ca(void *arg, const struct serve_request *request, struct serve_reply *reply)
{
	struct pool *pool = arg;

	if (!web_refused(pool, SERVERS_CA_WEB, reply))
		serve_ca_web(&pool->ca_web, request, reply);
}

/*
 * The audit text is put together by the logic and written whole, so lines of two threads do not
 * mix.
 */
static void
web_update(struct pool *pool, struct serve_update *service, const struct serve_request *request,
    struct serve_reply *reply)
{
	struct buf audit = { 0 };

	if (web_refused(pool, SERVERS_UPDATE, reply))
		return;
	serve_update(service, request, reply, &audit);
	if (audit.n > 0)
		pool_log_raw(pool->audit, buf_bytes(&audit));
	buf_done(&audit);
}

static void
web_on_update(void *arg, const struct serve_request *request, struct serve_reply *reply)
{
	struct pool *pool = arg;

	web_update(pool, &pool->update, request, reply);
}

static void
web_on_update_external(
    void *arg, const struct serve_request *request, struct serve_reply *reply)
{
	struct pool *pool = arg;

	web_update(pool, &pool->update_external, request, reply);
}

static void
web_on_exchange(void *arg, const struct serve_request *request, struct serve_reply *reply)
{
	struct pool *pool = arg;

	if (!web_refused(pool, SERVERS_EXCHANGE, reply))
		serve_exchange(&pool->exchange, request, reply);
}

/* Port 80 asks nobody to sign in: its acceptor is NULL. */
static struct serve_update_cfg
web_update_cfg(const struct pool *pool, struct acceptor *acceptor)
{
	struct serve_update_cfg cfg = serve_plan_update();

	cfg.version = pool->options.firmware_version;
	cfg.blank = pool->options.no_update;
	cfg.acceptor = acceptor;
	return cfg;
}

struct web_door {
	enum servers_id id;
	uint32_t host;
};

static int
web_join(void *arg, int fd_take, const struct sock_peer *peer)
{
	struct pool *pool = arg;

	return face_http_take(pool->http, fd_take, peer);
}

static int
web_join_tls(void *arg, int fd_take, const struct sock_peer *peer)
{
	struct pool *pool = arg;

	return face_http_take(pool->https, fd_take, peer);
}

/* The doors of the two servers that share a port, each at its host's address.  0, or the
 * complaint. */
static int
web_fronts(struct pool *pool, enum pool_ports port, const struct web_door doors[2])
{
	int rc = 0;

	for (int i = 0; rc == 0 && pool->web_fronted && i < 2; i++) {
		struct front_cfg cfg = { .at = pool_at(pool, doors[i].host, port),
			.tls = port == PORT_HTTPS,
			.join = port == PORT_HTTPS ? web_join_tls : web_join,
			.arg = pool };

		rc = pool_front(pool, doors[i].id, &cfg);
		if (rc != 0)
			return pool_cannot(pool, servers_name[doors[i].id], cfg.at, rc);
	}
	return rc;
}

/* The CA and the update service inside, without TLS. */
static int
http_start(struct pool *pool)
{
	const struct face_http_route routes[] = {
		{ "/certsrv", &pool->taps[SERVER_CA_WEB], web_on_ca, pool },
		{ "/RequestHandler", &pool->taps[SERVER_UPDATE], web_on_update, pool },
		{ "/DeviceUpdateFiles", &pool->taps[SERVER_UPDATE], web_on_update, pool },
	};
	const struct web_door doors[] = { { SERVERS_CA_WEB, pool->hosts.dc },
		{ SERVERS_UPDATE, pool->hosts.pool } };
	struct sock_peer at = pool_at(pool, pool->options.listen, PORT_HTTP);
	int rc = serve_ca_web_init(&pool->ca_web, pool->ca_web_keys, pool_ca_chain(pool->ca));

	if (rc != 0)
		return pool_failed(pool, "the CA's web server", rc);
	pool->update.cfg = web_update_cfg(pool, NULL);
	rc = face_http_new(&(struct face_http_cfg){ .at = at,
			       .fronted = pool->web_fronted,
			       .routes = routes,
			       .n_routes = sizeof routes / sizeof routes[0],
			       .other = &pool->taps[SERVER_HTTP_OTHER],
			       .firmware_fd = pool->firmware_fd,
			       .firmware_size = pool->options.firmware_size,
			       .firmware_cut = pool->habits.update.wrong_length },
	    &pool->http);
	return rc == 0 ? web_fronts(pool, PORT_HTTP, doors) : pool_cannot(pool, "http", at, rc);
}

static void
http_stop(struct pool *pool)
{
	pool_front_end(pool, SERVERS_CA_WEB);
	pool_front_end(pool, SERVERS_UPDATE);
	face_http_free(pool->http);
	serve_ca_web_done(&pool->ca_web);
}

const struct pool_part part_http = { "http", http_start, http_stop };

/* Exchange and the update service outside; the certificate has both their names. */
static int
https_start(struct pool *pool)
{
	struct tap *update = &pool->taps[SERVER_UPDATE_EXTERNAL];
	struct tap *exchange = &pool->taps[SERVER_EXCHANGE];
	const struct web_door doors[] = { { SERVERS_EXCHANGE, pool->hosts.mail },
		{ SERVERS_UPDATE, pool->hosts.pool } };
	struct sock_peer at = pool_at(pool, pool->options.listen, PORT_HTTPS);
	const struct face_http_route routes[] = {
		{ "/RequestHandler", update, web_on_update_external, pool },
		{ "/DeviceUpdateFiles", update, web_on_update_external, pool },
		{ "/autodiscover/", exchange, web_on_exchange, pool },
		{ "/EWS/", exchange, web_on_exchange, pool },
	};
	int rc;

	pool->update_external.cfg = web_update_cfg(pool, pool->https_keys);
	pool->exchange.cfg = serve_plan_exchange();
	pool->exchange.cfg.acceptor = pool->https_keys;
	pool->exchange.cfg.no_mailbox = !pool->habits.exchange.mailbox;
	rc = face_http_new(&(struct face_http_cfg){ .at = at,
			       .fronted = pool->web_fronted,
			       .cert = pool->web_cert,
			       .routes = routes,
			       .n_routes = sizeof routes / sizeof routes[0],
			       .other = &pool->taps[SERVER_HTTPS_OTHER],
			       .firmware_fd = pool->firmware_fd,
			       .firmware_size = pool->options.firmware_size,
			       .firmware_cut = pool->habits.update.wrong_length },
	    &pool->https);
	return rc == 0 ? web_fronts(pool, PORT_HTTPS, doors)
		       : pool_cannot(pool, "https", at, rc);
}

static void
https_stop(struct pool *pool)
{
	pool_front_end(pool, SERVERS_EXCHANGE);
	pool_front_end(pool, SERVERS_UPDATE);
	face_http_free(pool->https);
}

const struct pool_part part_https = { "https", https_start, https_stop };
