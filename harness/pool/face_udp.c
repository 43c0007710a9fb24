/* face_udp.c - see face_udp.h. */
#include "face_udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"

enum { FACE_UDP_MAX = 4096, FACE_UDP_BURST = 64 };

struct face_udp {
	struct face_udp_cfg cfg;
	int fd;
	struct loop_watch *watch;
	struct buf reply;
	uint8_t packet[FACE_UDP_MAX];
};

/* A full queue or a client that is gone loses the packet, as a wire does. */
static void
face_udp_put(void *arg, const struct sock_peer *to, struct span out)
{
	struct face_udp *face = arg;
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(to->port),
		.sin_addr.s_addr = htonl(to->ip),
	};

	if (face->fd >= 0 &&
	    sendto(face->fd, out.p, out.n, MSG_NOSIGNAL, (struct sockaddr *)&at, sizeof at) >=
		0)
		tap_reply(face->cfg.tap, out.n);
}

/* A packet has come through.  One buffer for all: a reply is sent, or copied, before the next
 * one. */
static void
face_udp_take(void *arg, const struct sock_peer *peer, struct span packet)
{
	struct face_udp *face = arg;
	struct sock_peer to = *peer;

	buf_clear(&face->reply);
	face->cfg.fn(face->cfg.arg, peer, packet, &face->reply, &to);
	if (face->reply.err == 0 && face->reply.n > 0)
		wire_out(face->cfg.wire, &to, buf_bytes(&face->reply), face_udp_put, face);
}

/* One packet.  False: there was none. */
static bool
face_udp_one(struct face_udp *face)
{
	struct sockaddr_in from = { 0 };
	socklen_t from_n = sizeof from;
	struct sock_peer peer;
	ssize_t n = recvfrom(
	    face->fd, face->packet, sizeof face->packet, 0, (struct sockaddr *)&from, &from_n);

	if (n < 0)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	tap_request(face->cfg.tap, (uint64_t)n);
	peer = (struct sock_peer){ ntohl(from.sin_addr.s_addr), ntohs(from.sin_port) };
	wire_in(face->cfg.wire, &peer, (struct span){ face->packet, (size_t)n }, face_udp_take,
	    face);
	return true;
}

/* Level-triggered: what a burst leaves is told again. */
static void
face_udp_readable(void *arg, int possible)
{
	struct face_udp *face = arg;

	(void)possible;
	for (int i = 0; i < FACE_UDP_BURST && face_udp_one(face); i++)
		;
}

static void
face_udp_deaf(struct face_udp *face)
{
	if (face->watch != NULL)
		loop_watch_close(face->watch);
	if (face->fd >= 0)
		close(face->fd);
	face->watch = NULL;
	face->fd = -1;
}

static int
face_udp_listen(struct face_udp *face)
{
	const struct face_udp_cfg *cfg = &face->cfg;
	int rc = sock_udp(cfg->at.ip, cfg->at.port);

	if (rc < 0)
		return rc;
	face->fd = rc;
	rc = loop_watch_new(cfg->loop, face->fd, face_udp_readable, face, &face->watch);
	if (rc == 0)
		rc = loop_watch_set(face->watch, LOOP_READ);
	if (rc < 0)
		face_udp_deaf(face);
	return rc;
}

int
face_udp_new(const struct face_udp_cfg *cfg, struct face_udp **out)
{
	struct face_udp *face = mem_new(sizeof *face);
	int rc;

	if (face == NULL)
		return -ENOMEM;
	face->cfg = *cfg;
	face->fd = -1;
	buf_init(&face->reply, UINT16_MAX);
	rc = face_udp_listen(face);
	if (rc < 0) {
		face_udp_free(face);
		return rc;
	}
	*out = face;
	return 0;
}

int
face_udp_refuse(struct face_udp *face, bool refuse)
{
	if (refuse == (face->fd < 0))
		return 0;
	if (!refuse)
		return face_udp_listen(face);
	face_udp_deaf(face);
	return 0;
}

void
face_udp_free(struct face_udp *face)
{
	if (face == NULL)
		return;
	face_udp_deaf(face);
	buf_done(&face->reply);
	mem_free(face);
}
