/* sim_priv.h - the inside of sim_io: handles, what is due, who listens.  Private. */
#ifndef SIM_SIM_PRIV_H
#define SIM_SIM_PRIV_H
#include "list.h"
#include "rng.h"
#include "sim.h"

enum { SIM_RULES_MAX = 32, SIM_NAME_MAX = 256, SIM_QUEUE_MAX = 64 * 1024 };

struct io_handle {
	struct io_handle *next, **prev; /* in its scope */
	struct list all;                /* in the world: the open ones, or the graves */
	struct sim *f;
	struct io_owner owner;
	enum sim_type type;
	struct io_addr to;
	uint16_t vlan;
	struct io_stream_cfg cfg;
	char name[SIM_NAME_MAX]; /* cfg.name points here */
	bool open;
	bool up;     /* stream: IO_UP has been given */
	bool asking; /* http: a request is out */
	bool count;  /* http: its body is only counted */
};

struct sim_due { /* one event on its way to a handle */
	struct list link;
	uint64_t at_us;
	struct io_handle *h;
	struct io_event ev;
	uint8_t *bytes; /* what ev.bytes lends */
	struct io_tls_seen tls;
	struct io_http_seen http;
	struct io_header *headers;
	size_t n_headers;
};

struct sim_rule {
	enum sim_type type;
	uint16_t port;
	sim_fn *fn;
	void *arg;
};

struct sim {
	struct io io; /* first: struct io * is struct sim * */
	uint64_t now_us;
	struct list due;           /* by time, then in the order they were put */
	struct list handles, dead; /* closed handles are kept, so that using one is noticed */
	size_t open;
	struct sim_rule rules[SIM_RULES_MAX];
	size_t n_rules;
	struct rng rng;
	uint32_t *numbers;
	size_t n_numbers, at_number;
	uint32_t ip;
	uint16_t vlan;
	size_t roots, cuts;
	int64_t wall_minus_now_us;
	bool running; /* sim_run() is at work */
	int fail_open;
};

/* A new event for this handle, in its place in the queue; the caller fills it in. */
struct sim_due *sim_due_new(struct io_handle *, uint64_t after_us, enum io_kind);

/* Drop what waits for this handle: only its alarm, or everything. */
void sim_due_drop(struct io_handle *, bool alarms_only);
void sim_due_free(struct sim_due *);

/* Tell whoever listens there.  false: nobody does. */
bool sim_tell(struct io_handle *, struct sim_call);

/* The calls of io.h. */
extern const struct io_ops sim_ops;

#endif
