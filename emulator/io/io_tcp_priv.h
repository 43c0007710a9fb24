/*
 * io_tcp_priv.h - a stream, for io_tcp_open.c (its beginning), io_tcp.c (its life),
 * io_tcp_end.c (its end) and io_pace.c (the line before it).
 */
#ifndef IO_IO_TCP_PRIV_H
#define IO_IO_TCP_PRIV_H
#include "io_pace.h"
#include "io_priv.h"
#include "io_tls.h"

struct io_stream {
	struct io_handle h;
	struct io_fd fd;
	struct io_due linger;
	struct buf out;       /* waits to go */
	struct io_pace *pace; /* the phone's own line before it; NULL: none */
	struct io_tls *tls;
	enum { STREAM_CONNECTING, STREAM_SHAKING, STREAM_UP, STREAM_ENDING, STREAM_OVER } state;
	enum io_service service;
	bool paused;
	int err; /* waits to be told */
	void (*drained)(void *arg);
	void *arg;
};

extern const struct io_type io_stream_type;

/* What the socket is ready for / what the stream is ready for, who may be gone afterwards. */
void io_stream_on_ready(struct io_fd *, uint32_t events);
void io_stream_move(struct io_stream *, uint32_t events);
/* TCP connects; what comes of it is told later. */
void io_stream_dial(struct io_stream *, const struct sockaddr_in *to);
/* 0: all that waited has gone; -EAGAIN: later; or what broke. */
int io_stream_flush(struct io_stream *);
/* At once, with all that it has. */
void io_stream_free(struct io_stream *);
/* io_ops.close(): what waits still goes out. */
void io_stream_close(struct io_handle *);
/* With a reset. */
void io_stream_cut(struct io_handle *);
/* A stream that its owner has closed goes on ending. */
void io_stream_linger(struct io_stream *);
/* Its patience is over. */
void io_stream_on_due(struct io_due *);

#endif
