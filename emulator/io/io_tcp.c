/*
 * io_tcp.c - streams: TCP, and TLS over it.
 *
 * connecting -> (shaking) -> up -> over.  How it ends when its owner closes it is told in
 * io_tcp_end.c.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "io_tcp_priv.h"

static enum io_service
stream_service(const struct io_stream_cfg *cfg)
{
	switch (cfg->to.port) {
	case 53:
		return IO_SVC_DNS;
	case 80:
		return IO_SVC_HTTP;
	case 88:
		return IO_SVC_KDC;
	case 389:
		return IO_SVC_LDAP;
	case 443: /* https goes by io_http; a TLS stream is SIP from outside */
	case 5060:
	case 5061:
		return IO_SVC_SIP;
	default:
		return IO_SVC_OTHER;
	}
}

/* Over, not by us. */
static void
stream_down(struct io_stream *s, int err)
{
	struct io_event ev = { .kind = IO_DOWN, .h = &s->h, .err = err };

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
	ssize_t n;

	if (s->tls != NULL)
		return io_tls_write(s->tls, bytes);
	n = send(s->fd.fd, bytes.p, bytes.n, MSG_NOSIGNAL);
	return n < 0 ? -errno : n;
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
	ssize_t got;

	if (s->tls != NULL)
		return io_tls_read(s->tls, p, n);
	got = recv(s->fd.fd, p, n, 0);
	return got < 0 ? -errno : got;
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

static void
stream_move(struct io_stream *s, uint32_t events)
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

static void
stream_on_ready(struct io_fd *fd, uint32_t events)
{
	stream_move(LIST_ITEM(fd, struct io_stream, fd), events);
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

static const struct io_type stream_type = {
	.send = stream_send,
	.close = io_stream_close,
	.cut = io_stream_cut,
	.wake = stream_wake,
};

/* ---- opening ---- */

/* What the network says at once is told later, as if it had come later. */
static int
stream_connect(struct io_stream *s, struct io_addr to)
{
	struct io_world *w = io_world_of(&s->h);
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(io_real_port(w, to.port)),
		.sin_addr.s_addr = htonl(to.ip),
	};
	int on = 1;

	s->fd.fd = io_socket(s->h.phone, SOCK_STREAM, 0);
	if (s->fd.fd < 0)
		return s->fd.fd;
	setsockopt(s->fd.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(s->fd.fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 && errno != EINPROGRESS) {
		if (errno == EADDRNOTAVAIL)
			return -EADDRNOTAVAIL;
		s->err = -errno;
		io_wake(&s->h);
		return 0;
	}
	return io_fd_add(w, &s->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

int
io_stream_open(struct io *io, struct io_owner owner, const struct io_stream_cfg *cfg,
    struct io_handle **out)
{
	struct io_phone *phone = (struct io_phone *)io;
	int rc = io_may_open(phone, cfg->to);
	struct io_stream *s;

	if (rc < 0)
		return rc;
	s = io_handle_new(phone, &stream_type, owner, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->fd = (struct io_fd){ -1, stream_on_ready };
	s->service = stream_service(cfg);
	rc = io_due_init(phone->world, &s->linger, io_stream_on_due);
	if (rc == 0 && cfg->tls)
		rc = io_tls_new(phone, cfg, &s->fd, &s->tls);
	if (rc == 0)
		rc = stream_connect(s, cfg->to);
	if (rc < 0) {
		io_stream_free(s);
		return rc;
	}
	*out = &s->h;
	return 0;
}

void
io_stream_tunnel(struct io_handle *h, void (*drained)(void *arg), void *arg)
{
	struct io_stream *s = (struct io_stream *)h;

	s->service = IO_SVC_COUNT;
	s->drained = drained;
	s->arg = arg;
}

size_t
io_stream_waiting(const struct io_handle *h)
{
	return ((const struct io_stream *)h)->out.n;
}

void
io_stream_pause(struct io_handle *h, bool paused)
{
	struct io_stream *s = (struct io_stream *)h;

	if (s->paused && !paused)
		io_wake(h);
	s->paused = paused;
}
