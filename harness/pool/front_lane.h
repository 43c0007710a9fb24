/* front_lane.h - one direction of a connection behind a front: its pieces, in order, each with
 * the time at which it has come. */
#ifndef POOL_FRONT_LANE_H
#define POOL_FRONT_LANE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "front_sense.h"
#include "list.h"
#include "span.h"
#include "wire.h"

enum piece_kind { PIECE_BYTES, PIECE_END, PIECE_RESET };

struct piece {
	struct list link;
	enum piece_kind kind;
	uint64_t due_us; /* when it has come */
	bool work;       /* and then waits for a worker */
	size_t n, written;
	uint8_t bytes[];
};

struct lane {
	struct list pieces;
	size_t queued;
	uint64_t last_us; /* when the last one comes */
	struct front_sense sense;
	bool ended; /* nothing more is read for it */
};

/* An empty one. */
void lane_init(struct lane *, bool tls);

/* Forget all pieces. */
void lane_done(struct lane *);

/* TCP hands on in order: what is late holds up what is behind it.  NULL: no memory. */
struct piece *lane_add(struct lane *, enum piece_kind, struct span, uint64_t due_us);

/* The next one, if its time has come: a request's then begins to be its worker's. */
struct piece *lane_due(struct lane *, struct wire *);

/* The first one is done with. */
void lane_take(struct lane *, struct piece *);

#endif
