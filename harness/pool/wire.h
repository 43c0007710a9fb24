/*
 * wire.h - the way between the phones and one of the pool's servers, where a scenario wants it
 * to be worse than the loopback: the faults of `faults:`, and what `servers:` says that a
 * request costs.  harness/sim has the same for a rehearsal (sim_link.h); serve_fault.h is the
 * arithmetic of both.
 *
 * Datagrams go through wire_in() and wire_out(); connections through a front (front.h), which
 * asks here what befalls each piece.  A server without a wire has nothing of all this.
 * Used on the loop's thread only.
 */
#ifndef POOL_WIRE_H
#define POOL_WIRE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "loop.h"
#include "serve_fault.h"
#include "servers.h"
#include "sock.h"
#include "span.h"

struct wire;

/* What happened here, for the pool's counters. */
enum wire_mishap {
	WIRE_DROPPED,
	WIRE_DUPLICATED,
	WIRE_REORDERED,
	WIRE_CORRUPTED,
	WIRE_DELAYED,
	WIRE_REFUSED,
	WIRE_RESET,
	WIRE_TRUNCATED,
	WIRE_OVERFLOWED, /* no fault: too much was waiting */
	WIRE_MISHAPS
};

struct wire_cfg { /* lent for the wire's life */
	struct loop *loop;
	enum servers_id server;
	const struct faults *faults;
	const struct servers_cost *cost; /* only what was said of it acts */
	uint64_t seed;
};

/* 0 or -ENOMEM. */
int wire_new(const struct wire_cfg *, struct wire **out);

/* What is still under way is lost.  NULL is fine. */
void wire_free(struct wire *);

/* The run begins: before, no fault holds. */
void wire_begin(struct wire *);

/* Microseconds since the run's beginning.  False: it has not begun. */
bool wire_at_us(const struct wire *, uint64_t *at_us_out);

/* All that holds now, as one deed; false: nothing does. */
bool wire_deed(const struct wire *, struct fault_deed *out);

/* Draw what befalls what is sent now, and count it. */
void wire_fate(struct wire *, enum serve_traffic, struct serve_fate *out);

/* One way's length. */
uint64_t wire_latency_us(const struct wire *);

/* A request has come: when will a worker be done with it?  A loop's time; now, where nobody
 * said what one costs. */
uint64_t wire_work_us(struct wire *);

/* n bytes go to the phones now: when have they left the server's port?  All replies share it.
 */
uint64_t wire_port_us(struct wire *, uint64_t now_us, size_t n);

/* n bytes at so many a second, behind what is under way until *free_us: when are they through?
 * Takes the time, which is then *free_us.  0 a second: at once. */
uint64_t wire_pace_us(uint64_t now_us, uint64_t *free_us, uint64_t bytes_per_s, size_t n);

/* What all connections together, or each, can carry now, whichever is less; 0: whatever comes.
 */
uint64_t wire_rate(const struct wire *);

void wire_mishap(struct wire *, enum wire_mishap);

/* The counts as JSON, {"dropped": n, ...}, those that are not 0; beside them how many were
 * answered with the refusal that a fault wants, which the servers count. */
void wire_counts(const struct wire *, uint64_t answered, struct buf *to);

struct loop *wire_loop(const struct wire *);

/* ---- datagrams (wire_packet.c) ---- */

/* What has come through; the bytes are lent. */
typedef void wire_fn(void *arg, const struct sock_peer *peer, struct span);

/* A datagram has come from this peer: fn gets it once, twice, later, changed, or never; at once
 * where nothing holds.  A wire of NULL hands it on. */
void wire_in(struct wire *, const struct sock_peer *, struct span, wire_fn *, void *arg);

/* A datagram is to go to this peer: the same on the way back. */
void wire_out(struct wire *, const struct sock_peer *, struct span, wire_fn *, void *arg);

#endif
