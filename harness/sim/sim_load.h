/*
 * sim_load.h - what one server of the simulated world had to do: in all, and second by
 * second of virtual time.
 *
 * The memory does not grow with the run: a long one is kept in coarser cells, of two seconds,
 * then of four.  Peaks are of whole seconds, counted from time 0; the saturation is of any
 * second, wherever it begins (to a hundredth).
 */
#ifndef SIM_SIM_LOAD_H
#define SIM_SIM_LOAD_H
#include <stddef.h>
#include <stdint.h>

enum { SIM_CELLS_MAX = 3600 };

#define SIM_NEVER UINT64_MAX

/* What befell a packet, a request or a connection on its way. */
enum sim_mishap {
	SIM_DROPPED,
	SIM_DUPLICATED,
	SIM_REORDERED,
	SIM_CORRUPTED,
	SIM_DELAYED,
	SIM_REFUSED,
	SIM_RESET,
	SIM_TRUNCATED,
	SIM_OVERFLOWED, /* no fault: the queue had no room */
	SIM_MISHAPS
};

struct sim_load_cell { /* `width_s` seconds, from number i * width_s on */
	uint64_t requests, replies, bytes_in, bytes_out;
	uint64_t work_us; /* asked of the workers: service times of what arrived */
	uint64_t busy_us; /* given by the workers, all of them together */
	uint64_t wire_us; /* the wire had something to carry */
	uint64_t wait_us; /* the longest wait of a request for its worker */
	uint32_t waiting; /* the longest queue */
	uint32_t mishaps;
};

struct sim_load_peak {
	uint64_t most, at_s; /* in one second, and in which */
	uint64_t now, now_s; /* in the latest so far, and which that is */
};

struct sim_load_total {
	uint64_t requests; /* that reached the server */
	uint64_t handshakes, replies, bytes_in, bytes_out;
	uint64_t work_us, busy_us, wire_us;
	uint64_t waits_us; /* all waits together */
	uint64_t longest_wait_us, longest_wait_at_us;
	uint64_t waiting; /* the longest queue */
	uint64_t mishap[SIM_MISHAPS];
	uint64_t last_us; /* when something happened here last */
	struct sim_load_peak requests_peak, in_peak, out_peak;
	/* When a second first asked for as much work as the workers can give; SIM_NEVER. */
	uint64_t full_at_us;
};

struct sim_load;

/* Of a server with so many workers.  0 or -ENOMEM. */
int sim_load_new(uint32_t workers, struct sim_load **out);
void sim_load_free(struct sim_load *);

/* ---- the link tells; time never goes back, but for the intervals ---- */

/* A request arrived: its bytes, the work that it will be. */
void sim_load_request(struct sim_load *, uint64_t at_us, uint64_t bytes, uint64_t work_us);

/* Work that is no request: a TLS handshake. */
void sim_load_handshake(struct sim_load *, uint64_t at_us, uint64_t work_us);

/* So many wait for a worker now. */
void sim_load_queue(struct sim_load *, uint64_t at_us, size_t waiting);

/* One got its worker after so long. */
void sim_load_begun(struct sim_load *, uint64_t at_us, uint64_t waited_us);

/* A worker was busy from then till then. */
void sim_load_busy(struct sim_load *, uint64_t from_us, uint64_t till_us);

/* A reply left; bytes left, at once. */
void sim_load_reply(struct sim_load *, uint64_t at_us);
void sim_load_out(struct sim_load *, uint64_t at_us, uint64_t bytes);

/* The wire was busy from then till then, and so many bytes left evenly. */
void sim_load_wire(struct sim_load *, uint64_t from_us, uint64_t till_us, uint64_t bytes);

void sim_load_mishap(struct sim_load *, uint64_t at_us, enum sim_mishap);

/* ---- the report asks ---- */

/* Lent until the load is freed; always up to date. */
const struct sim_load_total *sim_load_total(const struct sim_load *);

/* The cells up to the last one in which something happened. */
const struct sim_load_cell *sim_load_cells(
    const struct sim_load *, size_t *n_out, uint64_t *width_s_out);

uint32_t sim_load_workers(const struct sim_load *);

/* The most work that was asked for within one second, as a share of what the workers can do
 * in a second: more than 1 = saturated. */
double sim_load_saturation(const struct sim_load *);

/* The share of the workers' time that was busy, from time 0 to that time. */
double sim_load_utilisation(const struct sim_load *, uint64_t till_us);

/* "dropped", "duplicated", ... */
const char *sim_mishap_name(enum sim_mishap);

#endif
