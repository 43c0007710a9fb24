/*
 * io_tls_world.c - what all TLS connections of a world share: chance, one configuration per
 * habit, the key log.
 *
 * The phone's stack of 2007 speaks TLS 1.0 and sends no extension; certificates signed
 * with anything later than SHA-1 are bad to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io_tls_priv.h"
#include "mem.h"

static const mbedtls_x509_crt_profile tls_profile = {
	.allowed_mds =
	    MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_MD5) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA1),
	.allowed_pks = MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSA),
	.allowed_curves = 0,
	.rsa_min_bitlen = 512,
};

/* "CLIENT_RANDOM <client random> <master secret>", one write a line: loops share the file. */
static int
tls_on_keys(void *arg, const unsigned char *master, const unsigned char *keys, size_t mac_n,
    size_t key_n, size_t iv_n, const unsigned char client[32], const unsigned char server[32],
    mbedtls_tls_prf_types prf)
{
	const struct io_tls_world *tls = arg;
	uint8_t line[256];
	struct buf b;
	ssize_t n;

	(void)keys, (void)mac_n, (void)key_n, (void)iv_n, (void)server, (void)prf;
	buf_over(&b, line, sizeof(line));
	buf_text(&b, "CLIENT_RANDOM ");
	buf_hex(&b, (struct span){ client, 32 }, false);
	buf_text(&b, " ");
	buf_hex(&b, (struct span){ master, 48 }, false);
	buf_text(&b, "\n");
	n = write(tls->keylog, b.p, b.n);
	(void)n; /* a full disk does not stop a phone */
	mem_wipe(line, sizeof(line));
	return 0;
}

/* What mbedTLS does not know is left out of the ClientHello: the order of the rest stays. */
static int
tls_take_suites(struct io_tls_conf *conf, const struct io_tls_habit *habit)
{
	size_t n = 0;

	conf->suites = mem_new((habit->n_suites + 1) * sizeof(*conf->suites));
	if (conf->suites == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < habit->n_suites; i++)
		if (mbedtls_ssl_ciphersuite_from_id(habit->suites[i]) != NULL)
			conf->suites[n++] = habit->suites[i];
	return n > 0 ? 0 : -EINVAL;
}

static int
tls_take_habit(
    struct io_tls_world *tls, struct io_tls_conf *conf, const struct io_tls_habit *habit)
{
	mbedtls_ssl_config *ssl = &conf->ssl;
	int rc = tls_take_suites(conf, habit);

	if (rc < 0)
		return rc;
	if (mbedtls_ssl_config_defaults(ssl, MBEDTLS_SSL_IS_CLIENT,
		MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return -ENOMEM;
	/* 3.1 on the wire is TLS 1.0 (RFC 2246). */
	mbedtls_ssl_conf_min_version(
	    ssl, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_1);
	mbedtls_ssl_conf_max_version(
	    ssl, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_1);
	mbedtls_ssl_conf_ciphersuites(ssl, conf->suites);
	mbedtls_ssl_conf_cert_profile(ssl, &tls_profile);
	mbedtls_ssl_conf_authmode(ssl, MBEDTLS_SSL_VERIFY_REQUIRED);
	mbedtls_ssl_conf_arc4_support(ssl, MBEDTLS_SSL_ARC4_ENABLED);
	mbedtls_ssl_conf_rng(ssl, mbedtls_ctr_drbg_random, &tls->drbg);
	/* The phone's stack knows none of these, so its ClientHello carries no extension. */
	mbedtls_ssl_conf_extended_master_secret(ssl, MBEDTLS_SSL_EXTENDED_MS_DISABLED);
	mbedtls_ssl_conf_encrypt_then_mac(ssl, MBEDTLS_SSL_ETM_DISABLED);
	mbedtls_ssl_conf_session_tickets(ssl, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
	mbedtls_ssl_conf_renegotiation(ssl, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
	/* The answer to BEAST of 2011: whether a firmware does it, its profile says. */
	mbedtls_ssl_conf_cbc_record_splitting(ssl,
	    habit->split_records ? MBEDTLS_SSL_CBC_RECORD_SPLITTING_ENABLED
				 : MBEDTLS_SSL_CBC_RECORD_SPLITTING_DISABLED);
	if (tls->keylog >= 0)
		mbedtls_ssl_conf_export_keys_ext_cb(ssl, tls_on_keys, tls);
	return 0;
}

/* Appended to: all worlds of the farm write into one file. */
static int
tls_open_keylog(struct io_tls_world *tls, const char *path)
{
	if (path == NULL)
		return 0;
	tls->keylog = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	return tls->keylog < 0 ? -errno : 0;
}

int
io_tls_world_init(struct io_world *w, const struct io_world_cfg *cfg, const char **err_out)
{
	struct io_tls_world *tls = mem_new(sizeof(*tls));
	int rc;

	if (tls == NULL)
		return -ENOMEM;
	w->tls = tls;
	mbedtls_entropy_init(&tls->entropy);
	mbedtls_ctr_drbg_init(&tls->drbg);
	tls->keylog = -1;
	*err_out = "no randomness for TLS";
	if (mbedtls_ctr_drbg_seed(&tls->drbg, mbedtls_entropy_func, &tls->entropy, NULL, 0))
		return -EIO;
	*err_out = "the key log cannot be written";
	rc = tls_open_keylog(tls, cfg->keylog);
	if (rc < 0)
		return rc;
	tls->conf = mem_new(cfg->n_tls * sizeof(*tls->conf));
	if (tls->conf == NULL)
		return -ENOMEM;
	*err_out = "none of a profile's cipher suites can be offered";
	/* n_conf grows with each, so done() frees what there is. */
	for (; tls->n_conf < cfg->n_tls; tls->n_conf++) {
		struct io_tls_conf *conf = &tls->conf[tls->n_conf];

		mbedtls_ssl_config_init(&conf->ssl);
		rc = tls_take_habit(tls, conf, &cfg->tls[tls->n_conf]);
		if (rc < 0) {
			mem_free(conf->suites);
			return rc;
		}
	}
	*err_out = NULL;
	return 0;
}

void
io_tls_world_done(struct io_world *w)
{
	struct io_tls_world *tls = w->tls;

	if (tls == NULL)
		return;
	/* Roots are kept in here, and their chains are mbedTLS's. */
	io_roots_done(w);
	for (size_t i = 0; i < tls->n_conf; i++) {
		mbedtls_ssl_config_free(&tls->conf[i].ssl);
		mem_free(tls->conf[i].suites);
	}
	mem_free(tls->conf);
	if (tls->keylog >= 0)
		close(tls->keylog);
	mbedtls_ctr_drbg_free(&tls->drbg);
	mbedtls_entropy_free(&tls->entropy);
	mem_free(tls);
	w->tls = NULL;
}

const struct io_tls_conf *
io_tls_conf_at(const struct io_world *w, unsigned tls)
{
	return tls < w->tls->n_conf ? &w->tls->conf[tls] : NULL;
}
