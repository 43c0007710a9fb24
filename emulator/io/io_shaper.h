/*
 * io_shaper.h - a phone's own line in the real world: what passes it is held back until the
 * arithmetic (io_shape.h) says that it arrives.  The kernel's network is taken for one without
 * length; loss in a stream is a wait, as TCP makes it one.
 *
 * Datagrams (UDP, DHCP) are held one by one, here.  Streams are held below TLS (io_pace.h) and
 * take turns for room on the wire.  A phone without a line has none of this.
 */
#ifndef IO_IO_SHAPER_H
#define IO_IO_SHAPER_H
#include "io_priv.h"
#include "io_shape.h"

enum { IO_SHAPER_WAYS = 2 };

struct io_turn { /* who waits for room on the wire */
	struct list link;
	void (*go)(struct io_turn *); /* there is some: put one piece, or do not */
};

struct io_shaper_side { /* one way */
	struct io_shaper *shaper;
	enum io_shape_to to;
	struct list turns;            /* the next first */
	const struct io_turn *called; /* whose turn it is just now */
	struct io_due room;
};

struct io_shaper {
	struct io_shape shape;
	struct io_phone *phone;
	struct list held; /* datagrams under way, both ways */
	struct io_shaper_side side[IO_SHAPER_WAYS];
};

/* For a phone with this line, copied.  0 or -ENOMEM. */
int io_shaper_new(struct io_phone *, const struct io_link *, uint64_t seed);
/* NULL is fine. */
void io_shaper_free(struct io_shaper *);
/* The power was cut: what has left the phone goes on, at once; nothing else does. */
void io_shaper_cut(struct io_shaper *);

/* ---- datagrams ---- */

/* It has come to the other end; bytes are lent. */
typedef void io_held_fn(struct io_phone *, void *arg, struct span bytes);

/*
 * Hold a copy until then; or it is lost, and nobody hears of it.  0, or -ENOMEM of what the
 * phone sends; what it is sent comes at once, then, within this call.
 */
int io_shaper_hold(
    struct io_shaper *, enum io_shape_to, struct span bytes, io_held_fn *, void *arg);
/* Is something of this arg under way? */
bool io_shaper_holds(const struct io_shaper *, enum io_shape_to, const void *arg);
/* What is under way for this arg is dropped / is there now. */
void io_shaper_drop(struct io_shaper *, enum io_shape_to, const void *arg);
void io_shaper_hurry(struct io_shaper *, const void *arg);

/* ---- streams ---- */

/*
 * How many bytes who has this turn may put on the wire now.  0: his turn comes later, go() is
 * called; he is in the queue.
 */
uint64_t io_shaper_room(struct io_shaper *, enum io_shape_to, struct io_turn *);

#endif
