/*
 * sim_pool_web.c - the web servers of the simulated pool: the CA's on the domain controller,
 * the update service on the front end (inside and outside), Exchange.
 */
#include "sim_pool_priv.h"

static void
web_on_ca(struct sim_pool *pool, const struct serve_request *q, struct serve_reply *r)
{
	serve_ca_web(&pool->ca_web, q, r);
}

/* The audit log of a rehearsal is nobody's to read. */
static void
web_on_update(struct sim_pool *pool, const struct serve_request *q, struct serve_reply *r)
{
	struct buf audit = { 0 };

	serve_update(&pool->update, q, r, &audit);
	buf_done(&audit);
}

static void
web_on_update_external(
    struct sim_pool *pool, const struct serve_request *q, struct serve_reply *r)
{
	struct buf audit = { 0 };

	serve_update(&pool->update_external, q, r, &audit);
	buf_done(&audit);
}

static void
web_on_exchange(struct sim_pool *pool, const struct serve_request *q, struct serve_reply *r)
{
	serve_exchange(&pool->exchange, q, r);
}

static struct serve_update_cfg
update_cfg(const struct sim_pool *pool, struct acceptor *acceptor)
{
	struct serve_update_cfg cfg = serve_plan_update();

	cfg.version = pool->habits.update.version;
	cfg.blank = pool->habits.update.blank;
	cfg.acceptor = acceptor;
	return cfg;
}

static void
web_logic(struct sim_pool *pool)
{
	pool->update.cfg = update_cfg(pool, NULL);
	pool->update_external.cfg = update_cfg(pool, pool->keys[KEYS_HTTPS]);
	pool->exchange.cfg = serve_plan_exchange();
	pool->exchange.cfg.acceptor = pool->keys[KEYS_HTTPS];
	pool->exchange.cfg.no_mailbox = !pool->habits.exchange.mailbox;
	pool->web_cert =
	    sim_pool_cert(pool, pool->habits.exchange.certificate, serve_web_names);
	pool->update_cert = sim_pool_cert(pool, CERTIFICATE_GOOD, serve_web_names);
}

static int
web_listen(
    struct pool_web *web, struct sim_pool *pool, const struct pool_web *as, struct io_addr at)
{
	*web = *as;
	web->pool = pool;
	return sim_pool_listen(pool, web->id, SIM_HTTP, at.ip, at.port, sim_web_hears, web);
}

static int
web_start(struct sim_pool *pool)
{
	const struct pool_web ca = { .id = SERVERS_CA_WEB, .fn = web_on_ca };
	const struct pool_web update = { .id = SERVERS_UPDATE, .fn = web_on_update };
	const struct pool_web outside = {
		.id = SERVERS_UPDATE, .fn = web_on_update_external, .cert = &pool->update_cert
	};
	const struct pool_web exchange = {
		.id = SERVERS_EXCHANGE, .fn = web_on_exchange, .cert = &pool->web_cert
	};
	int err =
	    serve_ca_web_init(&pool->ca_web, pool->keys[KEYS_CA_WEB], buf_bytes(&pool->chain));

	web_logic(pool);
	if (err == 0)
		err = web_listen(
		    &pool->ca_port, pool, &ca, (struct io_addr){ SIM_POOL_DC, PORT_HTTP });
	if (err == 0)
		err = web_listen(&pool->update_port, pool, &update,
		    (struct io_addr){ SIM_POOL_FRONT, PORT_HTTP });
	if (err == 0)
		err = web_listen(&pool->update_tls_port, pool, &outside,
		    (struct io_addr){ SIM_POOL_FRONT, PORT_HTTPS });
	if (err == 0)
		err = web_listen(&pool->exchange_port, pool, &exchange,
		    (struct io_addr){ SIM_POOL_MAIL, PORT_HTTPS });
	return err;
}

static void
web_stop(struct sim_pool *pool)
{
	serve_ca_web_done(&pool->ca_web);
}

const struct sim_part sim_part_web = { "web", web_start, web_stop };
