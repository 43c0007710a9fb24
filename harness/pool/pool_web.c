/*
 * pool_web.c - port 80: the CA's web server and the update service inside; port
 * 443: Exchange, and the update service for phones outside.  Each port has a
 * thread of its own, and with it its own acceptor and its own state.
 */
#include <errno.h>

#include "pool.h"

static void
web_on_ca(void *arg, const struct serve_request *request, struct serve_reply *reply)
{
	struct pool *pool = arg;

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

/* The CA and the update service inside, without TLS. */
static int
http_start(struct pool *pool)
{
	const struct face_http_route routes[] = {
		{ "/certsrv", &pool->taps[SERVER_CA_WEB], web_on_ca, pool },
		{ "/RequestHandler", &pool->taps[SERVER_UPDATE], web_on_update, pool },
		{ "/DeviceUpdateFiles", &pool->taps[SERVER_UPDATE], web_on_update, pool },
	};
	int rc = serve_ca_web_init(&pool->ca_web, pool->ca_web_keys, pool_ca_chain(pool->ca));

	if (rc != 0)
		return pool_failed(pool, "the CA's web server", rc);
	pool->update.cfg = web_update_cfg(pool, NULL);
	rc = face_http_new(&(struct face_http_cfg){ .at = pool_at(pool, PORT_HTTP),
			       .routes = routes,
			       .n_routes = sizeof routes / sizeof routes[0],
			       .other = &pool->taps[SERVER_HTTP_OTHER],
			       .firmware_fd = pool->firmware_fd,
			       .firmware_size = pool->options.firmware_size,
			       .firmware_cut = pool->habits.update.wrong_length },
	    &pool->http);
	return rc == 0 ? 0 : pool_cannot(pool, "http", PORT_HTTP, rc);
}

static void
http_stop(struct pool *pool)
{
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
	rc = face_http_new(&(struct face_http_cfg){ .at = pool_at(pool, PORT_HTTPS),
			       .cert = pool->web_cert,
			       .routes = routes,
			       .n_routes = sizeof routes / sizeof routes[0],
			       .other = &pool->taps[SERVER_HTTPS_OTHER],
			       .firmware_fd = pool->firmware_fd,
			       .firmware_size = pool->options.firmware_size,
			       .firmware_cut = pool->habits.update.wrong_length },
	    &pool->https);
	return rc == 0 ? 0 : pool_cannot(pool, "https", PORT_HTTPS, rc);
}

static void
https_stop(struct pool *pool)
{
	face_http_free(pool->https);
}

const struct pool_part part_https = { "https", https_start, https_stop };
