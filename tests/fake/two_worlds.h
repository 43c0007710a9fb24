/*
 * two_worlds.h - one small story, played on real sockets and in the simulated world before
 * servers that say the same: what the phone is told must be the same, word for word.
 *
 *	static void
 *	story(struct stage *s)
 *	{
 *		struct io_handle *h = stage_stream(s, 389, false, NULL);
 *
 *		stage_until(s, 1);
 *		stage_send(s, h, "bye");
 *		stage_until(s, 2);
 *	}
 *
 *	two_worlds(&(struct stage_cfg){ 0 }, story);
 *
 * The servers know the words and paths of peer.h, on ports 389 and 80 in plain, 5061 and
 * 443 with TLS; at 8080 nobody listens.  On UDP port 123 a server says what the story tells it
 * to, port 53 is closed.
 */
#ifndef TESTS_TWO_WORLDS_H
#define TESTS_TWO_WORLDS_H
#include "io_rig.h"
#include "peer.h"
#include "sim.h"
#include "sim_tls.h"
#include "text.h"

enum { STAGE_GIADDR = 0x7f010002, STAGE_GIADDR_200 = 0x7f010003 };

struct stage_cfg {
	const struct peer_cert *cert; /* NULL: nobody speaks TLS */
	bool trust;                   /* the phone trusts the servers' root */
	bool trust_nothing;
	int64_t clock_off_s;    /* how far the phone's clock is off */
	bool set_clock;         /* tell it at all */
	const uint16_t *suites; /* NULL: 0004, 0005, 000a, 0009 */
	size_t n_suites;
	const struct io_link *link; /* the phone's own line; NULL: none, and then a short one */
	bool none_in_common;        /* the servers speak none of these */
};

struct stage {
	const struct stage_cfg *cfg;
	const struct io_link *link; /* the phone's own line this time; NULL: none */
	bool real;
	struct rig rig; /* notes and owners of both worlds; the rest of the real one */
	struct io *io;
	struct peer *plain, *tls;
	int gram; /* the server of datagrams, real */
	struct sim *sim;
	struct sim_cert cert;
	int connections; /* to the simulated server in plain, and with TLS */
	int tls_connections;
	/* The simulated server of datagrams: what it heard last, by VLAN. */
	struct io_handle *heard[2];
	struct io_addr from;
	uint8_t packet[512];
	size_t n;
	struct buf told; /* all, as text */
	size_t noted;    /* notes that are in it already */
	uint64_t bytes;  /* of a run of IO_BYTES or IO_BODY, not in it yet */
	enum io_kind run;
};

typedef void story_fn(struct stage *);

/*
 * Play it twice and compare; the text of what was told is printed where they differ.  Then once
 * more over a short line of the phone's own, which must change nothing but the time.
 */
void two_worlds(const struct stage_cfg *, story_fn *);

/* Open; the first owner's.  NULL: the call gave an error, which is told. */
struct io_handle *stage_stream(struct stage *, uint16_t port, bool tls, const char *name);
struct io_handle *stage_http(struct stage *, uint16_t port, const char *name);
struct io_handle *stage_udp(struct stage *, uint16_t port);
struct io_handle *stage_dhcp(struct stage *, uint16_t vlan);
/* What the call gives back is part of what is told. */
int stage_send(struct stage *, struct io_handle *, const char *text);
int stage_send_bytes(struct stage *, struct io_handle *, struct span);
int stage_get(struct stage *, struct io_handle *, const char *path);
int stage_count(struct stage *, struct io_handle *, const char *path);
void stage_close(struct stage *, struct io_handle *);

/* Until an event of this kind has come, after those seen before / the end of a reply. */
void stage_until(struct stage *, enum io_kind);
void stage_until_end(struct stage *);
/* Give the server's side time to end a connection that the phone is not told of. */
void stage_settle(struct stage *);

/* The server of datagrams takes the next one / answers the last it took; to the relay agent of
 * this VLAN or to a plain socket. */
void stage_hear(struct stage *);
void stage_answer(struct stage *, uint16_t vlan, struct span);

#endif
