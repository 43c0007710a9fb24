/*
 * kdc_front_udp.c - datagrams to the KDC and back.
 *
 * Each request borrows a connected upstream socket until its reply has come; one
 * that waited in vain is closed, so that a late reply cannot reach another phone.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kdc_front_priv.h"
#include "mem.h"

enum { UDP_MAX = 65536, UPSTREAMS_MAX = 512, LATE_MAX = 10000 };

struct front_udp {
	struct kdc_front *front;
	int fd;
	struct loop_watch *watch;
	struct list idle, busy; /* upstreams; busy in the order of their requests */
	unsigned n_upstreams;
	struct list late; /* requests that the hook delays */
	unsigned n_late;
	uint8_t packet[UDP_MAX];
};

struct upstream {
	struct list link;
	struct front_udp *udp;
	int fd;
	struct loop_watch *watch;
	struct sockaddr_in client;
	uint64_t since_us;
};

struct late {
	struct list link;
	struct front_udp *udp;
	struct loop_timer *timer;
	struct sockaddr_in client;
	size_t n;
	uint8_t packet[];
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
	if (n > 0 &&
	    sendto(udp->fd, udp->packet, (size_t)n, 0, (struct sockaddr *)&up->client,
		sizeof up->client) == n) {
		udp->front->count.replies++;
		udp->front->count.bytes_out += (uint64_t)n;
	}
	upstream_rest(up);
}

/* ---- requests ---- */

static void
udp_forward(
    struct front_udp *udp, const struct sockaddr_in *client, const uint8_t *packet, size_t n)
{
	struct upstream *up = upstream_take(udp);

	if (up == NULL) {
		udp->front->count.dropped++;
		return;
	}
	if (send(up->fd, packet, n, 0) != (ssize_t)n) {
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

static void
late_free(struct late *late)
{
	list_remove(&late->link);
	late->udp->n_late--;
	loop_timer_close(late->timer);
	mem_free(late);
}

static void
late_on_due(void *arg)
{
	struct late *late = arg;

	udp_forward(late->udp, &late->client, late->packet, late->n);
	late_free(late);
}

/* A copy: the packet's buffer is used again at once. */
static void
udp_delay(struct front_udp *udp, const struct sockaddr_in *client, size_t n, uint64_t after_us)
{
	struct late *late = NULL;

	if (udp->n_late < LATE_MAX)
		late = mem_new(sizeof *late + n);
	if (late == NULL ||
	    loop_timer_new(udp->front->loop, late_on_due, late, &late->timer) != 0) {
		udp->front->count.dropped++;
		mem_free(late);
		return;
	}
	late->udp = udp;
	late->client = *client;
	late->n = n;
	memcpy(late->packet, udp->packet, n);
	list_add_tail(&udp->late, &late->link);
	udp->n_late++;
	loop_timer_set(late->timer, after_us, 0);
}

/* Counted before the hook: what is dropped was asked, too. */
static void
udp_take(struct front_udp *udp, const struct sockaddr_in *client, size_t n)
{
	struct kdc_front_count *count = &udp->front->count;
	int64_t verdict = front_verdict(udp->front, false, n);

	count->requests++;
	count->bytes_in += n;
	if (verdict < 0)
		count->dropped++;
	else if (verdict > 0)
		udp_delay(udp, client, n, (uint64_t)verdict);
	else
		udp_forward(udp, client, udp->packet, n);
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
	for (i = 0; i < FRONT_BURST; i++) {
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

int
front_udp_new(struct kdc_front *front, struct front_udp **out)
{
	struct front_udp *udp = mem_new(sizeof *udp);
	int err = 0;

	if (udp == NULL)
		return -ENOMEM;
	udp->front = front;
	list_init(&udp->idle);
	list_init(&udp->busy);
	list_init(&udp->late);
	udp->fd = sock_udp(front->cfg.ip, front->cfg.port);
	if (udp->fd < 0)
		err = udp->fd;
	if (err == 0)
		err = loop_watch_new(front->loop, udp->fd, udp_on_request, udp, &udp->watch);
	if (err == 0)
		err = loop_watch_set(udp->watch, LOOP_READ);
	if (err != 0) {
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
	while (!list_empty(&udp->late))
		late_free(LIST_ITEM(udp->late.next, struct late, link));
	while (!list_empty(&udp->busy))
		upstream_free(LIST_ITEM(udp->busy.next, struct upstream, link));
	while (!list_empty(&udp->idle))
		upstream_free(LIST_ITEM(udp->idle.next, struct upstream, link));
	if (udp->watch != NULL)
		loop_watch_close(udp->watch);
	if (udp->fd >= 0)
		close(udp->fd);
	mem_free(udp);
}
