/* run_machine.c - see run_machine.h. */
#include "run_machine.h"

#include <errno.h>
#include <malloc.h>
#include <sched.h>

#include "descriptors.h"
#include "plan_events.h"

/*
 * A TLS connection has two record buffers of 16 KiB, of which it mostly touches a page.  From
 * the heap they would be pages used before; mapped by themselves they cost what is touched:
 * measured 31 instead of 52 KB a signed-in phone (between 100 and 1,000 of them), for at most
 * 0.3 of 3.3 ms of CPU a boot.  A process may have 65,530 mappings; what is more comes from the
 * heap.
 */
void
run_machine_memory(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, 16 * 1024);
	(void)mallopt(M_MMAP_MAX, 50000);
}

static unsigned
machine_cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

unsigned
run_machine_threads(const struct run_options *o, const struct run_plan *plan)
{
	unsigned threads = o->threads != 0 ? o->threads : machine_cores();

	return threads < plan->phones ? threads : plan->phones;
}

int
run_machine_descriptors(
    const struct run_plan *plan, unsigned threads, struct config_error *error)
{
	const struct descriptors_load load = {
		.phones = plan->phones,
		.transit = plan_transit(plan),
		.threads = threads,
		.lines = run_plan_lines(plan),
	};
	uint64_t needed = descriptors_needed(&load), have;

	if (descriptors_raise(needed, &have) == 0)
		return 0;
	(void)config_fail(error, "cx700farm", (struct mark){ 0 },
	    "%llu descriptors are needed, this process may have %llu: raise the hard limit "
	    "(ulimit -Hn, LimitNOFILE=), or take fewer phones (-n) or let them arrive slower",
	    (unsigned long long)needed, (unsigned long long)have);
	return -EMFILE;
}
