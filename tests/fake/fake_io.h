/*
 * fake_io.h - a world with a virtual clock for tests of steps, talks, the line and the journey:
 * no socket, no real time.  A test says who listens where; what the phone sends comes to the
 * test's function, which answers through the calls below.
 */
#ifndef TESTS_FAKE_IO_H
#define TESTS_FAKE_IO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io.h"

struct fake;

enum fake_type { FAKE_DHCP, FAKE_UDP, FAKE_STREAM, FAKE_HTTP, FAKE_ALARM };

/* What the phone did at a listener: opened (stream, http), sent bytes, asked (http), closed in
 * order, was cut off by a power cut. */
enum fake_deed { FAKE_OPENED, FAKE_SENT, FAKE_ASKED, FAKE_CLOSED, FAKE_CUT };

struct fake_call {
	enum fake_deed deed;
	struct io_handle *h;
	enum fake_type type;
	struct io_addr to;
	uint16_t vlan;                   /* dhcp */
	const struct io_stream_cfg *cfg; /* stream, http */
	struct span bytes;               /* FAKE_SENT */
	const struct io_ask *ask;        /* FAKE_ASKED */
};
typedef void fake_fn(void *arg, struct fake *, const struct fake_call *);

struct fake *fake_new(void);
/* Checks nothing; frees all. */
void fake_free(struct fake *);
struct io *fake_io(struct fake *);

/* Everything to this type and port (0 = any port; dhcp is 67) comes to fn, in the middle of the
 * phone's call: fn answers, it does not run the world.  The latest rule that fits wins.
 * Without a rule: silence (udp, dhcp), refused (stream, http). */
void fake_listen(struct fake *, enum fake_type, uint16_t port, fake_fn *, void *arg);

/* Events to the phone, after so long; bytes are copied.  A stream that
 * somebody listens to stays unconnected until fake_up(). */
void fake_packet(struct fake *, struct io_handle *, uint64_t after_us, struct span);
void fake_up(struct fake *, struct io_handle *, uint64_t after_us, const struct io_tls_seen *);
void fake_bytes(struct fake *, struct io_handle *, uint64_t after_us, struct span);
void fake_down(
    struct fake *, struct io_handle *, uint64_t after_us, int err, const struct io_tls_seen *);
/* A whole HTTP reply: HEAD, BODY (in two parts), WHOLE.  With IO_COUNT the body is only
 * counted; body_n > body.n: the rest is counted too, but is not part of the CRC. */
void fake_http(struct fake *, struct io_handle *, uint64_t after_us, int status,
    const struct io_header *, size_t n_headers, struct span body, uint64_t body_n);

/* Let the world run until nothing is left to happen or this time (us since it began) is
 * reached; returns the events given. */
size_t fake_run(struct fake *, uint64_t until_us);
/* Only the next event; false when none is left before that time. */
bool fake_step(struct fake *, uint64_t until_us);
uint64_t fake_now_us(const struct fake *);
/* Handles (alarms too) that are open. */
size_t fake_open(const struct fake *);
/* Let random() give these numbers, over and over (default: rng of seed 1). */
void fake_random(struct fake *, const uint32_t *, size_t n);
/* The address the phone took, 0 = none. */
uint32_t fake_address(const struct fake *);
uint16_t fake_vlan(const struct fake *);
/* Roots trusted so far; power cuts so far; what io->clock() said last. */
size_t fake_roots(const struct fake *);
size_t fake_cuts(const struct fake *);
int64_t fake_clock(const struct fake *);
/* From now on opening gives this negative errno; 0 = opens again. */
void fake_fail_open(struct fake *, int err);

#endif
