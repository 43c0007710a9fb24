/*
 * rtnl.c - see rtnl.h: the talk with the kernel.
 *
 * The kernel answers inside the call that asks, so receiving never waits for anybody; the
 * sockets are blocking ones all the same.
 */
#include "rtnl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mem.h"

enum { RTNL_ASK_MAX = 256, RTNL_ANSWER_MAX = 64 * 1024, RTNL_WORD_MAX = 8 * 1024 };

int
rtnl_open(void)
{
	struct sockaddr_nl here = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), err;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&here, sizeof here) == 0)
		return fd;
	err = -errno;
	(void)close(fd);
	return err;
}

static int
tell(int fd, const struct buf *request)
{
	if (request->err != 0)
		return request->err;
	return send(fd, request->p, request->n, 0) < 0 ? -errno : 0;
}

/* One datagram of the kernel's.  0 or -errno. */
static int
hear(int fd, uint8_t *memory, size_t cap, struct span *out)
{
	ssize_t n;

	do
		n = recv(fd, memory, cap, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	*out = (struct span){ memory, (size_t)n };
	return 0;
}

/* The kernel's word on one request; a thing it tells is kept. */
static int
word(int fd, struct rtnl_told *thing)
{
	uint8_t memory[RTNL_WORD_MAX];
	struct span rest;
	int err = hear(fd, memory, sizeof memory, &rest);
	struct rtnl_told t;

	if (err != 0)
		return err;
	while (rtnl_read(&rest, &t)) {
		if (t.kind == RTNL_TOLD_END)
			return t.err;
		if (t.kind == RTNL_TOLD_THING && thing != NULL) {
			*thing = t;
			return 0;
		}
	}
	return -EBADMSG;
}

int
rtnl_add(int fd, const struct rtnl_thing *t)
{
	uint8_t memory[RTNL_ASK_MAX];
	struct buf b;
	int err;

	buf_over(&b, memory, sizeof memory);
	rtnl_write_add(&b, t);
	err = tell(fd, &b);
	return err != 0 ? err : word(fd, NULL);
}

int
rtnl_remove(int fd, const struct rtnl_thing *t)
{
	uint8_t memory[RTNL_ASK_MAX];
	struct buf b;
	int err;

	buf_over(&b, memory, sizeof memory);
	rtnl_write_remove(&b, t);
	err = tell(fd, &b);
	return err != 0 ? err : word(fd, NULL);
}

int
rtnl_where(int fd, uint32_t ip)
{
	uint8_t memory[RTNL_ASK_MAX];
	struct rtnl_told t = { 0 };
	struct buf b;
	int err;

	buf_over(&b, memory, sizeof memory);
	rtnl_write_where(&b, ip);
	err = tell(fd, &b);
	if (err == 0)
		err = word(fd, &t);
	return err != 0 ? err : (int)t.type;
}

/* The things of one datagram.  True: it was the last one. */
static bool
each_of(struct span rest, rtnl_each_fn *fn, void *arg, int *err)
{
	struct rtnl_told t;

	while (rtnl_read(&rest, &t)) {
		if (t.kind == RTNL_TOLD_THING)
			fn(arg, &t);
		if (t.kind != RTNL_TOLD_END)
			continue;
		*err = t.err;
		return true;
	}
	return false;
}

int
rtnl_each(int fd, enum rtnl_what what, rtnl_each_fn *fn, void *arg)
{
	uint8_t ask[RTNL_ASK_MAX], *memory = mem_new(RTNL_ANSWER_MAX);
	struct span rest;
	struct buf b;
	int err;

	if (memory == NULL)
		return -ENOMEM;
	buf_over(&b, ask, sizeof ask);
	rtnl_write_list(&b, what);
	err = tell(fd, &b);
	while (err == 0 && (err = hear(fd, memory, RTNL_ANSWER_MAX, &rest)) == 0)
		if (each_of(rest, fn, arg, &err))
			break;
	mem_free(memory);
	return err;
}
