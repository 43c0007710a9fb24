/*
 * io_shape.h - what a phone's own line (io_link.h) does to what goes over it: when it arrives,
 * or that it does not.  Pure arithmetic, the same for both worlds; who holds the bytes until
 * then is not told here.
 *
 * Each way has one wire.  What is put on it leaves when all before it has left, takes its time
 * by the rate, and arrives after the delay; datagrams that find the queue full are lost.
 * Streams yield before that: they fill half of the queue, as TCP does that shares a line with
 * others.  A packet of a stream that is lost is sent again by TCP, and what is behind it waits.
 */
#ifndef IO_IO_SHAPE_H
#define IO_IO_SHAPE_H
#include <stdbool.h>
#include <stdint.h>

#include "io_link.h"
#include "rng.h"

enum io_shape_to { IO_SHAPE_UP, IO_SHAPE_DOWN }; /* from the phone, to it */

enum {
	IO_SHAPE_MSS = 1460,
	/* Of one connection so much is under way: a window of 64 KiB, as a phone of 2007
	 * offers, of which half is answers to come. */
	IO_SHAPE_WINDOW = 32 * 1024,
	/* So much is put on the wire at once: others come between, and while one piece is
	 * under way the next one leaves. */
	IO_SHAPE_PIECE = 8 * 1024
};

#define IO_SHAPE_NEVER UINT64_MAX

struct io_shape {
	struct io_link link;
	struct rng chance;   /* the phone's own, and only for this */
	uint64_t free_us[2]; /* when all that was put on the wire has left */
};

struct io_shape_flow {    /* one way of one connection; zeroed: nothing was sent */
	uint64_t last_us; /* when the last one arrives; IO_SHAPE_NEVER: there is a gap */
};

struct io_shape_piece { /* of a stream */
	enum io_shape_to to;
	uint64_t wire_n;    /* bytes, with all heads */
	uint32_t packets;   /* each may be lost */
	uint8_t trips;      /* one way alone, beside 2 for each of these */
	uint8_t handshakes; /* how many of these ways, the first ones, are TCP's SYN */
};

/* Is there anything to do?  NULL is a line like any other. */
bool io_shape_is_needed(const struct io_link *);

/* An idle line of this phone's. */
void io_shape_init(struct io_shape *, const struct io_link *, uint64_t seed, uint32_t phone);

/* Nothing is on the wire any more: the power was cut. */
void io_shape_rest(struct io_shape *);

/* Bytes on the wire of so many in a datagram; and in a stream, in how many packets. */
uint64_t io_shape_datagram_n(uint64_t n);
uint64_t io_shape_stream_n(uint64_t n);
uint32_t io_shape_packets(uint64_t n);

/* A datagram of wire_n bytes leaves: when it arrives, or IO_SHAPE_NEVER. */
uint64_t io_shape_datagram(
    struct io_shape *, enum io_shape_to, uint64_t now_us, uint64_t wire_n);

/*
 * How many bytes streams may put on the wire now (UINT64_MAX: any number); 0: none before
 * io_shape_room_us().
 */
uint64_t io_shape_room(const struct io_shape *, enum io_shape_to, uint64_t now_us);
uint64_t io_shape_room_us(const struct io_shape *, enum io_shape_to);

/*
 * A piece of a stream leaves.  true: *at_us is when it arrives, never before what was sent
 * earlier.  false: it never does, nor what is sent later; *at_us is when TCP gives up, or
 * IO_SHAPE_NEVER if it has done so before.
 */
bool io_shape_piece(struct io_shape *, uint64_t now_us, const struct io_shape_piece *,
    struct io_shape_flow *, uint64_t *at_us);

#endif
