/*
 * sim_link_priv.h - a link from inside: sim_link_out.c the way to the server, sim_link_work.c
 * its workers, sim_link_back.c and sim_link_home.c the way back.
 *
 * An answer's functions return whether another one is behind it, whose turn it is.  If so, the
 * lane is still there; else it may have gone with the answer, if that was all that its handle
 * lived for.
 */
#ifndef SIM_SIM_LINK_PRIV_H
#define SIM_SIM_LINK_PRIV_H
#include "serve_fault.h"
#include "sim_link.h"
#include "sim_wire.h"

enum link_direction { LINK_OUT, LINK_BACK }; /* of a lane's arrays */

enum { LINK_MSS = 1460 };

struct sim_link {
	struct sim_way way; /* first */
	struct sim_clock *clock;
	struct spread takes;
	struct rng rng; /* of how long it takes */
	uint64_t latency_us;
	uint32_t workers, busy, backlog;
	size_t n_waiting;
	struct list waiting; /* for a worker, the first come first */
	struct list open;    /* lanes of connections, the oldest first */
	struct serve_fault faults;
	struct sim_event edge; /* a fault that does something by itself begins or ends */
	struct sim_load *load;
	struct sim_wire wire;
};

/* A parcel keeps in of_way[0] the work that it is (out) or when it may leave (back), in
 * of_way[1] (out) the number of its connection. */

static inline struct sim_link *
link_of(const struct sim_parcel *p)
{
	return (struct sim_link *)(void *)sim_parcel_lane(p)->way;
}

static inline bool
link_is_connection(const struct sim_parcel *p)
{
	return p->type == SIM_STREAM || p->type == SIM_HTTP;
}

/* Does this deed end the handle?  Then nothing may keep it from arriving, at last. */
static inline bool
link_is_end(const struct sim_parcel *p)
{
	return !p->back && (p->deed == SIM_CLOSED || p->deed == SIM_CUT);
}

/* Was it sent over a connection that is over? */
static inline bool
link_is_stale(const struct sim_parcel *p)
{
	return !link_is_end(p) && p->of_way[1] != sim_parcel_lane(p)->connection;
}

/* The clock's call for this parcel, after so long. */
static inline void
link_after(struct sim_parcel *p, uint64_t after_us, sim_event_fn *fn)
{
	p->event.fn = fn;
	p->event.arg = p;
	/* Cannot fail: a parcel's place on the clock is held. */
	(void)sim_clock_set(link_of(p)->clock, &p->event, after_us);
}

static inline bool
link_has_behind(const struct sim_lane *lane)
{
	return !list_empty(&lane->behind[LINK_BACK]);
}

static inline void
link_mishap(struct sim_link *link, enum sim_mishap mishap)
{
	sim_load_mishap(link->load, sim_clock_us(link->clock), mishap);
}

/* ---- sim_link.c ---- */

/* Draw what befalls what leaves now, and count it. */
void sim_link_fate(struct sim_link *, enum serve_traffic, struct serve_fate *out);

/* After so long, but not before what went that way of this lane before it. */
void sim_link_travel(
    struct sim_parcel *, enum link_direction, uint64_t after_us, sim_event_fn *);

/* ---- sim_link_out.c ---- */

/* A deed sets out. */
void sim_link_out(struct sim_link *, struct sim_parcel *);

/* ---- sim_link_work.c ---- */

/* A deed has come to the server.  It is told when its turn has come and its work is done. */
void sim_link_serve(struct sim_parcel *);

/* A deed has come to its end: the listener hears of it, or not; then of what it kept back. */
void sim_link_finish(struct sim_parcel *, bool heard);

/* ---- sim_link_back.c ---- */

/* An answer sets out. */
void sim_link_back(struct sim_link *, struct sim_parcel *);

/* What the wire calls when an answer has left. */
void sim_link_on_left(void *parcel);

/* ---- sim_link_home.c ---- */

/* An answer has left the wire. */
bool sim_link_off(struct sim_parcel *);

/* An answer is lost. */
bool sim_link_forget(struct sim_parcel *);

/* Forget the answers of this lane that have not left. */
void sim_link_drop(struct sim_link *, struct sim_lane *);

/*
 * The connection is over: what has not arrived never will, and the phone hears of it after so
 * long (and not before what has left).
 */
void sim_link_break(struct sim_link *, struct sim_lane *, uint64_t after_us, int err);

#endif
