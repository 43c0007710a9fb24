/*
 * io_pace.h - a stream over a phone's own line: its bytes, below TLS, wait between the socket
 * and the stream for as long as they would be under way.
 *
 * The socket is connected when the SYN has come to the other end, the stream is when the answer
 * has come back.  What is on the line and what nobody has taken yet is one window full, each
 * way; then the socket is read no more, and the server's TCP waits.
 */
#ifndef IO_IO_PACE_H
#define IO_IO_PACE_H
#include <netinet/in.h>

#include "io_priv.h"

struct io_pace;
struct io_stream;

/* Of this stream, whose phone has a line.  0 or -ENOMEM. */
int io_pace_new(struct io_stream *, struct io_pace **out);
/* NULL is fine. */
void io_pace_free(struct io_pace *);

/* The SYN leaves: when it has come, io_stream_dial() is called. */
void io_pace_connect(struct io_pace *, const struct sockaddr_in *to);

/* What the socket is ready for; gives what the stream is ready for by that. */
uint32_t io_pace_on_ready(struct io_pace *, uint32_t events);

/* Nothing more will be sent.  true: all of it has gone, and the end behind it. */
bool io_pace_end(struct io_pace *);
/* The socket is going to be closed: what is under way to the server is there now. */
void io_pace_hurry(struct io_pace *);

/*
 * Bytes to and from the socket, or what lies before it (NULL: nothing does).  How many, or
 * -errno: -EAGAIN, later.  more: what follows at once leaves with it.
 */
ssize_t io_wire_send(int fd, struct io_pace *, struct span, bool more);
ssize_t io_wire_recv(int fd, struct io_pace *, void *p, size_t n);

#endif
