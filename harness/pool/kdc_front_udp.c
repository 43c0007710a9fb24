/*
 * kdc_front_udp.c - datagrams to the KDC and back.
 *
 * Each request borrows a connected upstream socket until its reply has come; one
 * that waited in vain is closed, so that a late reply cannot reach another phone.
 */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kdc_front_priv.h"
#include "mem.h"

enum { UDP_MAX = 65536, UPSTREAMS_MAX = 512 };

struct front_udp {
	struct kdc_front *front;
	int fd;
	struct loop_watch *watch;
	struct list idle, busy; /* upstreams; busy in the order of their requests */
	unsigned n_upstreams;
	uint8_t packet[UDP_MAX];
};

struct upstream {
	struct list link;
	struct front_udp *udp;
	int fd;
	struct loop_watch *watch;
	struct sock_peer client;
	uint64_t since_us;
};

/* ---- upstream sockets ---- */

static void upstream_on_reply(void *arg, int possible);

static void
upstream_free(struct upstream *up)
{
	list_remove(&up->link);
	up->udp->n_upstreams--;
	if (up->watch != NULL)
		loop_watch_close(up->watch);
	if (up->fd >= 0)
		close(up->fd);
	mem_free(up);
}

static int
upstream_open(struct upstream *up)
{
	int err;

	up->fd = front_upstream(up->udp->front, SOCK_DGRAM);
	if (up->fd < 0)
		return up->fd;
	err = loop_watch_new(up->udp->front->loop, up->fd, upstream_on_reply, up, &up->watch);
	return err != 0 ? err : loop_watch_set(up->watch, LOOP_READ);
}

/* The one used last, a new one, or NULL. */
static struct upstream *
upstream_take(struct front_udp *udp)
{
	struct upstream *up;

	if (!list_empty(&udp->idle))
		return LIST_ITEM(udp->idle.prev, struct upstream, link);
	if (udp->n_upstreams == UPSTREAMS_MAX || (up = mem_new(sizeof *up)) == NULL)
		return NULL;
	up->udp = udp;
	list_init(&up->link);
	udp->n_upstreams++;
	if (upstream_open(up) == 0)
		return up;
	upstream_free(up);
	return NULL;
}

/* Free for the next request: it goes to the end that is taken from. */
static void
upstream_rest(struct upstream *up)
{
	list_remove(&up->link);
	list_add_tail(&up->udp->idle, &up->link);
}

/* To the phone, as far as there is a socket. */
static void
udp_put(void *arg, const struct sock_peer *to, struct span reply)
{
	struct front_udp *udp = arg;
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(to->port),
		.sin_addr.s_addr = htonl(to->ip),
	};

	if (udp->fd < 0 ||
	    sendto(udp->fd, reply.p, reply.n, 0, (struct sockaddr *)&at, sizeof at) !=
		(ssize_t)reply.n)
		return;
	udp->front->count.replies++;
	udp->front->count.bytes_out += reply.n;
}

static void
upstream_on_reply(void *arg, int possible)
{
	struct upstream *up = arg;
	struct front_udp *udp = up->udp;
	ssize_t n = recv(up->fd, udp->packet, sizeof udp->packet, 0);

	(void)possible;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* An error is the KDC's port being closed: the phone hears nothing. */
	if (n > 0)
		wire_out(udp->front->cfg.wire, &up->client,
		    (struct span){ udp->packet, (size_t)n }, udp_put, udp);
	upstream_rest(up);
}

/* ---- requests ---- */

/* What a fault wants to be refused, krb5kdc never hears of. */
static bool
udp_refused(struct front_udp *udp, const struct sock_peer *client, struct span packet)
{
	const struct kdc_front_cfg *cfg = &udp->front->cfg;
	struct buf reply = { 0 };
	bool refused = cfg->refusal != NULL && cfg->refusal(cfg->arg, packet, &reply);

	if (refused)
		wire_out(cfg->wire, client, buf_bytes(&reply), udp_put, udp);
	buf_done(&reply);
	return refused;
}

static void
udp_forward(void *arg, const struct sock_peer *client, struct span packet)
{
	struct front_udp *udp = arg;
	struct upstream *up;

	if (udp_refused(udp, client, packet))
		return;
	up = upstream_take(udp);
	if (up == NULL) {
		udp->front->count.dropped++;
		return;
	}
	if (send(up->fd, packet.p, packet.n, 0) != (ssize_t)packet.n) {
		udp->front->count.dropped++;
		upstream_rest(up);
		return;
	}
	/* busy stays in the order of time, so the sweep stops at the first young one. */
	up->client = *client;
	up->since_us = loop_now_us(udp->front->loop);
	list_remove(&up->link);
	list_add_tail(&udp->busy, &up->link);
}

/* Counted before its way: what gets lost was asked, too. */
static void
udp_take(struct front_udp *udp, const struct sockaddr_in *client, size_t n)
{
	const struct sock_peer from = { ntohl(client->sin_addr.s_addr),
		ntohs(client->sin_port) };

	udp->front->count.requests++;
	udp->front->count.bytes_in += n;
	wire_in(udp->front->cfg.wire, &from, (struct span){ udp->packet, n }, udp_forward, udp);
}

static void
udp_on_request(void *arg, int possible)
{
	struct front_udp *udp = arg;
	struct sockaddr_in client;
	socklen_t len;
	ssize_t n;
	int i;

	(void)possible;
	for (i = 0; i < FRONT_BURST && udp->fd >= 0; i++) {
		len = sizeof client;
		n = recvfrom(udp->fd, udp->packet, sizeof udp->packet, 0,
		    (struct sockaddr *)&client, &len);
		if (n < 0)
			return;
		if (n > 0)
			udp_take(udp, &client, (size_t)n);
	}
}

/* ---- the half itself ---- */

/* Closed, not reused: see the top. */
void
front_udp_sweep(struct front_udp *udp, uint64_t now_us)
{
	struct upstream *up;

	while (!list_empty(&udp->busy)) {
		up = LIST_ITEM(udp->busy.next, struct upstream, link);
		if (now_us - up->since_us < (uint64_t)FRONT_PATIENCE_S * FRONT_US_PER_S)
			return;
		upstream_free(up);
	}
}

static void
udp_deaf(struct front_udp *udp)
{
	if (udp->watch != NULL)
		loop_watch_close(udp->watch);
	if (udp->fd >= 0)
		close(udp->fd);
	udp->watch = NULL;
	udp->fd = -1;
}

static int
udp_listen(struct front_udp *udp)
{
	struct kdc_front *front = udp->front;
	int err;

	udp->fd = sock_udp(front->cfg.ip, front->cfg.port);
	if (udp->fd < 0)
		return udp->fd;
	err = loop_watch_new(front->loop, udp->fd, udp_on_request, udp, &udp->watch);
	if (err == 0)
		err = loop_watch_set(udp->watch, LOOP_READ);
	if (err != 0)
		udp_deaf(udp);
	return err;
}

int
front_udp_refuse(struct front_udp *udp, bool refuse)
{
	if (refuse == (udp->fd < 0))
		return 0;
	if (!refuse)
		return udp_listen(udp);
	udp_deaf(udp);
	return 0;
}

int
front_udp_new(struct kdc_front *front, struct front_udp **out)
{
	struct front_udp *udp = mem_new(sizeof *udp);
	int err;

	if (udp == NULL)
		return -ENOMEM;
	udp->front = front;
	list_init(&udp->idle);
	list_init(&udp->busy);
	udp->fd = -1;
	err = udp_listen(udp);
	if (err < 0) {
		front_udp_free(udp);
		return err;
	}
	*out = udp;
	return 0;
}

void
front_udp_free(struct front_udp *udp)
{
	if (udp == NULL)
		return;
	while (!list_empty(&udp->busy))
		upstream_free(LIST_ITEM(udp->busy.next, struct upstream, link));
	while (!list_empty(&udp->idle))
		upstream_free(LIST_ITEM(udp->idle.next, struct upstream, link));
	udp_deaf(udp);
	mem_free(udp);
}
