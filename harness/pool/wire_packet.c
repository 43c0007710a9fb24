/* wire_packet.c - see wire.h: datagrams on their way to a server and back. */
#include <string.h>

#include "mem.h"
#include "wire_priv.h"

/* As many as a server's socket would keep. */
enum { WIRE_HELD_MAX = 4096 };

struct held {
	struct list link;
	struct wire *wire;
	struct loop_timer *timer;
	struct sock_peer peer;
	wire_fn *fn;
	void *arg;
	bool work; /* a request, which waits for a worker when it has come */
	size_t n;
	uint8_t bytes[];
};

/* Where a datagram is to go when its time has come. */
struct packet_to {
	const struct sock_peer *peer;
	struct span bytes;
	wire_fn *fn;
	void *arg;
	bool work;
};

static void
held_free(struct held *held)
{
	list_remove(&held->link);
	held->wire->n_held--;
	if (held->timer != NULL)
		loop_timer_close(held->timer);
	mem_free(held);
}

void
wire_drop_held(struct wire *wire)
{
	while (!list_empty(&wire->held))
		held_free(LIST_ITEM(wire->held.next, struct held, link));
}

/* It has come; a request now waits for its worker. */
static void
held_on_due(void *arg)
{
	struct held *held = arg;
	bool work = held->work;

	held->work = false;
	if (work) {
		uint64_t done_us = wire_work_us(held->wire);
		uint64_t now_us = loop_now_us(held->wire->cfg.loop);

		if (done_us > now_us) {
			loop_timer_set(held->timer, done_us - now_us, 0);
			return;
		}
	}
	held->fn(held->arg, &held->peer, (struct span){ held->bytes, held->n });
	held_free(held);
}

/* A copy, for what it came in is used again at once. */
static struct held *
packet_hold(struct wire *wire, const struct packet_to *to)
{
	struct held *held = NULL;

	if (wire->n_held < WIRE_HELD_MAX)
		held = mem_new(sizeof *held + to->bytes.n);
	if (held == NULL) {
		wire_mishap(wire, WIRE_OVERFLOWED);
		return NULL;
	}
	*held = (struct held){ .wire = wire,
		.peer = *to->peer,
		.fn = to->fn,
		.arg = to->arg,
		.work = to->work,
		.n = to->bytes.n };
	memcpy(held->bytes, to->bytes.p, to->bytes.n);
	list_init(&held->link);
	list_add_tail(&wire->held, &held->link);
	wire->n_held++;
	if (loop_timer_new(wire->cfg.loop, held_on_due, held, &held->timer) == 0)
		return held;
	wire_mishap(wire, WIRE_OVERFLOWED);
	held_free(held);
	return NULL;
}

/* After so long; what is neither late, nor changed, nor work is handed on in this call. */
static void
packet_send(struct wire *wire, const struct packet_to *to, const struct serve_fate *fate,
    uint64_t after_us)
{
	bool at_once = after_us == 0 && !fate->spoilt && (!to->work || wire->worker_us == NULL);
	struct held *held;

	if (at_once) {
		to->fn(to->arg, to->peer, to->bytes);
		return;
	}
	held = packet_hold(wire, to);
	if (held == NULL)
		return;
	if (fate->spoilt)
		serve_fault_spoil(fate->dice, held->bytes, held->n);
	if (after_us > 0)
		loop_timer_set(held->timer, after_us, 0);
	else
		held_on_due(held);
}

static void
packet_go(struct wire *wire, const struct packet_to *to, uint64_t after_us)
{
	struct serve_fate fate;

	wire_fate(wire, SERVE_DATAGRAM, &fate);
	if (fate.lost)
		return;
	after_us += wire_latency_us(wire) + fate.delay_us;
	packet_send(wire, to, &fate, after_us);
	if (fate.twice)
		packet_send(wire, to, &fate, after_us);
}

void
wire_in(
    struct wire *wire, const struct sock_peer *peer, struct span bytes, wire_fn *fn, void *arg)
{
	const struct packet_to to = { peer, bytes, fn, arg, true };

	if (wire == NULL)
		fn(arg, peer, bytes);
	else
		packet_go(wire, &to, 0);
}

void
wire_out(
    struct wire *wire, const struct sock_peer *peer, struct span bytes, wire_fn *fn, void *arg)
{
	struct packet_to to = { peer, bytes, fn, arg, false };
	uint64_t now_us, left_us, port_us, slow_us = 0;
	struct fault_deed deed;

	if (wire == NULL) {
		fn(arg, peer, bytes);
		return;
	}
	(void)wire_deed(wire, &deed);
	if (deed.truncate_after > 0 && deed.truncate_after < to.bytes.n) {
		to.bytes.n = (size_t)deed.truncate_after;
		wire_mishap(wire, WIRE_TRUNCATED);
	}
	/* First its port, then the bottleneck that a fault makes. */
	now_us = loop_now_us(wire->cfg.loop);
	left_us = wire_pace_us(now_us, &slow_us, deed.bytes_per_s, to.bytes.n);
	port_us = wire_port_us(wire, now_us, to.bytes.n);
	packet_go(wire, &to, (port_us > left_us ? port_us : left_us) - now_us);
}
