/*
 * sim_wire.h - a wire that all who send share alike: of n, each gets its n-th part at any
 * moment, and none more than a limit that holds for each.
 *
 * Nothing is cut into packets.  What everybody has been given since the beginning is one
 * number, and who sends is done when that number has grown by what he has to send; so joining
 * and leaving cost a step in a heap, however many others there are, and a download of 15 MB is
 * as cheap as one reply.
 */
#ifndef SIM_SIM_WIRE_H
#define SIM_SIM_WIRE_H
#include "sim_clock.h"
#include "sim_load.h"

struct sim_wire_slot;

/* What was put on the wire has left. */
typedef void sim_wire_fn(void *arg);

struct sim_wire {
	struct sim_clock *clock, *given; /* given: its time is thousandths of a byte */
	struct sim_load *load;
	sim_wire_fn *fn;
	struct sim_event done; /* when the next of those who send is done */
	uint64_t bytes_per_s, each_per_s;
	size_t sending;
	double each;   /* given to each until at_us */
	double bytes;  /* the same by all that send, as far as the load has not heard of it */
	uint64_t owed; /* bytes put of which the load has not heard */
	uint64_t at_us;
	struct sim_wire_slot *slots, *spare; /* all there are; those not in use */
};

/*
 * Together no more than bytes_per_s; 0: no limit.  Clock and load (which hears what leaves, and
 * when the wire is busy) are lent.  0 or -ENOMEM.
 */
int sim_wire_init(struct sim_wire *, struct sim_clock *, struct sim_load *, sim_wire_fn *,
    uint64_t bytes_per_s);
/* Who still sends is forgotten. */
void sim_wire_done(struct sim_wire *);

/* From now on each gets no more than this; 0: no limit. */
void sim_wire_limit_each(struct sim_wire *, uint64_t bytes_per_s);

/* Is there any limit?  Without one nothing need be put on it. */
bool sim_wire_is_limited(const struct sim_wire *);

/* Send so much, then call fn(arg).  NULL: no memory. */
struct sim_wire_slot *sim_wire_put(struct sim_wire *, uint64_t bytes, void *arg);

/* Stop sending this, which is not done yet. */
void sim_wire_take(struct sim_wire *, struct sim_wire_slot *);

#endif
