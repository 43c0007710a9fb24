/* edge.c - see edge.h. */
#include "edge.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A page that may be used and, behind it, one that may not. */
static uint8_t *
edge_make(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *p =
	    mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert(p != MAP_FAILED && page >= EDGE_MAX);
	if (mprotect(p + page, page, PROT_NONE) != 0)
		assert(0);
	return p + page;
}

struct span
edge(struct span bytes)
{
	static uint8_t *end;

	if (end == NULL)
		end = edge_make();
	assert(bytes.n <= EDGE_MAX);
	if (bytes.n != 0)
		memcpy(end - bytes.n, bytes.p, bytes.n);
	return (struct span){ end - bytes.n, bytes.n };
}
