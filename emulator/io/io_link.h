/*
 * io_link.h - a phone's own line: how far, how thin and how bad it is.  The same numbers in the
 * real world (io_uv.h) and in the simulated one (harness/sim/sim.h).
 *
 * All zero is a line that nothing is known of: no limit, no delay, no loss.
 */
#ifndef IO_IO_LINK_H
#define IO_IO_LINK_H
#include <stdint.h>

struct io_link {
	uint64_t delay_us, jitter_us; /* one way, each way: evenly in delay +- jitter */
	double loss;                  /* of each packet, each way: 0 to 1 */
	uint64_t down_per_s,
	    up_per_s; /* bytes a second to the phone and from it; 0: no limit */
};

#endif
