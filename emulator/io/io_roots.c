/*
 * io_roots.c - the roots phones trust: a set that many phones share is parsed once per world.
 *
 * There are as many sets as there are different histories of trust, in practice one or
 * two; they live as long as the world.
 */
#include <errno.h>

#include <mbedtls/x509_crt.h>

#include "io_tls.h"
#include "io_tls_priv.h"
#include "mem.h"

struct io_roots {
	struct io_roots *next;
	mbedtls_x509_crt chain; /* in the order they came to be trusted */
};

static struct span
roots_der(const mbedtls_x509_crt *crt)
{
	return (struct span){ crt->raw.p, crt->raw.len };
}

static bool
roots_has(const struct io_roots *roots, struct span der)
{
	if (roots == NULL)
		return false;
	for (const mbedtls_x509_crt *crt = &roots->chain; crt != NULL; crt = crt->next)
		if (span_eq(roots_der(crt), der))
			return true;
	return false;
}

/* Is it `old` and then this one? */
static bool
roots_is(const struct io_roots *roots, const struct io_roots *old, struct span der)
{
	const mbedtls_x509_crt *crt = &roots->chain;
	const mbedtls_x509_crt *was = old != NULL ? &old->chain : NULL;

	for (; was != NULL; was = was->next, crt = crt->next)
		if (crt == NULL || !span_eq(roots_der(crt), roots_der(was)))
			return false;
	return crt != NULL && crt->next == NULL && span_eq(roots_der(crt), der);
}

/*
 * A set's certificates are parsed anew for it: mbedTLS links them into one chain, so no two
 * sets can share any.
 */
static int
roots_parse(struct io_roots *roots, const struct io_roots *old, struct span der)
{
	int rc = 0;

	mbedtls_x509_crt_init(&roots->chain);
	for (const mbedtls_x509_crt *was = old != NULL ? &old->chain : NULL;
	     was != NULL && rc == 0; was = was->next)
		rc = mbedtls_x509_crt_parse_der(&roots->chain, was->raw.p, was->raw.len);
	if (rc == 0)
		rc = mbedtls_x509_crt_parse_der(&roots->chain, der.p, der.n);
	if (rc == 0)
		return 0;
	mbedtls_x509_crt_free(&roots->chain);
	return rc == MBEDTLS_ERR_X509_ALLOC_FAILED ? -ENOMEM : -EBADMSG;
}

/* Trusted already, known from another phone, or made: the sets are never changed. */
int
io_roots_add(struct io_world *w, const struct io_roots *old, struct span der,
    const struct io_roots **out)
{
	struct io_roots *roots = w->tls->roots;
	int rc;

	if (roots_has(old, der)) {
		*out = old;
		return 0;
	}
	for (; roots != NULL; roots = roots->next) {
		if (roots_is(roots, old, der)) {
			*out = roots;
			return 0;
		}
	}
	roots = mem_new(sizeof(*roots));
	if (roots == NULL)
		return -ENOMEM;
	rc = roots_parse(roots, old, der);
	if (rc < 0) {
		mem_free(roots);
		return rc;
	}
	roots->next = w->tls->roots;
	w->tls->roots = roots;
	*out = roots;
	return 0;
}

/* mbedTLS wants it writable and only reads it. */
struct mbedtls_x509_crt *
io_roots_chain(const struct io_roots *roots)
{
	return roots != NULL ? (mbedtls_x509_crt *)(uintptr_t)&roots->chain : NULL;
}

void
io_roots_done(struct io_world *w)
{
	struct io_roots *roots;

	while ((roots = w->tls->roots) != NULL) {
		w->tls->roots = roots->next;
		mbedtls_x509_crt_free(&roots->chain);
		mem_free(roots);
	}
}
