/*
 * io_curl_conn.c - the connections that curl has: made by us, known by descriptor, ended.
 *
 * An idle connection stays in curl's cache, and curl offers no way to close just that one.
 * When its session ends we shut it down; curl finds it dead when it next makes a
 * connection, at most once a second.  If nobody makes one, a sweep does (io_curl.c).
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_http_priv.h"
#include "mem.h"

struct http_conn *
io_curl_conn(const struct io_http_world *http, curl_socket_t fd)
{
	return fd >= 0 && (size_t)fd < http->n_conns ? http->conns[fd] : NULL;
}

static int
curl_room(struct io_http_world *http, size_t fd)
{
	size_t n = fd + 1 > 2 * http->n_conns ? fd + 1 : 2 * http->n_conns;
	struct http_conn **conns;

	if (fd < http->n_conns)
		return 0;
	conns = mem_realloc(http->conns, n * sizeof(struct http_conn *));
	if (conns == NULL)
		return -ENOMEM;
	for (size_t i = http->n_conns; i < n; i++)
		conns[i] = NULL;
	http->conns = conns;
	http->n_conns = n;
	return 0;
}

static int
curl_keep(struct io_http *s, int fd)
{
	struct io_world *w = io_world_of(&s->h);
	struct http_conn *conn;

	if (curl_room(w->http, (size_t)fd) < 0)
		return -ENOMEM;
	conn = mem_new(sizeof(*conn));
	if (conn == NULL)
		return -ENOMEM;
	conn->fd.fd = fd;
	conn->session = s;
	conn->world = w;
	list_add_tail(&s->conns, &conn->of_session);
	w->http->conns[fd] = conn;
	return 0;
}

static int
curl_plain_socket(struct io_http *s, struct curl_sockaddr *to)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(io_real_port(io_world_of(&s->h), s->to.port)),
		.sin_addr.s_addr = htonl(s->to.ip),
	};

	/* The address of the time when the session was opened may be gone. */
	int rc = io_may_open(s->h.phone, s->to);

	if (rc < 0)
		return rc;
	memcpy(&to->addr, &sa, sizeof(sa));
	to->addrlen = sizeof(sa);
	return io_socket(s->h.phone, SOCK_STREAM, 0);
}

curl_socket_t
io_curl_on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct io_http *s = arg;
	int fd;

	(void)purpose;
	fd = s->tunnel ? io_tunnel_socket(s, to) : curl_plain_socket(s, to);
	if (fd < 0) {
		s->err_below = fd;
		return CURL_SOCKET_BAD;
	}
	if (curl_keep(s, fd) < 0) {
		close(fd);
		s->err_below = -ENOMEM;
		return CURL_SOCKET_BAD;
	}
	return fd;
}

int
io_curl_on_close(void *arg, curl_socket_t fd)
{
	struct io_world *w = arg;
	struct http_conn *conn = io_curl_conn(w->http, fd);

	if (conn == NULL)
		return close(fd);
	if (conn->session == NULL)
		w->http->n_stale--;
	w->http->conns[fd] = NULL;
	list_remove(&conn->of_session);
	io_fd_close(&conn->fd);
	io_bury(w, conn);
	return 0;
}

/* A reset without closing: dissolving a connection of TCP aborts it. */
static void
curl_abort(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	(void)connect(fd, &none, sizeof(none));
}

void
io_curl_reset(struct io_http *s)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	for (struct list *link = s->conns.next; link != &s->conns; link = link->next)
		setsockopt(LIST_ITEM(link, struct http_conn, of_session)->fd.fd, SOL_SOCKET,
		    SO_LINGER, &now, sizeof(now));
}

/* curl reads no further than a reply goes, and would take the rest for the next one's head. */
void
io_curl_spoil(struct io_http *s)
{
	for (struct list *link = s->conns.next; link != &s->conns; link = link->next) {
		int fd = LIST_ITEM(link, struct http_conn, of_session)->fd.fd;
		char rest;

		/* Shut on both sides it is dead to curl, whatever can still be read. */
		if (recv(fd, &rest, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
			shutdown(fd, SHUT_RDWR);
	}
}

void
io_curl_leave(struct io_http *s, bool reset)
{
	struct io_world *w = io_world_of(&s->h);

	while (!list_empty(&s->conns)) {
		struct http_conn *conn = LIST_ITEM(s->conns.next, struct http_conn, of_session);

		list_remove(&conn->of_session);
		conn->session = NULL;
		if (reset && !s->tunnel)
			curl_abort(conn->fd.fd);
		else
			shutdown(conn->fd.fd, SHUT_RDWR);
		if (w->http->n_stale++ == 0)
			io_due_set(w, &w->http->sweep, io_now_us() + HTTP_SWEEP_US);
	}
}
