/* sim_pool_certs.c - the pool's root, another one, and what its servers' certificates say. */
#include <string.h>

#include "sim_pool_priv.h"

enum { CERT_DAY_S = 86400, CERT_YEAR_S = 365 * CERT_DAY_S };

static int64_t
certs_now_s(const struct sim_pool *pool)
{
	return sim_wall_us(pool->sim) / 1000000;
}

static bool
certs_root_sha2(const struct sim_pool *pool)
{
	return pool->habits.sip.certificate == CERTIFICATE_SHA2;
}

/* Made yesterday, for ten years, as the embedded pool's. */
static int
certs_root(const struct sim_pool *pool, const char *name, uint64_t stream, struct buf *out)
{
	const struct sim_x509 root = { .common_name = name,
		.domain = POOL_DOMAIN,
		.from_s = certs_now_s(pool) - CERT_DAY_S,
		.to_s = certs_now_s(pool) + (int64_t)10 * CERT_YEAR_S,
		.sha2 = certs_root_sha2(pool),
		.seed = pool->seed + stream };

	return sim_x509_write(&root, out);
}

static size_t
names_count(const char *const names[])
{
	size_t n = 0;

	while (names[n] != NULL)
		n++;
	return n;
}

struct sim_cert
sim_pool_cert(
    const struct sim_pool *pool, enum servers_certificate flaw, const char *const names[])
{
	static const char *const elsewhere[] = { "elsewhere." POOL_DOMAIN, NULL };
	int64_t now_s = certs_now_s(pool);
	struct sim_cert cert = { .common_name = names[0],
		.dns_names = names,
		.n_dns_names = names_count(names),
		.not_before_s = now_s - CERT_DAY_S,
		.not_after_s = now_s + (int64_t)2 * CERT_YEAR_S,
		.root = buf_bytes(&pool->root),
		.root_sha2 = certs_root_sha2(pool),
		.root_not_before_s = now_s - CERT_DAY_S,
		.root_not_after_s = now_s + (int64_t)10 * CERT_YEAR_S };

	switch (flaw) {
	case CERTIFICATE_GOOD:
		break;
	case CERTIFICATE_SHA2:
		cert.sha2 = true;
		break;
	case CERTIFICATE_EXPIRED:
		cert.not_before_s = now_s - 2 * CERT_YEAR_S;
		cert.not_after_s = now_s - CERT_DAY_S;
		break;
	case CERTIFICATE_EARLY:
		cert.not_before_s = now_s + CERT_DAY_S;
		break;
	case CERTIFICATE_WRONG_NAME:
		cert.common_name = elsewhere[0];
		cert.dns_names = elsewhere;
		cert.n_dns_names = 1;
		break;
	case CERTIFICATE_OTHER_ROOT:
		cert.root = buf_bytes(&pool->other_root);
		break;
	}
	return cert;
}

static int
certs_start(struct sim_pool *pool)
{
	struct span root;
	int err = certs_root(pool, POOL_CA, 0, &pool->root);

	if (err == 0)
		err = certs_root(pool, "contoso-OLD-CA", 1, &pool->other_root);
	root = buf_bytes(&pool->root);
	return err != 0 ? err : sim_p7b_write(&root, 1, &pool->chain);
}

static void
certs_stop(struct sim_pool *pool)
{
	buf_done(&pool->root);
	buf_done(&pool->other_root);
	buf_done(&pool->chain);
}

const struct sim_part sim_part_certs = { "certificates", certs_start, certs_stop };
