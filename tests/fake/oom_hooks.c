/*
 * oom_hooks.c - see oom_hooks.h.
 *
 * expat needs none here: proto/xml_walk.c gives it base/mem.h.  These have no hook, and their
 * allocations never fail: mbedTLS (Debian builds it without MBEDTLS_PLATFORM_MEMORY), krb5 and
 * gssapi, libyaml, libmicrohttpd, GnuTLS (its hook is deprecated and comes too late: it
 * allocates when it is loaded), and zlib, which has hooks in its streams only, while we use but
 * its CRC.
 */
#include "oom_hooks.h"

#include <ares.h>
#include <assert.h>
#include <curl/curl.h>
#include <jansson.h>
#include <lber.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "mem.h"

static atomic_long out;

static void *
hook_kept(void *p)
{
	if (p != NULL)
		atomic_fetch_add(&out, 1);
	return p;
}

static void *
hook_malloc(size_t n)
{
	return mem_fails() ? NULL : hook_kept(malloc(n));
}

static void *
hook_calloc(size_t n, size_t size)
{
	return mem_fails() ? NULL : hook_kept(calloc(n, size));
}

static void
hook_free(void *p)
{
	if (p != NULL)
		atomic_fetch_sub(&out, 1);
	free(p);
}

static void *
hook_realloc(void *p, size_t n)
{
	if (p == NULL)
		return hook_malloc(n);
	return mem_fails() ? NULL : realloc(p, n);
}

/* libuv aborts by itself when its table of watched descriptors cannot grow, and that is the one
 * thing that loops use this for. */
static void *
hook_uv_realloc(void *p, size_t n)
{
	return p == NULL ? hook_kept(malloc(n)) : realloc(p, n);
}

static char *
hook_strdup(const char *text)
{
	size_t n = strlen(text) + 1;
	char *p = hook_malloc(n);

	return p == NULL ? NULL : memcpy(p, text, n);
}

/* ---- liblber's take a context behind -------------------------------------------- */

static void *
hook_lber_malloc(ber_len_t n, void *ctx)
{
	(void)ctx;
	return hook_malloc(n);
}

static void *
hook_lber_calloc(ber_len_t n, ber_len_t size, void *ctx)
{
	(void)ctx;
	return hook_calloc(n, size);
}

static void *
hook_lber_realloc(void *p, ber_len_t n, void *ctx)
{
	(void)ctx;
	return hook_realloc(p, n);
}

static void
hook_lber_free(void *p, void *ctx)
{
	(void)ctx;
	hook_free(p);
}

void
oom_hooks(void)
{
	static const BerMemoryFunctions lber = { hook_lber_malloc, hook_lber_calloc,
		hook_lber_realloc, hook_lber_free };
	int uv = uv_replace_allocator(hook_malloc, hook_uv_realloc, hook_calloc, hook_free);
	CURLcode curl = curl_global_init_mem(CURL_GLOBAL_NOTHING, hook_malloc, hook_free,
	    hook_realloc, hook_strdup, hook_calloc);
	int ares =
	    ares_library_init_mem(ARES_LIB_INIT_ALL, hook_malloc, hook_free, hook_realloc);

	assert(uv == 0 && curl == CURLE_OK && ares == ARES_SUCCESS);
	assert(ber_set_option(NULL, LBER_OPT_MEMORY_FNS, &lber) == LBER_OPT_SUCCESS);
	json_set_alloc_funcs(hook_malloc, hook_free);
}

long
oom_hooks_out(void)
{
	return atomic_load(&out);
}
