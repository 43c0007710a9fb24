/*
 * sim_pool_sip.c - the front end of the simulated pool, and that of the other pool where
 * redirected users live; users who are signed off by a fault.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim_pool_priv.h"

enum { SIGN_OFF_DIAGNOSTIC = 4141 };

/* ---- connections ---------------------------------------------------------------- */

static void *
sip_on_open(void *arg, struct sim_stream *stream, const struct sim_call *c)
{
	const struct pool_front *front = arg;
	struct serve_sip_conn *conn;

	return serve_sip_open(front->sip, c->from.ip, c->from.port,
		   sim_now_us(front->pool->sim), stream, &conn) == 0
	    ? conn
	    : NULL;
}

static int
sip_on_input(void *arg, void *user, const struct sim_call *c, struct buf *out)
{
	const struct pool_front *front = arg;
	struct fault_deed deed;

	(void)sim_pool_refuses(front->pool, SERVERS_SIP, &deed);
	serve_sip_refuse(front->sip, deed.answer, deed.retry_after_s);
	return serve_sip_bytes(user, c->bytes, sim_now_us(front->pool->sim), c->wall_us, out);
}

static uint64_t
sip_idle_at(void *arg, void *user)
{
	(void)arg;
	return serve_sip_idle_at(user);
}

static void
sip_on_close(void *arg, void *user)
{
	(void)arg;
	serve_sip_close(user);
}

/* ---- signing off --------------------------------------------------------------------- */

/* Everybody who is registered here gets the NOTIFY; whoever is not is left alone. */
static void
sign_off_all(struct pool_front *front, const char *event)
{
	struct list *conns = &front->face.conns;

	for (struct list *at = conns->next; at != conns; at = at->next) {
		struct sim_stream *stream = sim_stream_at(at);
		struct buf out = { 0 };

		if (sim_stream_user(stream) != NULL &&
		    serve_sip_sign_off(sim_stream_user(stream), event, SIGN_OFF_DIAGNOSTIC,
			"User disabled", &out) == 0)
			sim_stream_send(stream, buf_bytes(&out));
		buf_done(&out);
	}
}

static void
sign_off_now(void *arg)
{
	struct pool_sign_off *s = arg;

	sign_off_all(&s->pool->front, s->fault->deed.sign_off);
	sign_off_all(&s->pool->home, s->fault->deed.sign_off);
}

static int
sign_off_plan(struct sim_pool *pool)
{
	uint64_t now_us = sim_clock_us(pool->clock);
	int err = 0;

	for (size_t i = 0; pool->faults != NULL && err == 0 && i < pool->faults->n; i++) {
		const struct fault *fault = &pool->faults->fault[i];
		struct pool_sign_off *s = &pool->sign_off[i];

		if (fault->deed.sign_off[0] == '\0')
			continue;
		*s = (struct pool_sign_off){
			.event = { .fn = sign_off_now, .arg = s }, .pool = pool, .fault = fault
		};
		err = sim_clock_set(pool->clock, &s->event,
		    fault->from_us > now_us ? fault->from_us - now_us : 0);
	}
	return err;
}

/* ---- front ends ------------------------------------------------------------------------ */

static int
front_start(
    struct pool_front *front, struct sim_pool *pool, struct io_addr at, enum serve_keys keys)
{
	static const struct sim_stream_ops ops = { sip_on_open, sip_on_input, sip_idle_at,
		sip_on_close };
	const struct servers_sip *habits = &pool->habits.sip;
	struct serve_sip_cfg cfg = serve_plan_sip();
	int err;

	cfg.acceptor = pool->keys[keys];
	cfg.version = habits->version;
	cfg.expires_s = habits->expires_s;
	cfg.keep_alive_s = habits->keep_alive_s;
	cfg.n_users = pool->users;
	cfg.seed = pool->seed ^ at.ip;
	if (front == &pool->home) {
		cfg.fqdn = POOL_HOME_FRONT;
	} else if (habits->redirect > 0) {
		cfg.home_pool = habits->home_pool;
		cfg.redirect_percent = (unsigned)(habits->redirect * 100 + 0.5);
	}
	front->pool = pool;
	front->face = (struct sim_stream_face){ .sim = pool->sim,
		.clock = pool->clock,
		.cert = &front->cert,
		.ops = &ops,
		.arg = front };
	list_init(&front->face.conns);
	err = serve_sip_new(&cfg, &front->sip);
	return err != 0 ? err
			: sim_pool_listen(pool, SERVERS_SIP, SIM_STREAM, at.ip, at.port,
			      sim_stream_hears, &front->face);
}

/* The other pool goes by its own names, and by the one the habits give it. */
static void
home_names(struct sim_pool *pool)
{
	size_t n = 0;

	pool->home_names[n++] = pool->other.name;
	for (size_t i = 0; serve_home_names[i] != NULL && n < POOL_NAMES_MAX - 1; i++)
		pool->home_names[n++] = serve_home_names[i];
}

static int
sip_start(struct sim_pool *pool)
{
	const struct io_addr front = { SIM_POOL_FRONT, PORT_SIP },
			     home = { SIM_POOL_HOME, pool->other.port };
	int err;

	home_names(pool);
	/* What is wrong with a certificate is wrong with the pool's, not with the other's. */
	pool->front.cert = sim_pool_cert(pool, pool->habits.sip.certificate, serve_sip_names);
	pool->home.cert = sim_pool_cert(pool, CERTIFICATE_GOOD, pool->home_names);
	err = front_start(&pool->front, pool, front, KEYS_SIP);
	if (err == 0)
		err = front_start(&pool->home, pool, home, KEYS_HOME);
	return err != 0 ? err : sign_off_plan(pool);
}

static void
sip_stop(struct sim_pool *pool)
{
	for (size_t i = 0; i < FAULTS_MAX; i++)
		sim_clock_unset(pool->clock, &pool->sign_off[i].event);
	sim_stream_face_done(&pool->front.face);
	sim_stream_face_done(&pool->home.face);
	serve_sip_free(pool->front.sip);
	serve_sip_free(pool->home.sip);
}

const struct sim_part sim_part_sip = { "sip", sip_start, sip_stop };
