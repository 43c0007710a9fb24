/*
 * sim_stream.h - a server's face on a stream in the simulated world, plain or TLS: takes
 * connections, hands over what comes in, sends what the server's logic says, closes who is
 * idle.  The twin of harness/pool/face_stream.h.
 */
#ifndef SIM_SIM_STREAM_H
#define SIM_SIM_STREAM_H
#include "buf.h"
#include "list.h"
#include "sim.h"
#include "sim_clock.h"
#include "sim_tls.h"

struct sim_stream; /* one connection */

/* A server's logic for one connection: arg is the face's, `user` what open() made. */
struct sim_stream_ops {
	/* NULL: no memory, the connection is reset. */
	void *(*open)(void *arg, struct sim_stream *, const struct sim_call *);
	/* Bytes came in; answers are appended to out.  Not 0: send what is in out, then close.
	 */
	int (*input)(void *arg, void *user, const struct sim_call *, struct buf *out);
	/* When it will have been silent too long; may be NULL. */
	uint64_t (*idle_at_us)(void *arg, void *user);
	void (*close)(void *arg, void *user);
};

struct sim_stream_face {
	struct sim *sim;
	struct sim_clock *clock;
	const struct sim_cert *cert; /* NULL: plain */
	const struct sim_stream_ops *ops;
	void *arg;
	struct list conns; /* list_init() is the caller's */
};

/* A sim_fn for sim_listen_at(); arg is the face. */
void sim_stream_hears(void *face, struct sim *, const struct sim_call *);

/* Of its own accord: send this / the connection it belongs to, for logic that goes through
 * face->conns. */
void sim_stream_send(struct sim_stream *, struct span);
struct sim_stream *sim_stream_at(struct list *);
void *sim_stream_user(const struct sim_stream *);

/* The world is gone: so are the connections. */
void sim_stream_face_done(struct sim_stream_face *);

#endif
