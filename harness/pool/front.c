/* front.c - see front.h: who listens, and who is let in. */
#include "front.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front_priv.h"
#include "mem.h"

enum { FRONT_ACCEPTS = 64, FRONT_AGAIN_US = 100 * 1000 };

/* What is closed with this option set is reset. */
static void
front_turn_away(int fd)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	(void)close(fd);
}

static void
front_take(struct front *front, int fd, const struct sock_peer *peer)
{
	struct fault_deed deed;

	(void)wire_deed(front->cfg.wire, &deed);
	if (!deed.reset) {
		pair_open(front, fd, peer);
		return;
	}
	wire_mishap(front->cfg.wire, WIRE_RESET);
	front_turn_away(fd);
}

static void
front_on_client(void *arg, int possible)
{
	struct front *front = arg;

	(void)possible;
	for (int i = 0; i < FRONT_ACCEPTS && front->fd >= 0; i++) {
		struct sock_peer peer;
		int fd = sock_accept(front->fd, &peer);

		if (fd >= 0) {
			front_take(front, fd, &peer);
		} else if (fd == -EMFILE || fd == -ENFILE) {
			(void)loop_watch_set(front->watch, 0);
			loop_timer_set(front->again, FRONT_AGAIN_US, 0);
			return;
		} else if (fd != -ECONNABORTED && fd != -EINTR) {
			return;
		}
	}
}

static void
front_on_again(void *arg)
{
	struct front *front = arg;

	if (front->watch != NULL)
		(void)loop_watch_set(front->watch, LOOP_READ);
}

static void
front_deaf(struct front *front)
{
	if (front->watch != NULL)
		loop_watch_close(front->watch);
	if (front->fd >= 0)
		(void)close(front->fd);
	front->watch = NULL;
	front->fd = -1;
}

static int
front_listen(struct front *front)
{
	int rc = sock_listen(front->cfg.at.ip, front->cfg.at.port);

	if (rc < 0)
		return rc;
	front->fd = rc;
	rc = loop_watch_new(front->loop, front->fd, front_on_client, front, &front->watch);
	if (rc == 0)
		rc = loop_watch_set(front->watch, LOOP_READ);
	if (rc < 0)
		front_deaf(front);
	return rc;
}

int
front_new(const struct front_cfg *cfg, struct front **out)
{
	struct front *front = mem_new(sizeof *front);
	int rc;

	if (front == NULL)
		return -ENOMEM;
	front->cfg = *cfg;
	front->loop = wire_loop(cfg->wire);
	front->fd = -1;
	list_init(&front->pairs);
	rc = loop_timer_new(front->loop, front_on_again, front, &front->again);
	if (rc == 0)
		rc = front_listen(front);
	if (rc < 0) {
		front_free(front);
		return rc;
	}
	*out = front;
	return 0;
}

void
front_free(struct front *front)
{
	if (front == NULL)
		return;
	while (!list_empty(&front->pairs))
		pair_close(pair_of(front->pairs.next), false);
	front_deaf(front);
	if (front->again != NULL)
		loop_timer_close(front->again);
	mem_free(front);
}

/* A closed listener is what nobody listening is: the kernel refuses. */
int
front_refuse(struct front *front, bool refuse)
{
	if (refuse == (front->fd < 0))
		return 0;
	if (!refuse)
		return front_listen(front);
	wire_mishap(front->cfg.wire, WIRE_REFUSED);
	front_deaf(front);
	return 0;
}

void
front_reset(struct front *front)
{
	while (!list_empty(&front->pairs)) {
		wire_mishap(front->cfg.wire, WIRE_RESET);
		pair_close(pair_of(front->pairs.next), true);
	}
}
