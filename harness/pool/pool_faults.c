/*
 * pool_faults.c - the faults of a scenario: which servers have a wire, what begins and ends by
 * itself, and the doors of the servers that are behind one.
 *
 * The CA's web server and the update service share a port, as Exchange and the update service
 * outside do.  Where one of them is to be worse than the others, domain controller, pool and
 * mail server get addresses of their own: then a door knows whose it is.
 */
#include <errno.h>
#include <string.h>

#include "pool.h"

enum { FAULTS_AGAIN_US = 100 * 1000, SIGN_OFF_DIAGNOSTIC = 4141 };

/* ---- who needs a wire ---- */

static bool
faults_touch(const struct pool *pool, enum servers_id id)
{
	const struct servers_cost *cost = &pool->habits.cost[id];

	for (size_t i = 0; i < pool->faults.n; i++)
		if (strcmp(pool->faults.fault[i].server, servers_name[id]) == 0)
			return true;
	return cost->said_work || cost->said_latency || cost->said_bandwidth;
}

static bool
faults_is_web(enum servers_id id)
{
	return id == SERVERS_CA_WEB || id == SERVERS_EXCHANGE || id == SERVERS_UPDATE;
}

/* The three addresses behind the relays', or one for all. */
static void
faults_hosts(struct pool *pool)
{
	uint32_t ip = pool->options.listen;

	for (int id = 0; id < SERVERS_COUNT; id++)
		if (faults_is_web((enum servers_id)id) &&
		    faults_touch(pool, (enum servers_id)id))
			pool->web_fronted = true;
	pool->hosts = (struct serve_hosts){ .dc = ip, .pool = ip, .mail = ip };
	if (pool->web_fronted)
		pool->hosts =
		    (struct serve_hosts){ .dc = ip + 3, .pool = ip + 4, .mail = ip + 5 };
	serve_habits_home(&pool->habits.sip, &pool->other);
	if (pool->habits.sip.home_pool[0] != '\0')
		pool->hosts.home = ip + 6;
}

static int
faults_wire(struct pool *pool, enum servers_id id)
{
	const struct wire_cfg cfg = { .loop = pool->loop,
		.server = id,
		.faults = &pool->faults,
		.cost = &pool->habits.cost[id],
		.seed = pool->options.seed };

	if (!faults_touch(pool, id) && !(pool->web_fronted && faults_is_web(id)))
		return 0;
	return wire_new(&cfg, &pool->wires[id]);
}

/* ---- doors ---- */

int
pool_front(struct pool *pool, enum servers_id id, const struct front_cfg *cfg)
{
	struct pool_front *front = &pool->fronts[pool->n_fronts];
	struct front_cfg with = *cfg;
	int rc;

	if (pool->n_fronts == POOL_FRONTS_MAX)
		return -ENOSPC;
	with.wire = pool->wires[id];
	rc = front_new(&with, &front->front);
	if (rc != 0)
		return rc;
	front->id = id;
	pool->n_fronts++;
	return 0;
}

void
pool_front_end(struct pool *pool, enum servers_id id)
{
	for (size_t i = 0; i < pool->n_fronts; i++) {
		if (pool->fronts[i].id != id)
			continue;
		front_free(pool->fronts[i].front);
		pool->fronts[i].front = NULL;
	}
}

/* ---- what acts by itself ---- */

/* Datagrams, for those servers that take them. */
static int
faults_refuse_packets(struct pool *pool, enum servers_id id, bool refuse)
{
	if (id == SERVERS_DHCP)
		return face_udp_refuse(pool->dhcp_face, refuse);
	if (id == SERVERS_DNS)
		return face_udp_refuse(pool->dns_face, refuse);
	if (id == SERVERS_NTP)
		return face_udp_refuse(pool->ntp_face, refuse);
	return id == SERVERS_KDC ? kdc_front_refuse(pool->kdc_front, refuse) : 0;
}

static bool
faults_refuse(struct pool *pool, enum servers_id id, bool refuse)
{
	int rc = faults_refuse_packets(pool, id, refuse);

	for (size_t i = 0; i < pool->n_fronts; i++) {
		int one = pool->fronts[i].id != id || pool->fronts[i].front == NULL
		    ? 0
		    : front_refuse(pool->fronts[i].front, refuse);

		if (rc == 0)
			rc = one;
	}
	if (rc != 0)
		pool_log_line(pool->log, servers_name[id], pool->options.listen,
		    "cannot listen again yet: %s", strerror(-rc));
	return rc == 0;
}

static void
faults_reset(struct pool *pool, enum servers_id id)
{
	for (size_t i = 0; i < pool->n_fronts; i++)
		if (pool->fronts[i].id == id && pool->fronts[i].front != NULL)
			front_reset(pool->fronts[i].front);
}

static void
faults_sign_off_one(void *event, void *conn, struct buf *out)
{
	(void)serve_sip_sign_off(conn, event, SIGN_OFF_DIAGNOSTIC, "User disabled", out);
}

/* Everybody who is registered gets the NOTIFY; whoever is not is left alone. */
static void
faults_sign_off(struct pool *pool, char *event)
{
	face_stream_each(pool->sip.face, faults_sign_off_one, event);
	if (pool->home.face != NULL)
		face_stream_each(pool->home.face, faults_sign_off_one, event);
}

/* What begins in this window begins now. */
static void
faults_begin(struct pool *pool, struct fault *f, enum servers_id id)
{
	if (f->deed.reset)
		faults_reset(pool, id);
	if (f->deed.sign_off[0] != '\0')
		faults_sign_off(pool, f->deed.sign_off);
	pool_log_line(pool->log, servers_name[id], pool->options.listen, "a fault begins");
}

/* When the next one begins or ends; UINT64_MAX: none does. */
static uint64_t
faults_next_us(const struct pool *pool, uint64_t at_us)
{
	uint64_t next_us = UINT64_MAX;

	for (size_t i = 0; i < pool->faults.n; i++) {
		const struct fault *f = &pool->faults.fault[i];
		uint64_t till_us = f->for_us > 0 ? f->from_us + f->for_us : 0;

		if (f->from_us > at_us && f->from_us < next_us)
			next_us = f->from_us;
		if (till_us > at_us && till_us < next_us)
			next_us = till_us;
	}
	return next_us;
}

/* One moment at which something begins or ends; the timers are coarse, so it may be past. */
static void
faults_on_edge(void *arg)
{
	struct pool *pool = arg;
	uint64_t at_us = loop_now_us(pool->loop) - pool->began_us, next_us;
	bool all = true;

	for (int id = 0; id < SERVERS_COUNT; id++) {
		struct fault_deed deed;

		if (pool->wires[id] == NULL)
			continue;
		(void)wire_deed(pool->wires[id], &deed);
		all &= faults_refuse(pool, (enum servers_id)id, deed.refuse);
		atomic_store(&pool->moods[id],
		    (uint64_t)(unsigned)deed.answer << 32 | deed.retry_after_s);
	}
	for (size_t i = 0; i < pool->faults.n; i++) {
		struct fault *f = &pool->faults.fault[i];

		if (f->from_us >= pool->edge_us && f->from_us <= at_us)
			faults_begin(pool, f, servers_find(f->server));
	}
	pool->edge_us = at_us + 1;
	next_us = faults_next_us(pool, at_us);
	if (!all && (next_us == UINT64_MAX || next_us - at_us > FAULTS_AGAIN_US))
		next_us = at_us + FAULTS_AGAIN_US;
	if (next_us != UINT64_MAX)
		loop_timer_set(pool->edge, next_us - at_us, 0);
}

void
pool_begin(struct pool *pool)
{
	if (pool->began_us != 0)
		return;
	pool->began_us = loop_now_us(pool->loop);
	for (int id = 0; id < SERVERS_COUNT; id++)
		if (pool->wires[id] != NULL)
			wire_begin(pool->wires[id]);
	if (pool->faults.n > 0)
		faults_on_edge(pool);
}

bool
pool_refuses(struct pool *pool, enum servers_id id, int *answer, uint32_t *retry_after_s)
{
	uint64_t mood = atomic_load(&pool->moods[id]);

	*answer = (int)(mood >> 32);
	*retry_after_s = (uint32_t)mood;
	if (*answer == 0)
		return false;
	atomic_fetch_add(&pool->answered[id], 1);
	return true;
}

int
pool_answer(struct pool *pool, enum servers_id id)
{
	struct fault_deed deed;

	if (pool->wires[id] == NULL)
		return 0;
	(void)wire_deed(pool->wires[id], &deed);
	if (deed.answer != 0)
		atomic_fetch_add(&pool->answered[id], 1);
	return deed.answer;
}

/* ---- the part ---- */

static int
faults_start(struct pool *pool)
{
	int rc = loop_timer_new(pool->loop, faults_on_edge, pool, &pool->edge);

	faults_hosts(pool);
	for (int id = 0; rc == 0 && id < SERVERS_COUNT; id++)
		rc = faults_wire(pool, (enum servers_id)id);
	return rc == 0 ? 0 : pool_failed(pool, "faults", rc);
}

/* The last to stop: until then the counters are asked for. */
static void
faults_stop(struct pool *pool)
{
	if (pool->edge != NULL)
		loop_timer_close(pool->edge);
	for (int id = 0; id < SERVERS_COUNT; id++) {
		wire_free(pool->wires[id]);
		pool->wires[id] = NULL;
	}
}

const struct pool_part part_faults = { "faults", faults_start, faults_stop };
