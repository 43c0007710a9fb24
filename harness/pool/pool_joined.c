/*
 * pool_joined.c - --only sip: the front end alone, joined to a realm that others serve.  Its
 * key comes from that realm's keytab, its certificate from that network's CA; all other servers
 * are real ones.
 */
#include "accept_gss.h"
#include "pool.h"

/* No replay cache and no KDC of our own: krb5.conf goes where the logs are. */
static int
joined_start(struct pool *pool)
{
	const struct pool_options *o = &pool->options;
	int rc = acceptor_gss_init(pool->dir);

	if (rc != 0)
		return pool_failed(pool, "Kerberos", rc);
	rc = acceptor_gss_new(o->keytab, &pool->sip_keys);
	if (rc != 0)
		return pool_failed(pool, o->keytab, rc);
	rc = pool_cert_read(o->certificate, o->key, &pool->sip_cert);
	return rc == 0 ? 0 : pool_failed(pool, "--certificate and --key", rc);
}

static void
joined_stop(struct pool *pool)
{
	acceptor_gss_free(pool->sip_keys);
	pool_cert_free(pool->sip_cert);
}

static const struct pool_part part_joined = { "keys", joined_start, joined_stop };

/* Nobody has to be waited for: who connects from now on is answered. */
static int
joined_up_start(struct pool *pool)
{
	pool->on_up(pool->arg);
	return 0;
}

static void
joined_up_stop(struct pool *pool)
{
	(void)pool;
}

static const struct pool_part part_joined_up = { "up", joined_up_start, joined_up_stop };

const struct pool_part *const pool_joined_parts[] = { &part_faults, &part_run, &part_folder,
	&part_log, &part_joined, &part_sip, &part_joined_up, NULL };
