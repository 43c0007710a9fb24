/* mem.c - see mem.h.  The two counters are the tests' and atomic: loops share the heap. */
#include "mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_long out, fail_in; /* fail_in < 0: it has failed */

bool
mem_fails(void)
{
	if (atomic_load_explicit(&fail_in, memory_order_relaxed) <= 0 ||
	    atomic_fetch_sub(&fail_in, 1) != 1)
		return false;
	atomic_store(&fail_in, -1);
	return true;
}

void *
mem_new(size_t n)
{
	void *p = mem_fails() ? NULL : calloc(1, n ? n : 1);

	if (p != NULL)
		atomic_fetch_add_explicit(&out, 1, memory_order_relaxed);
	return p;
}

void *
mem_realloc(void *old, size_t n)
{
	void *p = mem_fails() ? NULL : realloc(old, n ? n : 1);

	if (p != NULL && old == NULL)
		atomic_fetch_add_explicit(&out, 1, memory_order_relaxed);
	return p;
}

char *
mem_copy(const void *bytes, size_t n)
{
	char *p = mem_new(n + 1);

	if (p != NULL && n > 0)
		memcpy(p, bytes, n);
	return p;
}

void
mem_free(void *p)
{
	if (p == NULL)
		return;
	atomic_fetch_sub_explicit(&out, 1, memory_order_relaxed);
	free(p);
}

void
mem_wipe(void *p, size_t n)
{
	if (n != 0)
		explicit_bzero(p, n);
}

long
mem_out(void)
{
	return atomic_load(&out);
}

long
mem_fail_at(long n)
{
	return atomic_exchange(&fail_in, n);
}
