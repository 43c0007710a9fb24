/*
 * io_lane.h - one way of one stream over a phone's own line: bytes in order, of which the first
 * are there already and the others arrive, piece by piece, each when the arithmetic
 * (io_shape.h) says so.  No socket and no clock of its own.
 */
#ifndef IO_IO_LANE_H
#define IO_IO_LANE_H
#include "buf.h"
#include "io_shaper.h"

enum { IO_LANE_PIECES = 32 };

struct io_piece { /* under way */
	uint64_t at_us;
	uint32_t n;
};

struct io_lane {
	struct io_shaper *shaper;
	enum io_shape_to to;
	struct io_turn turn; /* for room on the wire */
	struct io_shape_flow flow;
	struct buf bytes;   /* under way, or there */
	size_t there;       /* so many of them, the first ones */
	uint64_t landed_us; /* when the last of those came, by the line's time */
	uint64_t end_us;    /* when the end comes; IO_SHAPE_NEVER: not known yet */
	bool ended;         /* it is there */
	struct io_piece piece[IO_LANE_PIECES];
	unsigned first, n_pieces;
};

/* Idle; go() is called when it is the lane's turn. */
void io_lane_init(
    struct io_lane *, struct io_shaper *, enum io_shape_to, void (*go)(struct io_turn *));
void io_lane_done(struct io_lane *);

/* TCP has given up: nothing will arrive any more. */
bool io_lane_is_dead(const struct io_lane *);

/* How many bytes may leave now; 0: not now, and what changes that goes on with it. */
size_t io_lane_room(struct io_lane *);

/*
 * The last n of .bytes leave now (0: a packet without any, of TCP's handshake if syn is set).
 * Gives when they are there; IO_SHAPE_NEVER: they are lost, and taken out of .bytes.
 * *gave_up_us is set, then, to when TCP gives up, once.
 */
uint64_t io_lane_leave(
    struct io_lane *, uint64_t now_us, uint32_t n, bool syn, uint64_t *gave_up_us);

/* When the next piece, or the end, is there; IO_SHAPE_NEVER: none is under way. */
uint64_t io_lane_next_us(const struct io_lane *);
/* What has arrived by now is there. */
void io_lane_land(struct io_lane *, uint64_t now_us);
/* All that is under way is there. */
void io_lane_land_all(struct io_lane *);
/* The first n are taken. */
void io_lane_take(struct io_lane *, size_t n);

#endif
