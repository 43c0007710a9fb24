/*
 * sim.h - a world with a virtual clock for tests of steps, talks, the line and the journey:
 * no socket, no real time.  A test says who listens where; what the phone sends comes to the
 * test's function, which answers through the calls below.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io.h"

struct sim;

enum sim_type { SIM_DHCP, SIM_UDP, SIM_STREAM, SIM_HTTP, SIM_ALARM };

/* What the phone did at a listener: opened (stream, http), sent bytes, asked (http), closed in
 * order, was cut off by a power cut. */
enum sim_deed { SIM_OPENED, SIM_SENT, SIM_ASKED, SIM_CLOSED, SIM_CUT };

struct sim_call {
	enum sim_deed deed;
	struct io_handle *h;
	enum sim_type type;
	struct io_addr to;
	uint16_t vlan;                   /* dhcp */
	const struct io_stream_cfg *cfg; /* stream, http */
	struct span bytes;               /* SIM_SENT */
	const struct io_ask *ask;        /* SIM_ASKED */
};
typedef void sim_fn(void *arg, struct sim *, const struct sim_call *);

struct sim *sim_new(void);
/* Checks nothing; frees all. */
void sim_free(struct sim *);
struct io *sim_io(struct sim *);

/* Everything to this type and port (0 = any port; dhcp is 67) comes to fn, in the middle of the
 * phone's call: fn answers, it does not run the world.  The latest rule that fits wins.
 * Without a rule: silence (udp, dhcp), refused (stream, http). */
void sim_listen(struct sim *, enum sim_type, uint16_t port, sim_fn *, void *arg);

/* Events to the phone, after so long; bytes are copied.  A stream that
 * somebody listens to stays unconnected until sim_up(). */
void sim_packet(struct sim *, struct io_handle *, uint64_t after_us, struct span);
void sim_up(struct sim *, struct io_handle *, uint64_t after_us, const struct io_tls_seen *);
void sim_bytes(struct sim *, struct io_handle *, uint64_t after_us, struct span);
void sim_down(
    struct sim *, struct io_handle *, uint64_t after_us, int err, const struct io_tls_seen *);
/* A whole HTTP reply: HEAD, BODY (in two parts), WHOLE.  With IO_COUNT the body is only
 * counted; body_n > body.n: the rest is counted too, but is not part of the CRC. */
void sim_http(struct sim *, struct io_handle *, uint64_t after_us, int status,
    const struct io_header *, size_t n_headers, struct span body, uint64_t body_n);

/* Let the world run until nothing is left to happen or this time (us since it began) is
 * reached; returns the events given. */
size_t sim_run(struct sim *, uint64_t until_us);
/* Only the next event; false when none is left before that time. */
bool sim_step(struct sim *, uint64_t until_us);
uint64_t sim_now_us(const struct sim *);
/* Handles (alarms too) that are open. */
size_t sim_open(const struct sim *);
/* Let random() give these numbers, over and over (default: rng of seed 1). */
void sim_random(struct sim *, const uint32_t *, size_t n);
/* The address the phone took, 0 = none. */
uint32_t sim_address(const struct sim *);
uint16_t sim_vlan(const struct sim *);
/* Roots trusted so far; power cuts so far; what io->clock() said last. */
size_t sim_roots(const struct sim *);
size_t sim_cuts(const struct sim *);
int64_t sim_told_clock(const struct sim *);
/* From now on opening gives this negative errno; 0 = opens again. */
void sim_fail_open(struct sim *, int err);

#endif
