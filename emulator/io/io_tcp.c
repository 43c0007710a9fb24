/*
 * io_tcp.c - streams: TCP, and TLS over it.
 *
 * connecting -> (shaking) -> up -> over.  How it ends when its owner closes it is told in
 * io_tcp_end.c.
 */
#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "io_tcp_priv.h"

/* Over, not by us. */
static void
stream_down(struct io_stream *s, int err)
{
	struct io_event ev = { .kind = IO_DOWN, .h = &s->h, .err = err };

	/* The server is to get our alert. */
	if (s->pace != NULL)
		io_pace_hurry(s->pace);
	io_pace_free(s->pace);
	s->pace = NULL;
	s->state = STREAM_OVER;
	io_fd_close(&s->fd);
	buf_done(&s->out);
	if (s->tls != NULL)
		ev.tls = io_tls_seen(s->tls);
	if (s->h.closed)
		io_stream_free(s);
	else
		io_tell(&s->h, &ev);
}

/* ---- going out ---- */

static ssize_t
stream_write(struct io_stream *s, struct span bytes)
{
	if (s->tls != NULL)
		return io_tls_write(s->tls, bytes);
	return io_wire_send(s->fd.fd, s->pace, bytes, false);
}

int
io_stream_flush(struct io_stream *s)
{
	if (s->out.n == 0)
		return 0;
	while (s->out.n > 0) {
		ssize_t n = stream_write(s, buf_bytes(&s->out));

		if (n < 0)
			return (int)n;
		buf_eat(&s->out, (size_t)n);
	}
	buf_done(&s->out);
	if (s->drained != NULL && !s->h.closed)
		s->drained(s->arg);
	return 0;
}

/* A stream that broke may still have bytes to be read: that is found out on a later turn. */
static int
stream_send(struct io_handle *h, struct span bytes)
{
	struct io_stream *s = (struct io_stream *)h;
	size_t asked = bytes.n;

	if (s->state != STREAM_UP)
		return -ENOTCONN;
	if (s->out.n > IO_QUEUE_MAX)
		return -ENOBUFS;
	while (s->out.n == 0 && bytes.n > 0 && s->err == 0) {
		ssize_t n = stream_write(s, bytes);

		if (n == -EAGAIN)
			break;
		if (n < 0) {
			s->err = (int)n;
			io_wake(h);
			break;
		}
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	if (s->err == -ENOMEM)
		return s->err;
	buf_span(&s->out, bytes);
	if (s->out.err != 0) { /* a part may have gone: the rest cannot follow any more */
		s->err = s->out.err;
		io_wake(h);
		return s->err;
	}
	io_count_out(io_world_of(h), s->service, asked);
	return 0;
}

/* ---- coming in ---- */

static ssize_t
stream_pull(struct io_stream *s, uint8_t *p, size_t n)
{
	if (s->tls != NULL)
		return io_tls_read(s->tls, p, n);
	return io_wire_recv(s->fd.fd, s->pace, p, n);
}

static void
stream_read(struct io_stream *s)
{
	struct io_world *w = io_world_of(&s->h);

	for (int i = 0; i < IO_READ_TURNS; i++) {
		struct io_event ev = { .kind = IO_BYTES, .h = &s->h };
		ssize_t n;

		if (s->paused)
			return;
		n = stream_pull(s, w->scratch, IO_READ_MAX);
		if (n == -EAGAIN && s->err != 0)
			n = s->err;
		if (n == -EAGAIN)
			return;
		if (n <= 0) {
			stream_down(s, (int)n);
			return;
		}
		io_count_in(w, s->service, (size_t)n);
		ev.bytes = (struct span){ w->scratch, (size_t)n };
		if (!io_tell(&s->h, &ev))
			return;
	}
	io_wake(&s->h);
}

/* ---- the beginning ---- */

/* SIP names it in Via and Contact. */
static struct io_addr
stream_local(const struct io_stream *s)
{
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);

	if (getsockname(s->fd.fd, (struct sockaddr *)&sa, &len) != 0)
		return (struct io_addr){ 0 };
	return (struct io_addr){ ntohl(sa.sin_addr.s_addr), ntohs(sa.sin_port) };
}

/* True: it is up and still open. */
static bool
stream_up(struct io_stream *s)
{
	struct io_event ev = { .kind = IO_UP, .h = &s->h, .local = stream_local(s) };

	s->state = STREAM_UP;
	if (s->tls != NULL)
		ev.tls = io_tls_seen(s->tls);
	return io_tell(&s->h, &ev);
}

static bool
stream_shake(struct io_stream *s)
{
	int rc = io_tls_shake(s->tls);

	if (rc == -EAGAIN)
		return false;
	if (rc < 0) {
		stream_down(s, rc);
		return false;
	}
	return stream_up(s);
}

static bool
stream_connected(struct io_stream *s, uint32_t events)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP)))
		return false;
	getsockopt(s->fd.fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err != 0) {
		stream_down(s, -err);
		return false;
	}
	if (s->tls == NULL)
		return stream_up(s);
	s->state = STREAM_SHAKING;
	return stream_shake(s);
}

/* ---- events ---- */

void
io_stream_move(struct io_stream *s, uint32_t events)
{
	if (s->h.closed) {
		io_stream_linger(s);
		return;
	}
	if (s->state == STREAM_CONNECTING && !stream_connected(s, events))
		return;
	if (s->state == STREAM_SHAKING && !stream_shake(s))
		return;
	if (s->state != STREAM_UP)
		return;
	if (events & EPOLLOUT) {
		int rc = io_stream_flush(s);

		if (rc < 0 && rc != -EAGAIN)
			s->err = rc;
	}
	if (!s->h.closed)
		stream_read(s);
}

void
io_stream_on_ready(struct io_fd *fd, uint32_t events)
{
	struct io_stream *s = LIST_ITEM(fd, struct io_stream, fd);

	if (s->pace != NULL)
		events = io_pace_on_ready(s->pace, events);
	if (events != 0)
		io_stream_move(s, events);
}

static void
stream_wake(struct io_handle *h)
{
	struct io_stream *s = (struct io_stream *)h;

	if (s->state == STREAM_OVER)
		return;
	if (s->h.closed)
		io_stream_linger(s);
	else if (s->state == STREAM_UP)
		stream_read(s);
	else
		stream_down(s, s->err);
}

const struct io_type io_stream_type = {
	.send = stream_send,
	.close = io_stream_close,
	.cut = io_stream_cut,
	.wake = stream_wake,
};
