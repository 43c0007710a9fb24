/* descriptors.c - see descriptors.h. */
#include "descriptors.h"

#include <errno.h>
#include <sys/resource.h>

enum {
	DESCRIPTORS_PROCESS = 112,  /* files, signals, the pool's pipes, who looks on */
	DESCRIPTORS_THREAD = 16,    /* a loop, its curl, its listeners and relay sockets */
	DESCRIPTORS_IN_TRANSIT = 3, /* an HTTPS request: curl's end, ours, the connection */
};

/* No more than all phones can be in transit at once. */
uint64_t
descriptors_needed(const struct descriptors_load *l)
{
	uint64_t transit = l->transit < l->phones ? l->transit : l->phones;

	return DESCRIPTORS_PROCESS + (uint64_t)DESCRIPTORS_THREAD * l->threads + l->lines +
	    DESCRIPTORS_IN_TRANSIT * transit;
}

/* Only the soft limit is ours to raise; the hard one is the operator's. */
int
descriptors_raise(uint64_t needed, uint64_t *have_out)
{
	struct rlimit r;

	*have_out = 0;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return -errno;
	if (r.rlim_cur < r.rlim_max) {
		struct rlimit more = { .rlim_cur = r.rlim_max, .rlim_max = r.rlim_max };

		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			r = more;
	}
	*have_out = r.rlim_cur;
	return needed > r.rlim_cur ? -EMFILE : 0;
}
