/*
 * face_stream.h - a server's face on a TCP port, plain or TLS: accepts, hands
 * over what comes in, sends what the server's logic says, closes who is idle.
 */
#ifndef POOL_FACE_STREAM_H
#define POOL_FACE_STREAM_H
#include <stdbool.h>

#include "buf.h"
#include "link.h"
#include "loop.h"
#include "sock.h"
#include "span.h"
#include "tap.h"

struct face_stream;
struct stream_conn;

/* A server's logic for one connection: arg is the configuration's, `user` what open() made. */
struct face_stream_ops {
	/* NULL refuses. */
	void *(*open)(void *arg, struct stream_conn *, const struct sock_peer *);
	/* Bytes came in; answers are appended to out.  Not 0: send what is in out, then close.
	 */
	int (*input)(void *arg, void *user, struct span, struct buf *out);
	/* Asked about once a second: has it been silent too long?  May be NULL. */
	bool (*idle)(void *arg, void *user, uint64_t now_us);
	void (*close)(void *arg, void *user);
};

struct face_stream_cfg {
	struct loop *loop;
	struct tap *tap; /* requests and replies count reads and writes */
	struct sock_peer at;
	bool fronted;               /* nobody listens: connections come by face_stream_take() */
	const struct link_tls *tls; /* NULL: plain */
	const struct face_stream_ops *ops;
	void *arg;
};

/* 0 or -errno of the socket. */
int face_stream_new(const struct face_stream_cfg *, struct face_stream **out);

/* Closes all connections.  NULL is fine. */
void face_stream_free(struct face_stream *);

/* A connection that was accepted elsewhere.  0 or -errno; the descriptor is the face's. */
int face_stream_take(struct face_stream *, int fd_take, const struct sock_peer *);

/* Call fn with each connection's `user`; what it appends to `out` is sent there. */
typedef void face_stream_fn(void *arg, void *user, struct buf *out);
void face_stream_each(struct face_stream *, face_stream_fn *, void *arg);

/* Who is on the other end; lent. */
const struct sock_peer *stream_conn_peer(const struct stream_conn *);

#endif
