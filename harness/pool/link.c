/* link.c - see link.h. */
#include "link.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"

struct link_tls {
	gnutls_certificate_credentials_t creds;
	gnutls_priority_t priority;
};

/* One for all connections of a face: only read from then on. */
int
link_tls_new(const struct pool_cert *cert, struct link_tls **out)
{
	const char *pem = pool_cert_pem(cert), *key = pool_cert_key_pem(cert);
	gnutls_datum_t pem_d = { (unsigned char *)pem, (unsigned)strlen(pem) };
	gnutls_datum_t key_d = { (unsigned char *)key, (unsigned)strlen(key) };
	struct link_tls *tls = mem_new(sizeof *tls);

	if (tls == NULL)
		return -ENOMEM;
	if (gnutls_certificate_allocate_credentials(&tls->creds) < 0 ||
	    gnutls_certificate_set_x509_key_mem(
		tls->creds, &pem_d, &key_d, GNUTLS_X509_FMT_PEM) < 0 ||
	    gnutls_priority_init(&tls->priority, LINK_PRIORITY, NULL) < 0) {
		link_tls_free(tls);
		return -EINVAL;
	}
	*out = tls;
	return 0;
}

void
link_tls_free(struct link_tls *tls)
{
	if (tls == NULL)
		return;
	if (tls->priority != NULL)
		gnutls_priority_deinit(tls->priority);
	if (tls->creds != NULL)
		gnutls_certificate_free_credentials(tls->creds);
	mem_free(tls);
}

int
link_open(struct link *link, int fd_take, const struct link_tls *tls)
{
	*link = (struct link){ .fd = fd_take };
	if (tls == NULL)
		return 0;
	if (gnutls_init(&link->tls,
		GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS) < 0)
		return -ENOMEM;
	if (gnutls_priority_set(link->tls, tls->priority) < 0 ||
	    gnutls_credentials_set(link->tls, GNUTLS_CRD_CERTIFICATE, tls->creds) < 0) {
		gnutls_deinit(link->tls);
		return -ENOMEM;
	}
	/* Phones have no certificate: they sign in by Kerberos, inside. */
	gnutls_certificate_server_set_request(link->tls, GNUTLS_CERT_IGNORE);
	/* The face's sweep looks after those who never finish. */
	gnutls_handshake_set_timeout(link->tls, 0);
	gnutls_transport_set_int(link->tls, fd_take);
	return 0;
}

/* Fatal or done; alerts that only warn are passed over. */
int
link_greet(struct link *link)
{
	int rc;

	if (link->tls == NULL)
		return 0;
	do {
		rc = gnutls_handshake(link->tls);
	} while (rc < 0 && rc != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(rc));
	if (rc == GNUTLS_E_AGAIN)
		return -EAGAIN;
	link->up = rc == 0;
	if (rc == 0)
		return 0;
	/* The client sees by the alert why it was sent away. */
	gnutls_alert_send_appropriate(link->tls, rc);
	return -EPROTO;
}

/* 1 is GnuTLS's word for writing. */
bool
link_wants_write(const struct link *link)
{
	return link->tls != NULL && gnutls_record_get_direction(link->tls) == 1;
}

ssize_t
link_read(struct link *link, void *p, size_t n)
{
	ssize_t rc;

	if (link->tls == NULL) {
		rc = recv(link->fd, p, n, 0);
		return rc < 0 ? -errno : rc;
	}
	do {
		rc = gnutls_record_recv(link->tls, p, n);
	} while (rc == GNUTLS_E_INTERRUPTED || rc == GNUTLS_E_WARNING_ALERT_RECEIVED);
	if (rc == GNUTLS_E_AGAIN)
		return -EAGAIN;
	/* Many clients just close: no close_notify is an end like another. */
	if (rc == GNUTLS_E_PREMATURE_TERMINATION)
		return 0;
	return rc < 0 ? -EPROTO : rc;
}

ssize_t
link_write(struct link *link, const void *p, size_t n)
{
	ssize_t rc;

	if (link->tls == NULL) {
		rc = send(link->fd, p, n, MSG_NOSIGNAL);
		return rc < 0 ? -errno : rc;
	}
	do {
		/* GnuTLS still holds a record that did not go out: ask it to go on. */
		rc = link->stalled ? gnutls_record_send(link->tls, NULL, 0)
				   : gnutls_record_send(link->tls, p, n);
		if (rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED)
			link->stalled = true;
	} while (rc == GNUTLS_E_INTERRUPTED);
	if (rc == GNUTLS_E_AGAIN)
		return -EAGAIN;
	link->stalled = false;
	return rc < 0 ? -EPIPE : rc;
}

/* No goodbye behind a record that is still stuck: then the socket just closes. */
void
link_close(struct link *link)
{
	if (link->tls != NULL) {
		if (link->up && !link->stalled)
			gnutls_bye(link->tls, GNUTLS_SHUT_WR);
		gnutls_deinit(link->tls);
		link->tls = NULL;
	}
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}
