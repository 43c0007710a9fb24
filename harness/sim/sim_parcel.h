/*
 * sim_parcel.h - what lies between phones and a listener: a way, and the parcels on it.
 *
 * The life of one request.  The phone's call makes a parcel of its deed and gives it to the
 * listener's way, carry().  The way holds it as long as it likes (latency, faults, a free
 * worker, service) and then lets it arrive, which calls the listener.  The listener's answers
 * are parcels as well, .back, and go the same way: carry(), and after a while
 * sim_parcel_arrive(), which tells the phone.  A parcel that is freed instead is lost.
 *
 * Of a connection (stream, HTTP session) the parcels of one direction must arrive in the order
 * in which they were carried.  The way need not ask whether the phone still listens: what
 * arrives at a closed handle is dropped (sim_parcel_is_lost() tells before).
 */
#ifndef SIM_SIM_PARCEL_H
#define SIM_SIM_PARCEL_H
#include "list.h"
#include "sim.h"
#include "sim_clock.h"

struct sim_lane;
struct sim_parcel;
struct sim_wire_slot; /* sim_wire.h */

struct sim_way { /* first member of whatever carries */
	/* Takes the parcel.  Nothing arrives inside this call. */
	void (*carry)(struct sim_way *, struct sim_parcel *take);
};

struct sim_parcel {
	struct sim_event event; /* the way's; setting it on the world's clock cannot fail */
	struct list queue;      /* the way's; in no list */
	uint64_t of_way[2];     /* the way's; zeroed */
	struct io_handle *h;
	enum sim_type type;
	bool back;          /* to the phone: kind counts; else deed */
	enum sim_deed deed; /* SIM_OPENED ... of a stream or http; SIM_SENT, SIM_ASKED */
	enum io_kind kind; /* IO_PACKET, IO_UP, IO_BYTES, IO_HEAD, IO_BODY, IO_WHOLE, IO_DOWN */
	bool tls;          /* bytes in it are records to whoever is between */
	bool fresh; /* SIM_ASKED, IO_HEAD, IO_DOWN: the first on a new connection, with which
		       the server's part of a TLS handshake is counted */
	/* Round trips that this stands for beside its own: 1 for TCP's handshake under a fresh
	 * request, 2 for a TLS handshake, 1 for one that ends with the server's chain. */
	unsigned trips;
	uint64_t after_us; /* back: the server's own delay, before it leaves */
	uint64_t wire_n;   /* bytes on the wire, about */
	uint8_t *bytes;    /* the way may change them; NULL: n is only a number */
	uint64_t n;
	uint32_t spoilt; /* not 0: the way changed it, the CRC of the whole is another */
	int err;         /* IO_DOWN */
};

/* Hand it over to whom it is for, and free it.  From a clock's event only. */
void sim_parcel_arrive(struct sim_parcel *);
/* Lost. */
void sim_parcel_free(struct sim_parcel *);
/* Another that is the same, not carried yet; NULL: no memory. */
struct sim_parcel *sim_parcel_copy(const struct sim_parcel *);
/* Cut the first n bytes (0 < n < .n) of an IO_BYTES or IO_BODY off into a parcel of its own,
 * which is to arrive before the rest; NULL: no memory. */
struct sim_parcel *sim_parcel_split(struct sim_parcel *, uint64_t n);
/* The end of the connection, on its way back, not carried yet; NULL: no memory. */
struct sim_parcel *sim_parcel_down(struct io_handle *, int err);

/* This way is no more: who listened behind it does so no longer, what is still on it is lost.
 * Without it a way must outlive its world. */
void sim_way_done(struct sim *, struct sim_way *);

/* Has the phone closed the handle, so that it will not hear of this?  Never of a deed. */
bool sim_parcel_is_lost(const struct sim_parcel *);

/*
 * The way's memory of a handle: it begins by sim_lane_init() when that is opened, and is the
 * way's alone until CLOSED or CUT has arrived; those are carried for every handle, also a
 * datagram's, and the way lets them arrive last.  It lives as long as the handle.
 */
struct sim_lane {
	struct io_handle *h;
	struct sim_way *way;          /* the one it lies on */
	struct list open;             /* among the way's connections; here in none */
	struct list behind[2];        /* by direction: what may not start yet */
	struct sim_parcel *going[2];  /* being served; leaving */
	struct sim_parcel *end;       /* CLOSED or CUT, which waits for all others */
	struct sim_wire_slot *sender; /* of what is on the wire */
	uint64_t at_us[2];            /* when the last one arrives */
	uint64_t n;                   /* bytes of this reply that have left */
	uint32_t dice;                /* how its first bytes are changed; 0: not */
	uint32_t connection;          /* the how manieth of this session */
	uint32_t deeds;               /* that have not arrived yet */
	bool dead;                    /* this connection is over, the phone will hear of it */
};

static inline void
sim_lane_init(struct sim_lane *lane, struct io_handle *h)
{
	*lane = (struct sim_lane){ .h = h };
	list_init(&lane->open);
	list_init(&lane->behind[0]);
	list_init(&lane->behind[1]);
}

struct sim_lane *sim_parcel_lane(const struct sim_parcel *);

#endif
