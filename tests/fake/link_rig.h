/*
 * link_rig.h - one phone, one server, a link between: what tests of links begin with.  The
 * server answers at once: datagrams and streams with what they said, requests with 200.
 */
#ifndef TESTS_FAKE_LINK_RIG_H
#define TESTS_FAKE_LINK_RIG_H
#include "sim.h"
#include "sim_link.h"

enum {
	LINK_RIG_MS = 1000,
	LINK_RIG_S = 1000 * 1000,
	LINK_RIG_EVENTS = 256,
	LINK_RIG_DEEDS = 256,
	LINK_RIG_BYTES = 64,
	LINK_RIG_FAULTS = 4
};

struct link_rig_event { /* what the phone was told */
	uint64_t at_us;
	enum io_kind kind;
	const struct io_handle *h;
	int err, status;
	uint64_t n;                    /* bytes; IO_WHOLE: of the body */
	char text[LINK_RIG_BYTES + 1]; /* the first of them */
	uint32_t crc32;
};

struct link_rig_deed { /* what the server heard */
	uint64_t at_us;
	enum sim_deed deed;
	const struct io_handle *h;
	char text[LINK_RIG_BYTES + 1];
};

struct link_rig {
	struct sim_clock *clock;
	struct sim *sim;
	struct sim_link *link;
	struct io *io;
	struct fault faults[LINK_RIG_FAULTS];
	struct io_scope scope;
	struct io_owner owner;
	struct link_rig_event got[LINK_RIG_EVENTS];
	struct link_rig_deed heard[LINK_RIG_DEEDS];
	size_t n_got, n_heard;
	uint64_t body_n;  /* of a reply, as a number; 0: "hello" */
	bool no_body;     /* a reply has none at all */
	bool silent;      /* the server hears and says nothing */
	bool close_early; /* the phone closes what its next event is for */
	long mem;         /* allocations before it began */
};

/* A link with these faults, which are copied; cfg's name, faults and seed are filled in.  At
 * time 0 the phone has its address. */
void link_rig_open(struct link_rig *, struct sim_link_cfg, const struct fault *, size_t n);
/* The same with a phone that has a line of its own (NULL: none). */
void link_rig_open_over(struct link_rig *, struct sim_link_cfg, const struct fault *, size_t n,
    const struct io_link *);
/* Everything is closed and settles; nothing is left. */
void link_rig_close(struct link_rig *);

/* Let it happen until then. */
void link_rig_run(struct link_rig *, uint64_t until_us);
/* Time passes until then, though nothing may happen. */
void link_rig_wait(struct link_rig *, uint64_t until_us);

struct io_handle *link_rig_udp(struct link_rig *);
struct io_handle *link_rig_dhcp(struct link_rig *);
struct io_handle *link_rig_stream(struct link_rig *, bool tls);
struct io_handle *link_rig_http(struct link_rig *, bool tls);
void link_rig_send(struct link_rig *, struct io_handle *, const char *text);
/* GET, with the reply lent or counted. */
void link_rig_ask(struct link_rig *, struct io_handle *, bool count);

/* The event or deed of this number must be of this kind and time. */
const struct link_rig_event *link_rig_got(
    const struct link_rig *, size_t i, enum io_kind, uint64_t at_us);
const struct link_rig_deed *link_rig_heard(
    const struct link_rig *, size_t i, enum sim_deed, uint64_t at_us);

/* The last event, which must be an IO_DOWN with this error and time. */
void link_rig_is_down(const struct link_rig *, int err, uint64_t at_us);

/* So many mishaps of this kind so far. */
void link_rig_mishaps(const struct link_rig *, enum sim_mishap, uint64_t n);

/* A fault of this server: for ever, or from then till then. */
struct fault link_rig_always(struct fault_deed);
struct fault link_rig_between(uint64_t from_us, uint64_t till_us, struct fault_deed);

#endif
