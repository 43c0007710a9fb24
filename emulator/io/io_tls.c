/*
 * io_tls.c - one TLS connection, and what can be seen of it on the wire.
 *
 * The suites offered and the alerts sent are read from the records themselves, on their way
 * out.  RFC 2246.
 */
#include "io_tls.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mbedtls/platform.h>
#include <mbedtls/ssl_internal.h>

#include "io_pace.h"
#include "io_tls_priv.h"
#include "mem.h"

struct io_tls {
	mbedtls_ssl_context ssl;
	struct io_wire wire;
	const struct io_phone *phone;
	struct io_verify verify;
	struct io_tls_seen seen;
	size_t writing; /* what mbedTLS has begun to send must be given again */
	int err;        /* the socket's last error */
	char name[];
};

enum {
	TLS_RECORD_HEAD = 5,
	TLS_HELLO_SID = TLS_RECORD_HEAD + 4 + 2 + 32, /* where the session id's length is */
	TLS_ALERT_RECORD = TLS_RECORD_HEAD + 2
};

/* ---- what is seen on the way out ---- */

/* The suites of a ClientHello, behind version, random and session id (RFC 2246 7.4.1.2). */
static void
tls_see_hello(struct io_tls_seen *seen, const uint8_t *p, size_t n)
{
	size_t at, end;

	if (n <= TLS_HELLO_SID || p[TLS_RECORD_HEAD] != MBEDTLS_SSL_HS_CLIENT_HELLO)
		return;
	at = TLS_HELLO_SID + 1 + p[TLS_HELLO_SID];
	if (at + 2 > n)
		return;
	end = at + 2 + (size_t)(p[at] << 8 | p[at + 1]);
	for (at += 2; at + 2 <= end && end <= n; at += 2)
		if (seen->n_hello < sizeof(seen->hello) / sizeof(seen->hello[0]))
			seen->hello[seen->n_hello++] = (uint16_t)(p[at] << 8 | p[at + 1]);
}

/* Once encrypted, an alert of ours can only be the orderly end. */
static void
tls_see_record(struct io_tls *tls, const uint8_t *p, size_t n)
{
	if (tls->ssl.state == MBEDTLS_SSL_HANDSHAKE_OVER || n < TLS_RECORD_HEAD)
		return;
	if (p[0] == MBEDTLS_SSL_MSG_HANDSHAKE && tls->seen.n_hello == 0)
		tls_see_hello(&tls->seen, p, n);
	if (p[0] == MBEDTLS_SSL_MSG_ALERT && n == TLS_ALERT_RECORD)
		tls->seen.alert_sent = p[TLS_ALERT_RECORD - 1];
}

/* ---- mbedTLS's way to the socket ---- */

/* Key exchange, change of cipher and finished leave together, in one segment. */
static bool
tls_goes_on(const uint8_t *p, size_t n)
{
	return p[0] == MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC ||
	    (p[0] == MBEDTLS_SSL_MSG_HANDSHAKE && n > TLS_RECORD_HEAD &&
		p[TLS_RECORD_HEAD] == MBEDTLS_SSL_HS_CLIENT_KEY_EXCHANGE);
}

static int
tls_on_send(void *arg, const unsigned char *p, size_t n)
{
	struct io_tls *tls = arg;
	bool plain = tls->ssl.transform_out == NULL;
	ssize_t sent = io_wire_send(tls->wire.fd->fd, tls->wire.pace, (struct span){ p, n },
	    plain && tls_goes_on(p, n));

	/* Only what has really left counts as seen. */
	if (sent >= 0) {
		tls_see_record(tls, p, n);
		return (int)sent;
	}
	tls->err = (int)sent;
	return sent == -EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int
tls_on_recv(void *arg, unsigned char *p, size_t n)
{
	struct io_tls *tls = arg;
	ssize_t got = io_wire_recv(tls->wire.fd->fd, tls->wire.pace, p, n);

	if (got >= 0)
		return (int)got;
	tls->err = (int)got;
	return got == -EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

/* ---- from open to free ---- */

int
io_tls_new(struct io_phone *phone, const struct io_stream_cfg *cfg, const struct io_wire *wire,
    struct io_tls **out)
{
	size_t name_n = cfg->name != NULL ? strlen(cfg->name) : 0;
	struct io_tls *tls;

	if (phone->tls == NULL)
		return -EINVAL;
	tls = mem_new(sizeof(*tls) + name_n + 1);
	if (tls == NULL)
		return -ENOMEM;
	tls->wire = *wire;
	tls->phone = phone;
	memcpy(tls->name, cfg->name != NULL ? cfg->name : "", name_n);
	tls->verify.name = cfg->name != NULL ? tls->name : NULL;
	mbedtls_ssl_init(&tls->ssl);
	if (mbedtls_ssl_setup(&tls->ssl, &phone->tls->ssl) != 0) {
		io_tls_free(tls);
		return -ENOMEM;
	}
	mbedtls_ssl_set_bio(&tls->ssl, tls, tls_on_send, tls_on_recv, NULL);
	/* Roots and the check of names are the connection's own; the rest is the habit's. */
	mbedtls_ssl_set_verify(&tls->ssl, io_verify_one, &tls->verify);
	mbedtls_ssl_set_hs_ca_chain(
	    &tls->ssl, cfg->trust_nothing ? NULL : io_roots_chain(phone->roots), NULL);
	*out = tls;
	return 0;
}

void
io_tls_free(struct io_tls *tls)
{
	if (tls == NULL)
		return;
	mbedtls_ssl_free(&tls->ssl);
	io_bury(tls->phone->world, tls); /* `seen` may be lent */
}

const struct io_tls_seen *
io_tls_seen(const struct io_tls *tls)
{
	return &tls->seen;
}

/* ---- the handshake ---- */

/* Give back the whole pages between p and p + n: nothing in them is needed any more. */
static void
tls_give_back(unsigned char *p, size_t n)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)p + page - 1) & ~(page - 1);
	uintptr_t to = ((uintptr_t)p + n) & ~(page - 1);

	if (to > from)
		madvise((void *)from, to - from, MADV_DONTNEED);
}

/*
 * A line stays open for hours: what only the handshake needed goes.  The record
 * buffers touch again what they need; the beginning of each, where a record of usual
 * size lies, is kept.
 */
static void
tls_slim(struct io_tls *tls)
{
	enum { KEPT = 1024 };
	mbedtls_ssl_session *session = tls->ssl.session;

	if (session != NULL && session->peer_cert != NULL) {
		mbedtls_x509_crt_free(session->peer_cert);
		mbedtls_free(session->peer_cert);
		session->peer_cert = NULL;
	}
	tls_give_back(tls->ssl.in_buf + KEPT, MBEDTLS_SSL_IN_BUFFER_LEN - KEPT);
	tls_give_back(tls->ssl.out_buf + KEPT, MBEDTLS_SSL_OUT_BUFFER_LEN - KEPT);
}

/* Also of a handshake that failed halfway: the session is not the context's yet. */
static void
tls_see_choice(struct io_tls *tls)
{
	const mbedtls_ssl_session *session =
	    tls->ssl.session != NULL ? tls->ssl.session : tls->ssl.session_negotiate;

	if (session == NULL || session->ciphersuite == 0)
		return;
	tls->seen.suite = (uint16_t)session->ciphersuite;
	tls->seen.version = (uint16_t)(tls->ssl.major_ver << 8 | tls->ssl.minor_ver);
}

/* An alert of the server's, its end, the socket's error, or a fault that we found. */
static int
tls_failed(struct io_tls *tls, int rc)
{
	tls->seen.flaw = io_verify_flaw(tls->verify.bad);
	if (rc == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
		/* Level, description (RFC 2246 section 7.2). */
		tls->seen.alert_got = tls->ssl.in_msg[1];
		return -EPROTO;
	}
	if (rc == MBEDTLS_ERR_SSL_CONN_EOF || rc == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		return -ECONNRESET;
	if (tls->err != 0 && rc == MBEDTLS_ERR_SSL_INTERNAL_ERROR)
		return tls->err;
	if (tls->seen.flaw == TLS_OK)
		tls->seen.flaw = TLS_OTHER;
	return -EPROTO;
}

int
io_tls_shake(struct io_tls *tls)
{
	int rc;

	tls->err = 0;
	/* A phone with a wrong clock finds good certificates bad, as a real one does. */
	tls->verify.wall_s = ((int64_t)io_now_us() + tls->phone->wall_minus_now_us) / 1000000;
	rc = mbedtls_ssl_handshake(&tls->ssl);
	if (rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE)
		return -EAGAIN;
	/* Also when it failed: what was agreed on until then is worth seeing. */
	tls_see_choice(tls);
	if (rc != 0)
		return tls_failed(tls, rc);
	tls_slim(tls);
	return 0;
}

/* ---- bytes ---- */

/* What a call of mbedTLS that did not work means to a stream that is up. */
static ssize_t
tls_broke(struct io_tls *tls, int rc)
{
	if (rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE)
		return -EAGAIN;
	if (rc == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || rc == MBEDTLS_ERR_SSL_CONN_EOF)
		return 0;
	if (rc == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
		tls->seen.alert_got = tls->ssl.in_msg[1];
	else if (rc == MBEDTLS_ERR_SSL_INTERNAL_ERROR && tls->err != 0)
		return tls->err;
	return -EPROTO;
}

ssize_t
io_tls_read(struct io_tls *tls, void *p, size_t n)
{
	int rc;

	tls->err = 0;
	rc = mbedtls_ssl_read(&tls->ssl, p, n);
	return rc >= 0 ? rc : tls_broke(tls, rc);
}

ssize_t
io_tls_write(struct io_tls *tls, struct span bytes)
{
	ssize_t broke;
	int rc;

	tls->err = 0;
	/* mbedTLS keeps the record it has begun: the call is repeated with the same length. */
	if (tls->writing != 0)
		bytes.n = tls->writing;
	rc = mbedtls_ssl_write(&tls->ssl, bytes.p, bytes.n);
	tls->writing = 0;
	if (rc >= 0)
		return rc;
	broke = tls_broke(tls, rc);
	if (broke == -EAGAIN)
		tls->writing = bytes.n;
	return broke != 0 ? broke : -EPIPE;
}

/* Nobody waits for the peer's answer (RFC 2246 7.2.1). */
void
io_tls_bye(struct io_tls *tls)
{
	if (tls->ssl.state == MBEDTLS_SSL_HANDSHAKE_OVER)
		mbedtls_ssl_close_notify(&tls->ssl);
}
