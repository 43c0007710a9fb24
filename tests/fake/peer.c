/* peer.c - see peer.h. */
#include "peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "io_rig.h"

enum { PEER_CONNS = 64, PEER_BUF = 64 * 1024 };
enum { PEER_KEY, PEER_KEY_CA, PEER_KEYS = PEER_KEY_CA + 2 };

struct peer_conn {
	struct peer *peer;
	pthread_t thread;
	int fd, number;
	gnutls_session_t tls; /* NULL: plain */
	bool cut;             /* no close_notify, a reset */
};

struct peer {
	int fd;
	bool tls;
	pthread_t thread;
	struct peer_conn conn[PEER_CONNS];
	struct peer_seen seen;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t priority;
	gnutls_datum_t root;
};

static void
peer_count(struct peer *peer, atomic_int *counter, int by)
{
	pthread_mutex_lock(&peer->lock);
	atomic_fetch_add(counter, by);
	pthread_cond_broadcast(&peer->changed);
	pthread_mutex_unlock(&peer->lock);
}

void
peer_wait(struct peer *peer, const atomic_int *counter, int at_least)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 10;
	pthread_mutex_lock(&peer->lock);
	while (atomic_load(counter) < at_least)
		if (pthread_cond_timedwait(&peer->changed, &peer->lock, &end) != 0)
			break;
	pthread_mutex_unlock(&peer->lock);
	assert_true(atomic_load(counter) >= at_least);
}

/* ---- bytes ---- */

static ssize_t
conn_recv(struct peer_conn *c, char *p, size_t n)
{
	ssize_t got;

	if (c->tls == NULL)
		return recv(c->fd, p, n, 0);
	do /* a warning, as that there will be no renegotiation, ends nothing */
		got = gnutls_record_recv(c->tls, p, n);
	while (got < 0 && !gnutls_error_is_fatal((int)got));
	return got;
}

/* False: nobody takes it any more. */
static bool
conn_send(struct peer_conn *c, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = c->tls == NULL ? send(c->fd, p, n, MSG_NOSIGNAL)
					      : gnutls_record_send(c->tls, p, n);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static void
conn_text(struct peer_conn *c, const char *text)
{
	conn_send(c, text, strlen(text));
}

static void
conn_pattern(struct peer_conn *c, size_t n)
{
	char block[251 * 64]; /* of its own: every connection has a thread */

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)(i % 251);
	for (size_t part; n > 0; n -= part) {
		part = n < sizeof(block) ? n : sizeof(block);
		conn_send(c, block, part);
	}
}

/* ---- HTTP ---- */

static void
conn_reply(struct peer_conn *c, const char *status, const char *headers, size_t n)
{
	char head[256];

	snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status,
	    headers, n);
	conn_text(c, head);
}

/* More header lines than anybody wants, until nobody listens. */
static void
conn_flood_head(struct peer_conn *c)
{
	char line[1024];

	memset(line, 'x', sizeof(line));
	memcpy(line, "X-Flood: ", 9);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	conn_text(c, "HTTP/1.1 200 OK\r\n");
	while (conn_send(c, line, sizeof(line)))
		;
}

/* It will end with a reset, and without close_notify. */
static void
conn_cut(struct peer_conn *c)
{
	struct linger now = { 1, 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	c->cut = true;
}

/* Those that break off.  True: it was one of these, and the connection is to end. */
static bool
conn_breaks_off(struct peer_conn *c, const char *path)
{
	if (strncmp(path, "/cut", 4) == 0) {
		conn_reply(c, "200 OK", "", 100);
		conn_text(c, "0123456789");
		if (strncmp(path + 4, "/reset", 6) == 0)
			conn_cut(c);
		return true;
	}
	if (strncmp(path, "/reset/", 7) == 0 && atoi(path + 7) == c->number) {
		conn_cut(c);
		return true;
	}
	return strncmp(path, "/bye/", 5) == 0 && atoi(path + 5) == c->number;
}

/* What old and odd servers say.  True: it was one of these; *go_on: the connection lasts. */
static bool
conn_answer_oddly(struct peer_conn *c, const char *path, bool *go_on)
{
	*go_on = true;
	if (strncmp(path, "/1.0", 4) == 0) {
		conn_text(c, "HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil the end");
		*go_on = false;
		if (strncmp(path + 4, "/reset", 6) == 0)
			conn_cut(c);
	} else if (strncmp(path, "/204", 4) == 0) {
		conn_text(c, "HTTP/1.1 204 No Content\r\n\r\n");
	} else if (strncmp(path, "/304", 4) == 0) {
		conn_reply(c, "304 Not Modified", "", 5);
	} else if (strncmp(path, "/more/long", 10) == 0) {
		conn_reply(c, "200 OK", "", 100000);
		conn_pattern(c, 100030);
	} else if (strncmp(path, "/more", 5) == 0) {
		conn_reply(c, "200 OK", "", 2);
		conn_text(c, "no, and more than was promised");
	} else if (strncmp(path, "/folded", 7) == 0) {
		conn_reply(c, "200 OK", "X-Long: one\r\n\t two: three\r\nX-Next: 1\r\n", 0);
	} else if (strncmp(path, "/half", 5) == 0) {
		conn_text(c, "HTTP/1.1 200 OK\r\nX-One: 1\r\nX-T");
		*go_on = false;
	} else if (strncmp(path, "/flood", 6) == 0) {
		conn_flood_head(c);
		*go_on = false;
	} else {
		return false;
	}
	return true;
}

/* "/reset/1/1.0": on other connections than the first it is "/1.0". */
static const char *
behind_reset(const char *path)
{
	const char *rest = path + strlen("/reset/");

	if (strncmp(path, "/reset/", strlen("/reset/")) != 0)
		return path;
	rest += strspn(rest, "0123456789");
	return *rest == '/' ? rest : path;
}

/* False: the connection is to end. */
static bool
conn_answer(struct peer_conn *c, const char *request, size_t n)
{
	const char *path = strchr(request, ' ') + 1;
	char text[32];
	bool go_on;

	if (conn_breaks_off(c, path))
		return false;
	path = behind_reset(path);
	if (conn_answer_oddly(c, path, &go_on))
		return go_on;
	if (strncmp(path, "/n/", 3) == 0) {
		conn_reply(c, "200 OK", "", strtoul(path + 3, NULL, 10));
		conn_pattern(c, strtoul(path + 3, NULL, 10));
	} else if (strncmp(path, "/echo", 5) == 0) {
		conn_reply(c, "200 OK", "X-One: 1\r\nX-Two: a b\r\n", n);
		conn_send(c, request, n);
	} else if (strncmp(path, "/chunked", 8) == 0) {
		conn_text(c,
		    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n");
	} else if (strncmp(path, "/continue", 9) == 0) {
		conn_text(c, "HTTP/1.1 100 Continue\r\nX-Not: 1\r\n\r\n");
		conn_reply(c, "200 OK", "X-Yes: 1\r\n", 0);
	} else if (strncmp(path, "/401", 4) == 0) {
		conn_reply(c, "401 Unauthorized", "WWW-Authenticate: Negotiate\r\n", 2);
		conn_text(c, "no");
	} else {
		snprintf(text, sizeof(text), "%d", c->number);
		conn_reply(c, "200 OK",
		    strncmp(path, "/close", 6) == 0 ? "Connection: close\r\n" : "",
		    strlen(text));
		conn_text(c, text);
		return strncmp(path, "/close", 6) != 0 && strncmp(path, "/leave", 6) != 0;
	}
	return true;
}

/* Is the request in buf whole?  Its length, or 0. */
static size_t
conn_request(const char *buf, size_t n)
{
	const char *end = memmem(buf, n, "\r\n\r\n", 4);
	const char *length = strstr(buf, "Content-Length:");
	size_t body = length != NULL ? strtoul(length + 15, NULL, 10) : 0;
	size_t whole = end != NULL ? (size_t)(end - buf) + 4 + body : 0;

	return whole <= n ? whole : 0;
}

/* ---- one connection ---- */

/* The server wants to shake hands again, and says the next thing in the same segment. */
static void
conn_hello_request(struct peer_conn *c)
{
	int on = 1, off = 0;

	setsockopt(c->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
	gnutls_rehandshake(c->tls);
	conn_text(c, "and on");
	setsockopt(c->fd, IPPROTO_TCP, TCP_CORK, &off, sizeof(off));
}

/* What remains in buf is not answered yet; false: the connection is to end. */
static bool
conn_on_bytes(struct peer_conn *c, char *buf, size_t *n)
{
	buf[*n] = '\0';
	if (strncmp(buf, "GET ", 4) == 0 || strncmp(buf, "POST ", 5) == 0) {
		size_t whole = conn_request(buf, *n);

		if (whole == 0)
			return true;
		*n = 0;
		return conn_answer(c, buf, whole);
	}
	if (strcmp(buf, "bye") == 0)
		return false;
	if (strcmp(buf, "reset") == 0) {
		conn_cut(c);
		return false;
	}
	if (strcmp(buf, "flood") == 0)
		conn_pattern(c, 4 * 1024 * 1024);
	else if (strcmp(buf, "again") == 0)
		conn_hello_request(c);
	else
		conn_send(c, buf, *n);
	*n = 0;
	return true;
}

static void
conn_ended(struct peer_conn *c, ssize_t got)
{
	bool reset = c->tls == NULL ? got < 0 && errno == ECONNRESET : got < 0;

	if (got == 0)
		peer_count(c->peer, &c->peer->seen.orderly, 1);
	else if (reset)
		peer_count(c->peer, &c->peer->seen.resets, 1);
}

static void
conn_talk(struct peer_conn *c)
{
	char *buf = malloc(PEER_BUF + 1);
	size_t n = 0;
	ssize_t got;

	do {
		got = conn_recv(c, buf + n, PEER_BUF - n);
		if (got <= 0) {
			conn_ended(c, got);
			break;
		}
		peer_count(c->peer, &c->peer->seen.bytes, (int)got);
		n += (size_t)got;
	} while (conn_on_bytes(c, buf, &n));
	free(buf);
}

static bool
conn_shake(struct peer_conn *c)
{
	int rc;

	gnutls_init(&c->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
	gnutls_priority_set(c->tls, c->peer->priority);
	gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, c->peer->cred);
	gnutls_transport_set_int(c->tls, c->fd);
	do
		rc = gnutls_handshake(c->tls);
	while (rc < 0 && !gnutls_error_is_fatal(rc) && rc != GNUTLS_E_WARNING_ALERT_RECEIVED);
	if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
		peer_count(c->peer, &c->peer->seen.alert, (int)gnutls_alert_get(c->tls));
	else if (rc < 0)
		gnutls_alert_send_appropriate(c->tls, rc);
	if (rc == 0)
		peer_count(c->peer, &c->peer->seen.handshakes, 1);
	return rc == 0;
}

static void *
conn_thread(void *arg)
{
	struct peer_conn *c = arg;

	if (!c->peer->tls || conn_shake(c))
		conn_talk(c);
	if (c->tls != NULL && !c->cut)
		gnutls_bye(c->tls, GNUTLS_SHUT_WR);
	close(c->fd);
	if (c->tls != NULL)
		gnutls_deinit(c->tls);
	return NULL;
}

/* ---- certificates ---- */

/* Keys take a while to make: they are made once. */
static gnutls_x509_privkey_t
peer_key(int which)
{
	static gnutls_x509_privkey_t keys[PEER_KEYS];

	if (keys[which] == NULL) {
		gnutls_x509_privkey_init(&keys[which]);
		gnutls_x509_privkey_generate(keys[which], GNUTLS_PK_RSA, 2048, 0);
	}
	return keys[which];
}

/* Two peers, one after the other, hang from different roots. */
static gnutls_x509_privkey_t
peer_ca_key(void)
{
	static int peers;

	return peer_key(PEER_KEY_CA + peers++ % 2);
}

void
peer_keys(void)
{
	for (int i = 0; i < PEER_KEYS; i++)
		(void)peer_key(i);
}

static gnutls_x509_crt_t
cert_new(gnutls_x509_privkey_t key, const char *name, const struct peer_cert *cfg)
{
	time_t now = time(NULL);
	uint8_t serial = 1;
	gnutls_x509_crt_t crt;

	gnutls_x509_crt_init(&crt);
	gnutls_x509_crt_set_version(crt, 3);
	gnutls_x509_crt_set_serial(crt, &serial, 1);
	gnutls_x509_crt_set_dn_by_oid(
	    crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
	gnutls_x509_crt_set_activation_time(crt, cfg->from ? cfg->from : now - 86400);
	gnutls_x509_crt_set_expiration_time(crt, cfg->to ? cfg->to : now + 86400);
	gnutls_x509_crt_set_key(crt, key);
	return crt;
}

static gnutls_digest_algorithm_t
cert_hash(bool sha2)
{
	return sha2 ? GNUTLS_DIG_SHA256 : GNUTLS_DIG_SHA1;
}

static void
peer_certify(struct peer *peer, const struct peer_cert *cfg)
{
	const struct peer_cert of_root = { .from = cfg->root_to ? 1 : 0, .to = cfg->root_to };
	gnutls_x509_privkey_t ca_key = peer_ca_key(), key = peer_key(PEER_KEY);
	gnutls_x509_crt_t ca, crt;

	ca = cert_new(ca_key, "Contoso Root", &of_root);
	gnutls_x509_crt_set_basic_constraints(ca, 1, -1);
	assert_int_equal(
	    gnutls_x509_crt_sign2(ca, ca, ca_key, cert_hash(cfg->sha2_root), 0), 0);

	crt = cert_new(key, cfg->common_name, cfg);
	if (cfg->dns_name != NULL)
		gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, cfg->dns_name,
		    (unsigned)strlen(cfg->dns_name), GNUTLS_FSAN_SET);
	assert_int_equal(gnutls_x509_crt_sign2(crt, ca, ca_key, cert_hash(cfg->sha2), 0), 0);

	gnutls_certificate_allocate_credentials(&peer->cred);
	gnutls_certificate_set_x509_key(peer->cred, &crt, 1, key);
	gnutls_x509_crt_export2(ca, GNUTLS_X509_FMT_DER, &peer->root);
	gnutls_priority_init(&peer->priority,
	    "NORMAL:-VERS-ALL:+VERS-TLS1.0:+3DES-CBC:+ARCFOUR-128:+MD5:+SHA1:+RSA:%COMPAT",
	    NULL);
	gnutls_x509_crt_deinit(ca);
	gnutls_x509_crt_deinit(crt);
}

/* ---- the server ---- */

static void *
peer_thread(void *arg)
{
	struct peer *peer = arg;
	int n = 0, fd;

	while (n < PEER_CONNS && (fd = accept(peer->fd, NULL, NULL)) >= 0) {
		struct peer_conn *c = &peer->conn[n];

		*c = (struct peer_conn){ .peer = peer, .fd = fd, .number = ++n };
		pthread_create(&c->thread, NULL, conn_thread, c);
		peer_count(peer, &peer->seen.connections, 1);
	}
	for (int i = 0; i < n; i++)
		pthread_join(peer->conn[i].thread, NULL);
	return NULL;
}

struct peer *
peer_new(const struct peer_cert *cert, uint16_t *port_out)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	pthread_mutex_init(&peer->lock, NULL);
	pthread_cond_init(&peer->changed, NULL);
	peer->tls = cert != NULL;
	if (cert != NULL)
		peer_certify(peer, cert);
	peer->fd = rig_listen(SOCK_STREAM, port_out);
	assert_int_equal(pthread_create(&peer->thread, NULL, peer_thread, peer), 0);
	return peer;
}

/* The phones have closed their ends already. */
void
peer_free(struct peer *peer)
{
	shutdown(peer->fd, SHUT_RDWR);
	pthread_join(peer->thread, NULL);
	close(peer->fd);
	if (peer->tls) {
		gnutls_certificate_free_credentials(peer->cred);
		gnutls_priority_deinit(peer->priority);
		gnutls_free(peer->root.data);
	}
	pthread_mutex_destroy(&peer->lock);
	pthread_cond_destroy(&peer->changed);
	free(peer);
}

const struct peer_seen *
peer_seen(struct peer *peer)
{
	return &peer->seen;
}

struct span
peer_root(const struct peer *peer)
{
	return (struct span){ peer->root.data, peer->root.size };
}
