/* sim_pool_kdc.c - the KDC of the simulated pool: accounts in the states that the habits name.
 */
#include <errno.h>

#include "mem.h"
#include "serve_user.h"
#include "sim_krb.h"
#include "sim_pool_priv.h"

enum { KDC_STREAM_MAX = 65536, KDC_STREAM_IDLE_US = 10000000 };

/* Who is it, and is he one of those? */
static bool
kdc_one_of(const struct sim_pool *pool, const struct phones *who, uint64_t n)
{
	return phones_has(who, pool->seed, (uint32_t)n, pool->users);
}

static enum sim_account
kdc_account(const void *arg, struct span user)
{
	const struct sim_pool *pool = arg;
	const struct servers_kdc *habits = &pool->habits.kdc;
	uint64_t n;

	if (!serve_user_number(POOL_USERS, 0, pool->users, user, &n) ||
	    kdc_one_of(pool, &habits->unknown, n))
		return ACCOUNT_UNKNOWN;
	/* Active Directory tells the two apart to administrators only. */
	if (kdc_one_of(pool, &habits->locked, n) || kdc_one_of(pool, &habits->disabled, n))
		return ACCOUNT_LOCKED;
	if (kdc_one_of(pool, &habits->expired, n))
		return ACCOUNT_EXPIRED;
	return kdc_one_of(pool, &habits->wrong_password, n) ? ACCOUNT_OTHER_PASSWORD
							    : ACCOUNT_GOOD;
}

static int
kdc_answer(struct sim_pool *pool, struct span request, bool stream, const struct sim_call *c,
    struct buf *reply)
{
	struct fault_deed deed;

	(void)sim_pool_refuses(pool, SERVERS_KDC, &deed);
	pool->kdc.refuse = deed.answer;
	return sim_kdc_answer(
	    &pool->kdc, request, stream, c->wall_us + pool->habits.kdc.offset_us, reply);
}

static void
kdc_hears(void *arg, struct sim *sim, const struct sim_call *c)
{
	struct buf reply = { 0 };

	if (c->deed != SIM_SENT)
		return;
	if (kdc_answer(arg, c->bytes, false, c, &reply) == 0)
		sim_packet(sim, c->h, 0, buf_bytes(&reply));
	buf_done(&reply);
}

/* ---- over TCP ---------------------------------------------------------------------- */

struct kdc_client {
	uint64_t heard_us;
	struct buf in;
};

static void *
kdc_on_open(void *arg, struct sim_stream *stream, const struct sim_call *c)
{
	const struct sim_pool *pool = arg;
	struct kdc_client *client = mem_new(sizeof *client);

	(void)stream;
	(void)c;
	if (client == NULL)
		return NULL;
	client->heard_us = sim_now_us(pool->sim);
	buf_init(&client->in, KDC_STREAM_MAX);
	return client;
}

/* A length and so many bytes, RFC 4120 7.2.2. */
static int
kdc_on_input(void *arg, void *user, const struct sim_call *c, struct buf *out)
{
	struct sim_pool *pool = arg;
	struct kdc_client *client = user;
	const uint8_t *p;
	size_t n;

	client->heard_us = sim_now_us(pool->sim);
	buf_span(&client->in, c->bytes);
	if (client->in.err != 0 || client->in.n < SIM_KRB_LENGTH)
		return client->in.err;
	p = client->in.p;
	n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (n > KDC_STREAM_MAX - SIM_KRB_LENGTH)
		return -EMSGSIZE;
	if (client->in.n - SIM_KRB_LENGTH < n)
		return 0;
	n += SIM_KRB_LENGTH;
	/* What makes no sense is not worth an answer. */
	if (kdc_answer(pool, (struct span){ p, n }, true, c, out) != 0)
		return -EBADMSG;
	buf_eat(&client->in, n);
	return 0;
}

static uint64_t
kdc_idle_at(void *arg, void *user)
{
	const struct kdc_client *client = user;

	(void)arg;
	return client->heard_us + KDC_STREAM_IDLE_US;
}

static void
kdc_on_close(void *arg, void *user)
{
	struct kdc_client *client = user;

	(void)arg;
	buf_done(&client->in);
	mem_free(client);
}

/* ---- the part ------------------------------------------------------------------------ */

static int
kdc_start(struct sim_pool *pool)
{
	static const struct sim_stream_ops ops = { kdc_on_open, kdc_on_input, kdc_idle_at,
		kdc_on_close };
	int err;

	pool->kdc = (struct sim_kdc){ .realm = POOL_REALM,
		.password = pool->password,
		.account = kdc_account,
		.ticket_bytes = (size_t)pool->habits.kdc.ticket_bytes,
		.arg = pool,
		.services = serve_services,
		.n_services = serve_n_services };
	pool->kdc_stream = (struct sim_stream_face){
		.sim = pool->sim, .clock = pool->clock, .ops = &ops, .arg = pool
	};
	list_init(&pool->kdc_stream.conns);
	err =
	    sim_pool_listen(pool, SERVERS_KDC, SIM_UDP, SIM_POOL_DC, PORT_KDC, kdc_hears, pool);
	return err != 0 ? err
			: sim_pool_listen(pool, SERVERS_KDC, SIM_STREAM, SIM_POOL_DC, PORT_KDC,
			      sim_stream_hears, &pool->kdc_stream);
}

static void
kdc_stop(struct sim_pool *pool)
{
	sim_stream_face_done(&pool->kdc_stream);
}

const struct sim_part sim_part_kdc = { "kdc", kdc_start, kdc_stop };
