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

static void
face_udp_send(struct face_udp *face, const struct sock_peer *to)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(to->port),
		.sin_addr.s_addr = htonl(to->ip),
	};
	struct span out = buf_bytes(&face->reply);

	if (face->reply.err != 0 || out.n == 0)
		return;
	/* A full queue or a client that is gone loses the packet, as a wire does. */
	if (sendto(face->fd, out.p, out.n, MSG_NOSIGNAL, (struct sockaddr *)&at, sizeof at) >=
	    0)
		tap_reply(face->cfg.tap, out.n);
}

/* One packet.  False: there was none. */
static bool
face_udp_one(struct face_udp *face)
{
	struct sockaddr_in from = { 0 };
	socklen_t from_n = sizeof from;
	ssize_t n = recvfrom(
	    face->fd, face->packet, sizeof face->packet, 0, (struct sockaddr *)&from, &from_n);
	struct sock_peer peer, to;

	if (n < 0)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	/* Lost by the faults' hook: counted, and nothing more. */
	if (!tap_request(face->cfg.tap, (uint64_t)n))
		return true;
	peer = (struct sock_peer){ ntohl(from.sin_addr.s_addr), ntohs(from.sin_port) };
	to = peer;
	/* One buffer for all: a reply is sent before the next packet is read. */
	buf_clear(&face->reply);
	face->cfg.fn(
	    face->cfg.arg, &peer, (struct span){ face->packet, (size_t)n }, &face->reply, &to);
	face_udp_send(face, &to);
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

int
face_udp_new(const struct face_udp_cfg *cfg, struct face_udp **out)
{
	struct face_udp *face = mem_new(sizeof *face);
	int rc;

	if (face == NULL)
		return -ENOMEM;
	face->cfg = *cfg;
	buf_init(&face->reply, UINT16_MAX);
	face->fd = rc = sock_udp(cfg->at.ip, cfg->at.port);
	if (rc < 0)
		goto fail;
	rc = loop_watch_new(cfg->loop, face->fd, face_udp_readable, face, &face->watch);
	if (rc == 0)
		rc = loop_watch_set(face->watch, LOOP_READ);
	if (rc < 0)
		goto fail;
	*out = face;
	return 0;
fail:
	face_udp_free(face);
	return rc;
}

void
face_udp_free(struct face_udp *face)
{
	if (face == NULL)
		return;
	if (face->watch != NULL)
		loop_watch_close(face->watch);
	if (face->fd >= 0)
		close(face->fd);
	buf_done(&face->reply);
	mem_free(face);
}
