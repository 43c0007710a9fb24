/*
 * io_udp.c - connected datagram sockets.
 *
 * A port that is closed answers by ICMP: the kernel tells it as ECONNREFUSED on the next
 * call, we as IO_DOWN.  Other errors of sending are lost packets, as on any network.
 *
 * A phone's own line (io_shaper.h) lies between its calls and the socket.  What it has sent
 * leaves also when the handle is closed meanwhile.
 */
#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "io_shaper.h"

enum { UDP_MAX = 65507 };

struct io_udp {
	struct io_handle h;
	struct io_fd fd;
	enum io_service service;
	bool over, cut;
	int err; /* waits to be told */
};

/* By the standard port, which is all that is known of a socket's purpose. */
static enum io_service
udp_service(uint16_t port)
{
	switch (port) {
	case 53:
		return IO_SVC_DNS;
	case 67:
		return IO_SVC_DHCP;
	case 88:
		return IO_SVC_KDC;
	case 123:
		return IO_SVC_NTP;
	default:
		return IO_SVC_OTHER;
	}
}

/* NULL: nothing lies between. */
static struct io_shaper *
udp_shaper(const struct io_udp *u)
{
	return u->h.phone->shaper;
}

/* The descriptor goes at once; the handle is the owner's to close. */
static void
udp_down(struct io_udp *u, int err)
{
	struct io_event ev = { .kind = IO_DOWN, .h = &u->h, .err = err };

	u->over = true;
	io_fd_close(&u->fd);
	if (udp_shaper(u) != NULL)
		for (int to = 0; to < IO_SHAPER_WAYS; to++)
			io_shaper_drop(udp_shaper(u), (enum io_shape_to)to, u);
	io_tell(&u->h, &ev);
}

/* ---- over the line ---- */

static void
udp_on_packet(struct io_phone *phone, void *arg, struct span bytes)
{
	struct io_udp *u = arg;

	(void)phone;
	io_tell(&u->h, &(struct io_event){ .kind = IO_PACKET, .h = &u->h, .bytes = bytes });
}

/* The word of it comes over the line, too. */
static void
udp_on_refused(struct io_phone *phone, void *arg, struct span bytes)
{
	(void)phone, (void)bytes;
	udp_down(arg, -ECONNREFUSED);
}

/* ---- coming in ---- */

/* False: the handle is closed. */
static bool
udp_arrived(struct io_udp *u, struct span bytes)
{
	if (udp_shaper(u) == NULL)
		udp_on_packet(u->h.phone, u, bytes);
	else
		(void)io_shaper_hold(udp_shaper(u), IO_SHAPE_DOWN, bytes, udp_on_packet, u);
	return !u->h.closed;
}

static void
udp_refused(struct io_udp *u)
{
	if (udp_shaper(u) == NULL)
		udp_down(u, -ECONNREFUSED);
	else
		(void)io_shaper_hold(
		    udp_shaper(u), IO_SHAPE_DOWN, (struct span){ NULL, 0 }, udp_on_refused, u);
}

/* All that is there; 8 packets are more than any phone's server sends at once. */
static void
udp_read(struct io_udp *u)
{
	struct io_world *w = io_world_of(&u->h);

	for (int i = 0; i < IO_READ_TURNS; i++) {
		ssize_t n = recv(u->fd.fd, w->scratch, IO_READ_MAX, 0);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 && errno == ECONNREFUSED) {
			udp_refused(u);
			return;
		}
		if (n < 0) /* another word by ICMP: packets may lie behind it */
			continue;
		io_count_in(w, u->service, (size_t)n);
		if (!udp_arrived(u, (struct span){ w->scratch, (size_t)n }))
			return;
	}
	io_wake(&u->h);
}

static void
udp_on_ready(struct io_fd *fd, uint32_t events)
{
	struct io_udp *u = LIST_ITEM(fd, struct io_udp, fd);

	(void)events;
	if (!u->h.closed)
		udp_read(u);
}

/* A refused send() is told here, or reading goes on that was cut off for fairness. */
static void
udp_wake(struct io_handle *h)
{
	struct io_udp *u = (struct io_udp *)h;

	if (u->over || u->h.closed)
		return;
	if (u->err == 0) {
		udp_read(u);
		return;
	}
	u->err = 0;
	udp_refused(u);
}

/* ---- going out ---- */

static int
udp_leave(struct io_udp *u, struct span bytes)
{
	if (send(u->fd.fd, bytes.p, bytes.n, MSG_NOSIGNAL) >= 0) {
		io_count_out(io_world_of(&u->h), u->service, bytes.n);
		return 0;
	}
	if (errno == EMSGSIZE)
		return -EMSGSIZE;
	/* No call of io.h calls back: the owner hears of it on a later turn. */
	if (errno == ECONNREFUSED) {
		u->err = -ECONNREFUSED;
		io_wake(&u->h);
	}
	return 0;
}

static void
udp_free(struct io_udp *u)
{
	io_fd_close(&u->fd);
	io_handle_free(&u->h);
}

/* The last of a closed handle's takes it along. */
static void
udp_on_left(struct io_phone *phone, void *arg, struct span bytes)
{
	struct io_udp *u = arg;

	(void)udp_leave(u, bytes);
	if (u->h.closed && !u->cut && !io_shaper_holds(phone->shaper, IO_SHAPE_UP, u))
		udp_free(u);
}

static int
udp_send(struct io_handle *h, struct span bytes)
{
	struct io_udp *u = (struct io_udp *)h;

	if (u->over)
		return -ENOTCONN;
	if (udp_shaper(u) == NULL)
		return udp_leave(u, bytes);
	if (bytes.n > UDP_MAX)
		return -EMSGSIZE;
	return io_shaper_hold(udp_shaper(u), IO_SHAPE_UP, bytes, udp_on_left, u);
}

static void
udp_close(struct io_handle *h)
{
	struct io_udp *u = (struct io_udp *)h;

	if (udp_shaper(u) != NULL) {
		io_shaper_drop(udp_shaper(u), IO_SHAPE_DOWN, u);
		if (io_shaper_holds(udp_shaper(u), IO_SHAPE_UP, u))
			return;
	}
	udp_free(u);
}

static void
udp_cut(struct io_handle *h)
{
	struct io_udp *u = (struct io_udp *)h;

	u->cut = true;
	if (udp_shaper(u) != NULL) {
		io_shaper_drop(udp_shaper(u), IO_SHAPE_DOWN, u);
		io_shaper_hurry(udp_shaper(u), u);
	}
	udp_free(u);
}

static const struct io_type udp_type = {
	.send = udp_send,
	.close = udp_close,
	.cut = udp_cut,
	.wake = udp_wake,
};

/* Connected, so that the kernel drops other senders' packets and hands us ICMP errors. */
static int
udp_connect(struct io_udp *u, struct io_addr to)
{
	struct io_world *w = io_world_of(&u->h);
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(io_real_port(w, to.port)),
		.sin_addr.s_addr = htonl(to.ip),
	};

	/* Unicast DHCP leaves from the client's port. */
	u->fd.fd = io_socket(u->h.phone, SOCK_DGRAM, to.port == 67 ? 68 : 0);
	if (u->fd.fd < 0)
		return u->fd.fd;
	if (connect(u->fd.fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	return io_fd_add(w, &u->fd, EPOLLIN | EPOLLET);
}

int
io_udp_open(struct io *io, struct io_owner owner, struct io_addr to, struct io_handle **out)
{
	struct io_phone *phone = (struct io_phone *)io;
	int rc = io_may_open(phone, to);
	struct io_udp *u;

	if (rc < 0)
		return rc;
	u = io_handle_new(phone, &udp_type, owner, sizeof(*u));
	if (u == NULL)
		return -ENOMEM;
	u->fd = (struct io_fd){ -1, udp_on_ready };
	u->service = udp_service(to.port);
	rc = udp_connect(u, to);
	if (rc < 0) {
		udp_free(u);
		return rc;
	}
	*out = &u->h;
	return 0;
}
