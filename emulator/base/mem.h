/*
 * mem.h - the heap, through one door, so that tests can count what is out and
 * make the n-th allocation fail.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H
#include <stdbool.h>
#include <stddef.h>

/* n zeroed bytes, or NULL. */
void *mem_new(size_t n);

/* As realloc; what is added is not zeroed. */
void *mem_realloc(void *, size_t n);

/* A copy of n bytes with a NUL behind them, or NULL. */
char *mem_copy(const void *bytes, size_t n);

/* NULL is fine. */
void mem_free(void *);

/* Overwrite a secret; never optimised away. */
void mem_wipe(void *, size_t n);

/* Tests: how many allocations are out. */
long mem_out(void);

/*
 * Tests: from now on the n-th allocation fails (0: none).  What was asked for before: in so
 *many allocations, < 0 when it has failed, 0 when nothing was asked for.  A test's own means,
 *which are not to fail, are made in a pause:
 *
 *	long left = mem_fail_at(0);
 *	...
 *	mem_fail_at(left);
 */
long mem_fail_at(long n);

/* Tests: an allocation is made now: is it the one to fail?  For a library's own heap, when its
 * hook leads to the test. */
bool mem_fails(void);

#endif
