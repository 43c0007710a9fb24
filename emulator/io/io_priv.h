/*
 * io_priv.h - the real world from inside; only the files of io/ include it.
 *
 * A turn is one entry from the loop: sockets that are ready, alarms that are due,
 * handles that were woken.  Within a turn nothing is freed, so that a handle may
 * be closed at any place; memory goes when the turn ends.
 */
#ifndef IO_IO_PRIV_H
#define IO_IO_PRIV_H
#include <uv.h>

#include "buf.h"
#include "io_uv.h"
#include "list.h"
#include "rng.h"

enum {
	IO_QUEUE_MAX = 64 * 1024,   /* waiting to go: send() then says -ENOBUFS */
	IO_READ_MAX = 64 * 1024,    /* bytes of one event */
	IO_READ_TURNS = 8,          /* reads of one handle in one turn, for fairness */
	IO_LINGER_US = 10 * 1000000 /* how long close() waits for the peer to take the rest */
};

/* A descriptor in the world's epoll set, edge-triggered unless asked otherwise. */
struct io_fd {
	int fd;                                      /* -1: none */
	void (*fn)(struct io_fd *, uint32_t events); /* NULL: forgotten */
};

/* Something that falls due; a place in the world's heap.  Zeroed memory is unset. */
struct io_due {
	uint64_t at_us;
	size_t slot; /* 0: not set */
	void (*fn)(struct io_due *);
};

struct io_type;   /* what a kind of handle does */
struct io_shaper; /* io_shaper.h */
struct io_phone;

struct io_handle {
	struct io_handle *next, **prev; /* in its scope */
	struct io_owner owner;
	struct io_phone *phone;
	const struct io_type *type;
	struct list of_phone;
	struct list woken;
	bool closed; /* by its owner: no event any more */
};

struct io_type {
	int (*send)(struct io_handle *, struct span);          /* NULL: -EINVAL */
	int (*ask)(struct io_handle *, const struct io_ask *); /* NULL: -EINVAL */
	void (*close)(struct io_handle *); /* orderly; ends in io_handle_free(), now or later */
	void (*cut)(struct io_handle *);   /* at once, RST; ends in io_handle_free() */
	void (*wake)(struct io_handle *);  /* what io_wake() asked for */
};

struct io_phone {
	struct io io; /* first */
	struct io_world *world;
	struct list handles;
	struct rng chance;
	int64_t wall_minus_now_us;
	const struct io_roots *roots; /* NULL: none */
	const struct io_tls_conf *tls;
	struct io_shaper *shaper; /* its own line; NULL: none */
	uint32_t index, ip;
	uint8_t mac[6];
	uint16_t vlan; /* of ip */
	int dev;       /* the interface's index, that ip is on; 0: any */
	uint32_t left; /* the address before, while connections from it still end; 0: none */
	int left_dev;
	struct { /* the last ACK's */
		uint32_t ip, mask, router;
	} acked;
};

struct io_world {
	struct loop *loop;
	uv_poll_t poll;   /* of the epoll set */
	uv_timer_t timer; /* of the earliest due */
	uv_idle_t idle;   /* while handles are woken */
	unsigned uv_open; /* of these three, not closed yet */
	int epoll;
	unsigned in_turn;
	size_t n_handles; /* and what else is held */
	struct list woken;
	struct io_grave *graves;        /* freed when the turn ends */
	struct io_due **heap;           /* heap[1] is the earliest */
	size_t n_heap, heap_cap, n_due; /* set, room, places given */
	uint64_t armed_us;              /* what the timer is set to; 0: nothing */
	uint8_t *scratch;               /* IO_READ_MAX bytes: what is being read */

	struct io_port *ports;
	size_t n_ports;
	struct io_net *allow;
	size_t n_allow;
	unsigned shard, shards;
	uint64_t mac_base;
	struct io_phone **phones; /* by index / shards */
	size_t n_phones;
	struct io_count counts[IO_SVC_COUNT + 1]; /* the last: nobody's */
	struct io_tls_world *tls;
	struct io_http_world *http;
	struct io_dhcp_world *dhcp;
	struct io_lan *wire; /* mode interface; else NULL */
};

/* ---- io_turn.c: what the loop brings ---- */

/* 0 or -errno, *err_out in words; after an error there is nothing to end. */
int io_turn_init(struct io_world *, const char **err_out);
/* The world's memory goes with it, when libuv has let go. */
void io_turn_done(struct io_world *);

/* Watch f->fd; events as of epoll, EPOLLET is up to the caller.  0 or -errno. */
int io_fd_add(struct io_world *, struct io_fd *, uint32_t events);
int io_fd_mod(struct io_world *, struct io_fd *, uint32_t events);
/* Stop watching; close it too. */
void io_fd_forget(struct io_world *, struct io_fd *);
void io_fd_close(struct io_fd *);

/* A place in the heap, so that setting it cannot fail: 0 or -ENOMEM.  Give it back (NULL fn:
 * it had none). */
int io_due_init(struct io_world *, struct io_due *, void (*fn)(struct io_due *));
void io_due_done(struct io_world *, struct io_due *);
/* Set or move; take out. */
void io_due_set(struct io_world *, struct io_due *, uint64_t at_us);
void io_due_unset(struct io_world *, struct io_due *);

/* type->wake() is called on a later turn. */
void io_wake(struct io_handle *);

/* Free memory when the turn is over (now, if there is none).  Its first pointer is used. */
void io_bury(struct io_world *, void *);

/* Around what comes from elsewhere than io_turn.c. */
void io_turn_begin(struct io_world *);
void io_turn_end(struct io_world *);

/* Monotonic, read now. */
uint64_t io_now_us(void);

/* ---- io_handle.c: what all handles have ---- */

/* A zeroed handle of `size` bytes whose first member is the io_handle, linked; NULL: no
 * memory. */
void *io_handle_new(struct io_phone *, const struct io_type *, struct io_owner, size_t size);
/* Unlink for good and bury. */
void io_handle_free(struct io_handle *);
/* Close as the owner would / cut it off. */
void io_handle_close(struct io_handle *);
void io_handle_cut(struct io_handle *);
/* io_ops.give(). */
void io_handle_give(struct io_handle *, struct io_owner);
/* Tell the owner.  False: the handle is closed now; touch only what io_handle_free() left. */
bool io_tell(struct io_handle *, const struct io_event *);
struct io_world *io_world_of(const struct io_handle *);
/* There is one thing more, or less, for which the loop has to wait. */
void io_world_hold(struct io_world *);
void io_world_let(struct io_world *);

/* io_ops.alarm() and alarm_set(). */
int io_alarm_open(struct io *, struct io_owner, struct io_handle **);
void io_alarm_set(struct io_handle *, uint64_t after_us);

/* ---- io_uv.c: addresses ---- */

/* 0, -EADDRNOTAVAIL (no address of our own) or -EPERM. */
int io_may_open(const struct io_phone *, struct io_addr to);
/* Is it in the pool file's allow list? */
bool io_allowed(const struct io_world *, uint32_t ip);
/* Where the pool file puts this port. */
uint16_t io_real_port(const struct io_world *, uint16_t standard);

/* A non-blocking socket of this type, bound to the phone's address and real port (0: any). */
int io_socket(const struct io_phone *, int type, uint16_t port);

/* One request sent, one reply received, of so many bytes. */
void io_count_out(struct io_world *, enum io_service, size_t bytes);
void io_count_in(struct io_world *, enum io_service, size_t bytes);

/* ---- io_udp.c ---- */
int io_udp_open(struct io *, struct io_owner, struct io_addr, struct io_handle **);

/* ---- io_tcp.c: streams ---- */
int io_stream_open(
    struct io *, struct io_owner, const struct io_stream_cfg *, struct io_handle **);
/* For https' tunnel: counted by nobody; `drained` is called (in a turn) when all that was
 * sent has gone. */
void io_stream_tunnel(struct io_handle *, void (*drained)(void *arg), void *arg);
size_t io_stream_waiting(const struct io_handle *); /* bytes that wait to go */
/* No IO_BYTES while paused. */
void io_stream_pause(struct io_handle *, bool paused);

/* ---- io_dhcp.c ---- */
int io_dhcp_init(struct io_world *, const struct io_world_cfg *, const char **err_out);
void io_dhcp_done(struct io_world *);
/* io_ops.dhcp(). */
int io_dhcp_open(struct io *, struct io_owner, uint16_t vlan, struct io_handle **);

/* ---- io_wire.c: addresses on an interface ---- */
int io_wire_init(struct io_world *, const struct io_world_cfg *, const char **err_out);
void io_wire_done(struct io_world *);
/* io_ops.address() there: -EADDRINUSE this host has it already, -EPERM it is none of
 * cfg.addresses, -EADDRNOTAVAIL no host may have it, -ENODEV no interface for that VLAN. */
int io_wire_address(struct io_phone *, uint32_t ip, uint16_t vlan);
/* Remember what an ACK says of the way out. */
void io_wire_learn(struct io_phone *, struct span message);

/* ---- io_http.c ---- */
int io_http_init(struct io_world *, const char **err_out);
void io_http_done(struct io_world *);
/* io_ops.http(). */
int io_http_open(
    struct io *, struct io_owner, const struct io_stream_cfg *, struct io_handle **);

#endif
