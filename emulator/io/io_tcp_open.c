/* io_tcp_open.c - a stream's beginning, and what only https' tunnel asks of it. */
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

/* What the network says at once is told later, as if it had come later. */
static int
stream_dial(struct io_stream *s, const struct sockaddr_in *to)
{
	if (connect(s->fd.fd, (const struct sockaddr *)to, sizeof(*to)) < 0 &&
	    errno != EINPROGRESS) {
		if (errno == EADDRNOTAVAIL)
			return -EADDRNOTAVAIL;
		s->err = -errno;
		io_wake(&s->h);
		return 0;
	}
	return io_fd_add(io_world_of(&s->h), &s->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void
io_stream_dial(struct io_stream *s, const struct sockaddr_in *to)
{
	int rc = stream_dial(s, to);

	if (rc < 0) {
		s->err = rc;
		io_wake(&s->h);
	}
}

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
	if (s->pace == NULL)
		return stream_dial(s, &sa);
	io_pace_connect(s->pace, &sa);
	return 0;
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
	s = io_handle_new(phone, &io_stream_type, owner, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->fd = (struct io_fd){ -1, io_stream_on_ready };
	s->service = stream_service(cfg);
	rc = io_due_init(phone->world, &s->linger, io_stream_on_due);
	if (rc == 0 && phone->shaper != NULL)
		rc = io_pace_new(s, &s->pace);
	if (rc == 0 && cfg->tls)
		rc = io_tls_new(phone, cfg, &(struct io_wire){ &s->fd, s->pace }, &s->tls);
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
