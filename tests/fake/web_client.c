/* web_client.c - see web_client.h. */
#include "web_client.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	struct loop *loop;
	int fd;
	struct buf *reply;
	bool over;
};

static void
client_on_ready(void *arg, int possible)
{
	struct client *c = arg;
	char bytes[4096];
	ssize_t n;

	(void)possible;
	while ((n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		buf_put(c->reply, bytes, (size_t)n);
	if (n < 0 && errno == EAGAIN)
		return;
	c->over = true;
	loop_stop(c->loop);
}

/* The kernel accepts for the server: this does not wait for its loop. */
static int
client_connect(const struct web_addr *at)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(at->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(at->port) };
	bool six = at->host[0] == '[';
	int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	v6.sin6_addr = in6addr_loopback;
	assert_true(fd >= 0);
	assert_int_equal(six ? connect(fd, (struct sockaddr *)&v6, sizeof v6)
			     : connect(fd, (struct sockaddr *)&v4, sizeof v4),
	    0);
	return fd;
}

const char *
web_client_raw(struct loop *loop, const struct web_addr *at, const char *request, size_t n,
    struct buf *reply)
{
	struct client c = { .loop = loop, .fd = client_connect(at), .reply = reply };
	struct loop_watch *watch;

	buf_clear(reply);
	assert_int_equal(send(c.fd, request, n, MSG_NOSIGNAL), n);
	assert_int_equal(loop_watch_new(loop, c.fd, client_on_ready, &c, &watch), 0);
	assert_int_equal(loop_watch_set(watch, LOOP_READ), 0);
	while (!c.over)
		loop_run(loop);
	loop_watch_close(watch);
	close(c.fd);
	return buf_cstr(reply);
}

int
web_client_get(struct loop *loop, const struct web_addr *at, const char *path, struct buf *body)
{
	char request[512];
	int n = snprintf(request, sizeof request,
	    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n", path,
	    at->port);
	const char *reply = web_client_raw(loop, at, request, (size_t)n, body), *end;
	int status;

	assert_int_equal(strncmp(reply, "HTTP/1.1 ", 9), 0);
	status = (int)strtol(reply + 9, NULL, 10);
	end = strstr(reply, "\r\n\r\n");
	assert_non_null(end);
	buf_eat(body, (size_t)(end + 4 - reply));
	return status;
}
