/*
 * mem.h - the heap, through one door, so that tests can count what is out and
 * make the n-th allocation fail.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H
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

/* Tests: how many allocations are out; from now on the n-th one fails (0: none). */
long mem_out(void);
void mem_fail_at(long n);

#endif
