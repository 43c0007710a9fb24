/*
 * sim_priv.h - the simulated world from inside: phones, handles, rules, spare memory.  Only
 * the world's own files include it.
 *
 * A handle that its phone has closed lives on while something of it is on a way; then its
 * listener is told, and it goes: to a grave in a strict world, to be used again in a lean one.
 */
#ifndef SIM_SIM_PRIV_H
#define SIM_SIM_PRIV_H
#include "io_uv.h"
#include "list.h"
#include "rng.h"
#include "sim.h"
#include "sim_clock.h"
#include "sim_parcel.h"

enum {
	SIM_QUEUE_MAX = 64 * 1024, /* on its way out of a stream: send() then says -ENOBUFS */
	SIM_DATAGRAM_MAX = 65507,
	SIM_FIRST_PORT = 49152,
	SIM_TLS_TRIPS = 2, /* TLS 1.0 without resumption */
	SIM_HASH_MIN = 64
};

struct sim_shape; /* sim_shape.h: a phone's own line */
struct sim_flows;

struct sim_root { /* a set of roots: this one and the older ones; never changed */
	struct sim_root *all;
	const struct sim_root *older;
	struct span der;
};

struct sim_phone {
	struct io io; /* first */
	struct sim *sim;
	struct list all;
	struct sim_phone *same_hash; /* of the MAC */
	struct list handles;         /* open ones */
	struct rng rng;
	const struct sim_root *roots;
	const struct io_tls_habit *habit;
	struct sim_shape *shape; /* NULL: none of its own */
	int64_t wall_minus_now_us;
	uint32_t index, ip;
	uint16_t vlan, port; /* the next of its own */
	uint16_t n_roots, n_cuts;
	bool told_clock;
	uint8_t mac[6];
};

struct io_handle {                      /* an alarm is no more than this */
	struct io_handle *next, **prev; /* in its scope */
	struct list all;                /* of its phone; closed: of the world */
	struct sim *sim;
	struct sim_phone *phone; /* while it is open */
	struct io_owner owner;
	enum sim_type type;
	uint32_t id; /* no other handle of this world has it */
	bool open;
	bool dead;             /* in its grave */
	struct sim_event ring; /* alarm */
};

struct sim_ask { /* a request, copied in one piece; text and body behind the headers */
	struct io_ask ask;
	size_t cap; /* bytes of memory for the rest */
	struct io_header headers[];
};

struct sim_head { /* status and headers of a reply, copied in one piece */
	int status;
	size_t n_headers;
	struct io_header headers[];
};

struct sim_conn {           /* everything else */
	struct io_handle h; /* first */
	struct io_addr to, from;
	uint32_t index; /* the phone's, also when that is gone */
	uint16_t vlan;
	struct io_stream_cfg cfg;
	struct list parcels; /* in both directions */
	struct sim_lane lane;
	struct sim_flows *flows; /* over the phone's own line; NULL: it has none */
	void *peer;
	uint64_t waiting; /* bytes on their way out */

	bool known; /* the listener has heard of it */
	bool told;  /* and of its end */
	bool settling;
	enum sim_deed last; /* closed: how */
	bool up;            /* stream: IO_UP has been given; http: there is a connection */
	bool over;          /* IO_DOWN has been given */
	struct io_tls_seen seen;

	/* http: connections and requests by number; the request and its reply */
	uint32_t connection, request;
	uint32_t hung_up; /* the connection that the server has ended last */
	uint32_t met;     /* the last one whose certificate was good */
	bool asking, count, kept, headed;
	unsigned retries; /* on new connections */
	uint32_t spoilt;  /* of the body so far */
	struct sim_ask *ask;
	struct sim_head *head;
	struct io_http_seen http;
};

struct sim_parcel_in {       /* a parcel, with what is the world's */
	struct sim_parcel p; /* first */
	struct list of_conn;
	struct sim_way *way; /* NULL: none */
	bool lined;          /* back: it is on the phone's own line, or was */
	uint64_t under_way;  /* bytes that count there */
	struct sim_parcel_in *spare;
	bool arrived;
	uint32_t connection, request; /* http: to which it belongs */
	uint8_t *memory;              /* .bytes points into it */
	size_t cap, head_n;
	struct io_addr from;
	struct io_tls_seen tls;
	bool has_tls;
	bool close; /* IO_WHOLE: the connection ends behind it */
	bool crc_known;
	uint32_t crc32;
	struct sim_head *head; /* IO_HEAD */
};

struct sim_rule {
	enum sim_type type;
	struct io_addr at; /* ip 0: any address; port 0: any port */
	struct sim_way *way;
	sim_fn *fn; /* NULL: only says that the host is there */
	void *arg;
};

struct sim_relay_at {
	uint16_t vlan;
	uint32_t giaddr;
};

struct sim_spare { /* memory of one size, to be used again */
	void *first;
};

struct sim_name {
	struct sim_name *next;
	char text[];
};

struct sim {
	struct sim_clock *clock;
	bool own_clock, strict;
	bool telling; /* a phone hears an event */
	bool short_of_memory;
	int64_t wall_us;
	size_t open, given;
	uint32_t last_id;
	int fail_open;

	struct list phones;
	struct sim_phone *one;       /* of sim_new() */
	struct sim_phone **by_mac;   /* hash, chained */
	size_t n_phones, n_by_mac;   /* slots: a power of two */
	struct list closing, graves; /* handles closed: still on a way; in a strict world */
	struct sim_rule *rules;      /* in the order they were made */
	size_t n_rules, rules_cap;
	uint32_t *by_address; /* hash of those with an address: number + 1, 0 is empty */
	size_t n_addressed, n_slots;
	struct sim_relay_at *relays;
	size_t n_relays;
	struct sim_root *roots;
	struct sim_name *names;
	uint32_t *numbers;
	size_t n_numbers, at_number;
	struct sim_spare alarms, conns;
	struct sim_parcel_in *parcels; /* spare ones; they keep their memory for bytes */
};

/* ---- sim.c: memory ---- */

/* Memory that the world itself needs, zeroed.  In a strict world it is not what mem_fail_at()
 * lets fail: that is to be the phone's. */
void *sim_mem(struct sim *, size_t n);
/* One that was used before, zeroed; NULL: there is none. */
void *sim_spare_new(struct sim_spare *, size_t size);
void sim_spare_free(struct sim *, struct sim_spare *, void *);

/* ---- sim_phone.c ---- */

extern const struct io_ops sim_ops;
struct sim_phone *sim_phone_of(struct io *);
/* Whose MAC this is, or NULL. */
struct sim_phone *sim_phone_by_mac(const struct sim *, const uint8_t mac[6]);
int sim_phone_trust(struct io *, struct span der);
/* Does it trust this root? */
bool sim_phone_trusts(const struct sim_phone *, struct span der);
void sim_roots_done(struct sim *);

/* ---- sim_handle.c: a handle's life ---- */

static inline struct sim_conn *
sim_conn_of(struct io_handle *h)
{
	return h->type == SIM_ALARM ? NULL : (struct sim_conn *)(void *)h;
}

/* 0, or -errno and nothing is open. */
int sim_handle_open(struct sim_phone *, struct io_owner, enum sim_type, struct io_handle **out);
void sim_handle_give(struct io_handle *, struct io_owner);
/* By its phone (SIM_CLOSED) or by a power cut (SIM_CUT). */
void sim_handle_close(struct io_handle *, enum sim_deed how);
/* Nothing of it is on a way any more: if it is closed, that is its end. */
void sim_conn_settle(struct sim_conn *);
void sim_conn_free(struct sim_conn *);
/* All of them forget what is on this way. */
void sim_handles_leave(struct list *handles, const struct sim_way *);
/* Tell its owner, who may close it. */
void sim_handle_tell(struct io_handle *, struct io_event *);

/* ---- sim_listen.c ---- */

/* Who listens there, or NULL. */
const struct sim_rule *sim_rule_of(const struct sim_conn *);
/* Nobody does: does anybody live there at all? */
bool sim_host_is_there(const struct sim *, uint32_t ip);
/* Tell whoever listens there, now.  false: nobody does. */
bool sim_tell(struct sim_conn *, struct sim_call);
/* The relay agent of this VLAN, or NULL. */
const struct sim_relay_at *sim_relay_of(const struct sim *, uint16_t vlan);
void sim_listen_done(struct sim *);

/* ---- sim_parcel.c ---- */

/* An answer, or a deed, that is to be filled in; NULL: no memory (which is noted). */
struct sim_parcel_in *sim_parcel_back(struct sim_conn *, enum io_kind);
struct sim_parcel_in *sim_parcel_out(struct sim_conn *, enum sim_deed);
/* Copy these bytes into it.  false: no memory. */
bool sim_parcel_put(struct sim_parcel_in *, struct span);
/* On its way: by the listener's way, or straight to the phone. */
void sim_parcel_send(struct sim_parcel_in *, uint64_t after_us);
/* An answer is there, an HTTP session's too; the phone is told. */
void sim_parcel_deliver(struct sim_parcel_in *);
void sim_http_deliver(struct sim_conn *, struct sim_parcel_in *);
/* How many bytes it is on the wire, about, with so many of HTTP's head. */
uint64_t sim_parcel_wire_n(const struct sim_parcel *, uint64_t head_n);
/* Its memory, without a word to anybody. */
void sim_parcel_forget(struct sim_parcel_in *);
void sim_parcels_done(struct sim *);
/* The way to this one's listener, or NULL. */
struct sim_way *sim_parcel_way(const struct sim_conn *);
/* Does it take time to get there: is there a way, or a line of the phone's? */
bool sim_conn_travels(const struct sim_conn *);
/* It has passed the phone's own line, or there is none: the way takes it, or the clock. */
void sim_parcel_carry(struct sim_parcel_in *);

/* Does this request or answer belong to what goes on now?  Always so of a stream. */
bool sim_parcel_is_now(const struct sim_parcel_in *);

/* ---- sim_talk.c ---- */

/* The phone does this: its listener hears of it, now or by and by. */
void sim_deed(struct sim_conn *, struct sim_call);

/* ---- sim_http.c, sim_dhcp.c: io_ops ---- */

int sim_http_ask(struct io_handle *, const struct io_ask *);
/* What the world keeps of requests and replies. */
void sim_http_done(struct sim_conn *);
/* Bytes of these headers as text, with the line before them; copy them, text goes to *at. */
size_t sim_http_head_n(const struct io_header *, size_t n);
void sim_http_copy_headers(
    struct io_header *to, const struct io_header *from, size_t n, char **at);
/* zlib's, going on from crc (0: the beginning). */
uint32_t sim_http_crc32(uint32_t crc, const uint8_t *, uint64_t n);
int sim_dhcp_send(struct sim_conn *, struct span);
/* A reply for the phone whose MAC it names. */
void sim_dhcp_deliver(struct sim *, uint16_t vlan, struct span);

/* ---- sim_ops.c ---- */

/* A port of its own for what leaves from now on. */
struct io_addr sim_phone_port(struct sim_phone *, struct io_addr to);
/* Nobody listens: what the phone hears of it, if anything. */
void sim_nobody(struct sim_conn *);

#endif
