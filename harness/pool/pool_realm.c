/*
 * pool_realm.c - Kerberos: a fresh realm with its users and services, an acceptor
 * for each server that has keys, and krb5kdc behind the pool's own front.
 */
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "accept_gss.h"
#include "krb_refusal.h"
#include "mem.h"
#include "pool.h"

/* KDC_ERR_PREAUTH_FAILED, KRB_AP_ERR_SKEW. */
enum { KDC_PREAUTH_FAILED = 24, KDC_SKEW = 37 };

/* The services of all our pools, and the file that gets each one's key.  A CA's server that
 * runs under the machine's own account has the key that else nobody has. */
static void
realm_services(const struct pool *pool, struct kdc_service out[POOL_SERVICES_MAX])
{
	const char *const keytabs[KEYS_COUNT] = {
		[KEYS_NOBODY] = pool->habits.ca_web.wrong_key ? NULL : "ca-web.keytab",
		[KEYS_LDAP] = "ldap.keytab",
		[KEYS_CA_WEB] = "ca-web.keytab",
		[KEYS_SIP] = "sip.keytab",
		[KEYS_HTTPS] = "https.keytab",
		[KEYS_HOME] = "home.keytab",
	};

	for (size_t i = 0; i < serve_n_services && i < POOL_SERVICES_MAX; i++)
		out[i] = (struct kdc_service){ .principal = serve_services[i].spn,
			.keytab = keytabs[serve_services[i].keys] };
}

/* The part's own folder below the pool's: an old realm in it is gone, a new one is made. */
static int
realm_folder(const struct pool *pool, char path_out[FOLDER_PATH_MAX])
{
	folder_file(pool->dir, "kdc", path_out);
	if (path_out[0] == '\0')
		return -ENAMETOOLONG;
	folder_remove(path_out);
	return mkdir(path_out, 0700) == 0 ? 0 : -errno;
}

/* 15 bytes of chance make 20 characters of base64, without padding. */
static int
realm_draw(char secret[POOL_PASSWORD_MAX])
{
	uint8_t random[15];
	struct buf text;

	if (gnutls_rnd(GNUTLS_RND_KEY, random, sizeof random) < 0)
		return -EIO;
	memset(secret, 0, POOL_PASSWORD_MAX);
	buf_over(&text, secret, POOL_PASSWORD_MAX - 1);
	buf_base64(&text, (struct span){ random, sizeof random });
	mem_wipe(random, sizeof random);
	return 0;
}

/* One password for all phones, drawn at every start, and the realm's own. */
static int
realm_secrets(struct pool *pool)
{
	struct buf line = { 0 };
	int rc = realm_draw(pool->password);

	if (rc == 0)
		rc = realm_draw(pool->master);
	if (rc != 0)
		return rc;
	buf_printf(&line, "%s\n", pool->password);
	rc = line.err != 0 ? line.err
			   : folder_write(pool->dir, "users.secret", buf_bytes(&line));
	mem_wipe(line.p, line.n);
	buf_done(&line);
	return rc;
}

/* Who is it, and is he one of those? */
static enum kdc_account
realm_account(const void *arg, uint32_t i)
{
	const struct pool *pool = arg;
	const struct servers_kdc *habits = &pool->habits.kdc;
	uint64_t seed = pool->options.seed;
	uint32_t users = pool->options.users;

	if (phones_has(&habits->unknown, seed, i, users))
		return KDC_UNKNOWN;
	if (phones_has(&habits->locked, seed, i, users) ||
	    phones_has(&habits->disabled, seed, i, users))
		return KDC_REVOKED;
	if (phones_has(&habits->expired, seed, i, users))
		return KDC_EXPIRED;
	return phones_has(&habits->wrong_password, seed, i, users) ? KDC_OTHER_PASSWORD
								   : KDC_GOOD;
}

/* The realm as kdc_realm.h wants it; it only points into the pool. */
static struct kdc_realm
realm_of(const struct pool *pool, const char *dir)
{
	return (struct kdc_realm){
		.dir = dir,
		.name = POOL_REALM,
		.secret = pool->master,
		.ip = pool->options.listen,
		.port = pool_at(pool, pool->options.listen, PORT_KDC_CHILD).port,
		.services = pool->services,
		.n_services = serve_n_services,
		.users = { .name = POOL_USERS,
		    .count = pool->options.users,
		    .password = pool->password,
		    .state = realm_account,
		    .arg = pool },
		.lock_out = pool->options.lock_out,
	};
}

/* Each server has its own keytab, and with it its own acceptor. */
static int
realm_acceptors(struct pool *pool, const char *dir)
{
	const struct {
		const char *keytab;
		struct acceptor **to;
	} wanted[] = {
		{ "ldap.keytab", &pool->ldap_keys },
		{ "sip.keytab", &pool->sip_keys },
		{ "ca-web.keytab", &pool->ca_web_keys },
		{ "https.keytab", &pool->https_keys },
		{ "home.keytab", &pool->home_keys },
	};
	char path[FOLDER_PATH_MAX];
	int rc = acceptor_gss_init(dir);

	for (size_t i = 0; rc == 0 && i < sizeof wanted / sizeof wanted[0]; i++)
		rc = acceptor_gss_new(folder_file(dir, wanted[i].keytab, path), wanted[i].to);
	return rc;
}

/* Folder, secrets, realm, and then the servers' keys out of it. */
static int
realm_start(struct pool *pool)
{
	char dir[FOLDER_PATH_MAX], text[KDC_TEXT_MAX] = "";
	struct kdc_realm realm;
	int rc = realm_folder(pool, dir);

	if (rc == 0)
		rc = realm_secrets(pool);
	if (rc != 0)
		return pool_failed(pool, "the realm's folder", rc);
	realm_services(pool, pool->services);
	realm = realm_of(pool, dir);
	rc = kdc_realm_make(&realm, text);
	if (rc != 0) {
		snprintf(pool->complaint, sizeof pool->complaint, "kdc: %s", text);
		return rc;
	}
	rc = realm_acceptors(pool, dir);
	return rc == 0 ? 0 : pool_failed(pool, "the servers' keys", rc);
}

/* Keys and secrets go with the servers that used them. */
static void
realm_stop(struct pool *pool)
{
	acceptor_gss_free(pool->home_keys);
	acceptor_gss_free(pool->https_keys);
	acceptor_gss_free(pool->ca_web_keys);
	acceptor_gss_free(pool->sip_keys);
	acceptor_gss_free(pool->ldap_keys);
	mem_wipe(pool->password, sizeof pool->password);
	mem_wipe(pool->master, sizeof pool->master);
}

const struct pool_part part_realm = { "realm", realm_start, realm_stop };

/* The last of the servers: with it the pool is up. */
static void
kdc_on_up(void *arg)
{
	struct pool *pool = arg;

	pool->kdc_up = true;
	pool->on_up(pool->arg);
}

static void
kdc_on_exit(void *arg, int status)
{
	struct pool *pool = arg;

	snprintf(pool->complaint, sizeof pool->complaint,
	    "krb5kdc ended with status %d%s; see %s/kdc for why", status,
	    pool->kdc_up ? "" : " before it answered", pool->dir);
	pool_log_line(pool->log, "kdc", 0, "krb5kdc ended with status %d", status);
	/* A KDC that dies later is what happens to real ones: the other servers go on. */
	if (!pool->kdc_up)
		pool->on_dead(pool->arg);
}

/* What a KDC finds out by the proof it says after it has asked for one: krb5kdc may do that. */
static bool
kdc_refusal(void *arg, struct span request, struct buf *reply)
{
	struct pool *pool = arg;
	struct krb_asked asked;
	struct fault_deed deed;
	bool by_proof;

	if (!wire_deed(pool->wires[SERVERS_KDC], &deed) || deed.answer == 0 ||
	    krb_asked_read(request, &asked) != 0)
		return false;
	by_proof = deed.answer == KDC_PREAUTH_FAILED || deed.answer == KDC_SKEW;
	if (by_proof && asked.login && !asked.proof)
		return false;
	(void)pool_answer(pool, SERVERS_KDC);
	return krb_refusal_write(&asked, deed.answer, loop_wall_us(), reply) == 0;
}

static int
kdc_join(void *arg, int fd_take, const struct sock_peer *peer)
{
	struct pool *pool = arg;

	(void)peer;
	return kdc_front_take(pool->kdc_front, fd_take);
}

/* The front first: where phones ask must be ours before krb5kdc is up. */
static int
kdc_start(struct pool *pool)
{
	char dir[FOLDER_PATH_MAX];
	struct sock_peer front = pool_at(pool, pool->hosts.dc, PORT_KDC);
	struct sock_peer child = pool_at(pool, pool->options.listen, PORT_KDC_CHILD);
	struct wire *wire = pool->wires[SERVERS_KDC];
	struct kdc_cfg cfg = {
		.realm = realm_of(pool, folder_file(pool->dir, "kdc", dir)),
		.on_up = kdc_on_up,
		.on_exit = kdc_on_exit,
		.arg = pool,
	};
	int rc = kdc_front_new(pool->loop,
	    &(struct kdc_front_cfg){ .ip = front.ip,
		.port = front.port,
		.kdc_ip = child.ip,
		.kdc_port = child.port,
		.wire = wire,
		.fronted = wire != NULL,
		.refusal = wire != NULL ? kdc_refusal : NULL,
		.arg = pool },
	    &pool->kdc_front);

	if (rc == 0 && wire != NULL)
		rc = pool_front(pool, SERVERS_KDC,
		    &(struct front_cfg){ .at = front, .join = kdc_join, .arg = pool });
	if (rc != 0)
		return pool_cannot(pool, "kdc", front, rc);
	rc = kdc_new(pool->loop, &cfg, &pool->kdc);
	return rc == 0 ? 0 : pool_failed(pool, "krb5kdc cannot be started", rc);
}

/* Into the tap, where all servers' counts are read. */
static void
kdc_stop(struct pool *pool)
{
	const struct kdc_front_count *n;
	struct tap *tap = &pool->taps[SERVER_KDC];

	if (pool->kdc_front != NULL) {
		n = kdc_front_counts(pool->kdc_front);
		tap->requests = n->requests;
		tap->replies = n->replies;
		tap->bytes_in = n->bytes_in;
		tap->bytes_out = n->bytes_out;
	}
	pool_front_end(pool, SERVERS_KDC);
	kdc_free(pool->kdc);
	kdc_front_free(pool->kdc_front);
}

const struct pool_part part_kdc = { "kdc", kdc_start, kdc_stop };
