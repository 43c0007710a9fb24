/*
 * sim.h - the simulated world: virtual time, a network in memory, phones by the thousand.  No
 * socket, no real clock, no chance but what was seeded.
 *
 * Servers listen by address and port, or at any address.  What a phone does comes to the
 * listener as a deed; it answers through the calls below.  A listener without a way between
 * hears the deed in the middle of the phone's call; behind a way (sim_parcel.h) deeds and
 * answers travel, and take the time that the way gives them.  A phone may have a line of its
 * own (io_link.h): what it says passes the line first, what it is told passes it last.
 *
 * Life of a connection, as a listener sees it.  Stream: OPENED, then SENT ..., then one CLOSED
 * or CUT.  HTTP session: OPENED when the phone means to ask some day, ASKED ..., CLOSED or CUT.
 * Datagrams and DHCP: SENT ..., CLOSED or CUT.  After CLOSED or CUT the handle is gone.
 *
 * What a phone is told, the same as in the real world (tests/unit/test_two_worlds.c):
 *
 *	nobody listens there          stream, http   IO_DOWN -ECONNREFUSED
 *	no such host                  stream, http   IO_DOWN -EHOSTUNREACH after 3 s
 *	(only if hosts are known)     datagram       silence; port closed: IO_DOWN -ECONNREFUSED
 *	bad certificate               stream, https  IO_DOWN -EPROTO, .tls->flaw and alert_sent
 *	server closes                 stream         IO_DOWN 0
 *	server resets                 stream, http   IO_DOWN -ECONNRESET
 *	server closes                 http, idle     nothing; the next request connects anew
 *	  before the reply            http, new      IO_DOWN -ECONNRESET
 *	  or resets                   http, kept     nothing: asked again on a new connection
 *	  within a reply              http           IO_HEAD, IO_BODY ..., IO_DOWN -ECONNRESET
 *	Connection: close             http           the reply is whole; then as idle
 *
 * Every event of an https session carries .tls, every event of an HTTP session .http.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io.h"
#include "io_link.h"

struct sim;
struct sim_clock;
struct sim_way;
struct io_tls_habit; /* io_uv.h */

/* ---- the world --------------------------------------------------------------- */

struct sim_cfg {
	struct sim_clock *clock; /* lent; NULL: one of its own */
	/* For tests: closed handles stay in their graves, lent bytes are overwritten when the
	 * event is over, io.h's rules are asserted. */
	bool strict;
	int64_t wall_us; /* true time, microseconds since 1970, when the clock is at 0 */
};

/* A world without a phone.  0 or -ENOMEM. */
int sim_new_cfg(const struct sim_cfg *, struct sim **out);
/* A strict world with one phone, index 0, at 2009-09-09. */
struct sim *sim_new(void);
/* Checks nothing; frees all, phones too, and what is still on a way. */
void sim_free(struct sim *);

/* Let the world run until nothing is left to happen or this time (us since it began) is
 * reached; returns the events given to phones. */
size_t sim_run(struct sim *, uint64_t until_us);
/* Only the next thing that happens; false when none is left before that time. */
bool sim_step(struct sim *, uint64_t until_us);
uint64_t sim_now_us(const struct sim *);
/* The true wall clock, microseconds since 1970. */
int64_t sim_wall_us(const struct sim *);
/* Handles (alarms too) that are open, of all phones. */
size_t sim_open(const struct sim *);
/* From now on opening gives this negative errno; 0 = opens again. */
void sim_fail_open(struct sim *, int err);
/* Was there once no memory for an answer?  It was lost; the run proves nothing then. */
bool sim_short_of_memory(const struct sim *);

/* ---- phones -------------------------------------------------------------------- */

struct sim_phone_cfg {
	uint32_t index; /* its number in the farm */
	uint64_t seed;  /* its chance is stream `index` of this seed */
	uint8_t mac[6];
	const struct io_tls_habit *tls; /* lent for good; NULL: 0004, 0005, 000A */
	const struct io_link *link;     /* its own line, before any way; copied; NULL: none */
};

/* One phone's world.  0 or -ENOMEM. */
int sim_phone_new(struct sim *, const struct sim_phone_cfg *, struct io **out);
/* For streams and connections opened from now on. */
void sim_phone_tls(struct io *, const struct io_tls_habit *);
/* Drops every root the phone trusts: a hard reset. */
void sim_phone_distrust(struct io *);
/* Cuts its power and frees it.  NULL is fine. */
void sim_phone_free(struct io *);

/* Of a world by sim_new(): its phone, and what that phone did.  The address it took, 0 = none;
 * roots trusted so far; power cuts so far; what io->clock() said last (0: nothing yet). */
struct io *sim_io(struct sim *);
uint32_t sim_address(const struct sim *);
uint16_t sim_vlan(const struct sim *);
size_t sim_roots(const struct sim *);
size_t sim_cuts(const struct sim *);
int64_t sim_told_clock(const struct sim *);
/* Let its random() give these numbers, over and over (default: rng of seed 1). */
void sim_random(struct sim *, const uint32_t *, size_t n);

/* ---- listening ------------------------------------------------------------------- */

enum sim_type { SIM_DHCP, SIM_UDP, SIM_STREAM, SIM_HTTP, SIM_ALARM };

/* What the phone did at a listener: opened (stream, http), sent bytes, asked (http), closed in
 * order, was cut off by a power cut. */
enum sim_deed { SIM_OPENED, SIM_SENT, SIM_ASKED, SIM_CLOSED, SIM_CUT };

struct sim_call {
	enum sim_deed deed;
	struct io_handle *h;
	enum sim_type type;
	struct io_addr to;
	struct io_addr from;             /* the phone's; of relayed DHCP the relay agent's */
	uint32_t phone;                  /* its index */
	int64_t wall_us;                 /* true time, microseconds since 1970 */
	uint16_t vlan;                   /* dhcp */
	const struct io_stream_cfg *cfg; /* stream, http */
	struct span bytes;               /* SIM_SENT */
	const struct io_ask *ask;        /* SIM_ASKED */
	bool fresh;                      /* SIM_ASKED: over a new connection */
};
typedef void sim_fn(void *arg, struct sim *, const struct sim_call *);

/*
 * Everything to this type and port (0 = any port; dhcp is 67), whatever the address, comes to
 * fn: it answers, it does not run the world.  The latest rule that fits wins; one with an
 * address wins over those without.  Without a rule: silence (udp, dhcp), refused (stream,
 * http).
 */
void sim_listen(struct sim *, enum sim_type, uint16_t port, sim_fn *, void *arg);

/* A server with an address, behind a way that is lent (NULL: none).  With the first of them the
 * world knows its hosts: any other address is nobody's.  0, -EADDRINUSE or -ENOMEM. */
int sim_listen_at(
    struct sim *, enum sim_type, struct io_addr, struct sim_way *, sim_fn *, void *arg);

/* Whatever was listened to with this arg is listened to no more; without a word to anybody. */
void sim_unlisten(struct sim *, void *arg);

/*
 * The world as the phones' relay agent in this VLAN (0: untagged).  With the first of them DHCP
 * is as behind emulator/io/io_dhcp.c: other VLANs cannot be opened (-EINVAL), requests carry
 * giaddr and one hop more and come from giaddr, replies go to the phone whose MAC they name,
 * in that VLAN.  0 or -ENOMEM.
 */
int sim_relay(struct sim *, uint16_t vlan, uint32_t giaddr);

/* What the server keeps of a connection or session, or NULL; the listener's own, also in CLOSED
 * and CUT. */
void *sim_peer(const struct io_handle *);
void sim_peer_set(struct io_handle *, void *);

/* ---- answers ----------------------------------------------------------------------- */

/*
 * Events to the phone, after so long (and what the way takes); bytes are copied.  To a handle
 * that the phone has closed meanwhile they are lost.  A stream that somebody listens to
 * stays unconnected until sim_up() (or sim_meet(), sim_tls.h).
 */
void sim_packet(struct sim *, struct io_handle *, uint64_t after_us, struct span);
/* From another address than the one it was sent to: the phone's socket drops that. */
void sim_packet_from(
    struct sim *, struct io_handle *, struct io_addr from, uint64_t after_us, struct span);
void sim_up(struct sim *, struct io_handle *, uint64_t after_us, const struct io_tls_seen *);
void sim_bytes(struct sim *, struct io_handle *, uint64_t after_us, struct span);
/* The connection ends: err 0 in order, -ECONNRESET ...  What it means to an HTTP session, see
 * the table above.  tls NULL: what was seen when it came up. */
void sim_down(
    struct sim *, struct io_handle *, uint64_t after_us, int err, const struct io_tls_seen *);

/* A whole HTTP reply: HEAD, BODY (in two parts), WHOLE.  With IO_COUNT the body is only
 * counted; body_n > body.n: the rest is counted too, but is not part of the CRC. */
void sim_http(struct sim *, struct io_handle *, uint64_t after_us, int status,
    const struct io_header *, size_t n_headers, struct span body, uint64_t body_n);

/* The same with all there is to say. */
struct sim_reply {
	int status;
	const struct io_header *headers;
	size_t n_headers;
	struct span body;
	uint64_t body_n; /* > body.n: the rest is a number, without bytes */
	uint32_t crc32;  /* of the whole body; only looked at when a part is a number */
	/* A reply that is not whole: after so many bytes of the body the connection ends, in
	 * order (0) or with this error. */
	bool cut;
	uint64_t cut_after;
	int cut_err;
	bool close; /* the server closes the connection behind it */
};
void sim_reply(struct sim *, struct io_handle *, uint64_t after_us, const struct sim_reply *);

#endif
