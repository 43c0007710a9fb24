/* wire_priv.h - a wire from inside: wire.c has its arithmetic, wire_packet.c its datagrams. */
#ifndef POOL_WIRE_PRIV_H
#define POOL_WIRE_PRIV_H
#include "list.h"
#include "wire.h"

struct wire {
	struct wire_cfg cfg;
	struct serve_fault faults;
	struct rng rng;      /* of how long a request takes */
	uint64_t began_us;   /* 0: not yet */
	uint64_t *worker_us; /* when each will be free; NULL: work costs nothing */
	uint64_t port_us;    /* when the port will be */
	struct list held;    /* datagrams under way */
	size_t n_held;
	uint64_t mishaps[WIRE_MISHAPS];
};

/* Forget the datagrams that are under way. */
void wire_drop_held(struct wire *);

#endif
