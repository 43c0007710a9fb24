/* pool_cert_read.c - see pool_ca.h: a certificate that another CA has issued, from its files.
 */
#include <errno.h>
#include <gnutls/x509.h>
#include <sys/stat.h>

#include "mem.h"
#include "pool_ca.h"
#include "pool_cert.h"

/* GnuTLS reads a file whole, but does not say why it could not. */
static int
cert_file(const char *path, gnutls_datum_t *out)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return -errno;
	return gnutls_load_file(path, out) < 0 ? -EACCES : 0;
}

/* Does the key belong to the first certificate?  GnuTLS finds out when it takes them. */
static int
cert_pair(const struct pool_cert *cert)
{
	gnutls_certificate_credentials_t creds;
	int rc;

	if (gnutls_certificate_allocate_credentials(&creds) < 0)
		return -ENOMEM;
	rc = gnutls_certificate_set_x509_key_mem(
	    creds, &cert->pem, &cert->key, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(creds);
	return rc < 0 ? -EINVAL : 0;
}

int
pool_cert_read(const char *certificate, const char *key, struct pool_cert **out)
{
	struct pool_cert *cert = mem_new(sizeof *cert);
	int rc;

	if (cert == NULL)
		return -ENOMEM;
	rc = cert_file(certificate, &cert->pem);
	if (rc == 0)
		rc = cert_file(key, &cert->key);
	if (rc == 0)
		rc = cert_pair(cert);
	if (rc != 0) {
		pool_cert_free(cert);
		return rc;
	}
	*out = cert;
	return 0;
}
