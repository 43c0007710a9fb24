/*
 * io_curl.c - curl's sockets and timer in a world's turn, and what curl should not keep.
 *
 * An idle connection stays in curl's cache, and curl offers no way to close just that one.
 * When its session ends we shut it down; curl finds it dead when it next makes a
 * connection, at most once a second.  If nobody makes one, a sweep does.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_http_priv.h"
#include "mem.h"

enum { CURL_SWEEP_US = 1100 * 1000, CURL_ROUNDS = 16 };

/* ---- connections ---- */

static struct http_conn *
curl_conn(const struct io_http_world *http, curl_socket_t fd)
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
	fd = s->tls ? io_tunnel_socket(s, to) : curl_plain_socket(s, to);
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
	struct http_conn *conn = curl_conn(w->http, fd);

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
		if (reset && !s->tls)
			curl_abort(conn->fd.fd);
		else
			shutdown(conn->fd.fd, SHUT_RDWR);
		if (w->http->n_stale++ == 0)
			io_due_set(w, &w->http->sweep, io_now_us() + CURL_SWEEP_US);
	}
}

/* ---- what curl wants to wait for ---- */

static void
curl_on_ready(struct io_fd *fd, uint32_t events)
{
	struct http_conn *conn = LIST_ITEM(fd, struct http_conn, fd);
	struct io_world *w = conn->world;
	int running, mask = 0;

	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		mask |= CURL_CSELECT_ERR;
	curl_multi_socket_action(w->http->multi, fd->fd, mask, &running);
	io_curl_run(w);
}

static int
curl_on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct io_world *w = arg;
	struct http_conn *conn = curl_conn(w->http, fd);
	uint32_t events = 0;
	int rc;

	(void)easy, (void)unused;
	if (conn == NULL)
		return 0;
	if (what == CURL_POLL_REMOVE) {
		if (conn->watched)
			io_fd_forget(w, &conn->fd);
		conn->watched = false;
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	conn->fd.fn = curl_on_ready;
	rc = conn->watched ? io_fd_mod(w, &conn->fd, events) : io_fd_add(w, &conn->fd, events);
	conn->watched = rc == 0;
	return rc < 0 ? -1 : 0;
}

static int
curl_on_timer(CURLM *multi, long ms, void *arg)
{
	struct io_world *w = arg;

	(void)multi;
	w->http->now = ms == 0;
	if (ms > 0)
		io_due_set(w, &w->http->due, io_now_us() + (uint64_t)ms * 1000);
	else
		io_due_unset(w, &w->http->due);
	return 0;
}

static void
curl_on_due(struct io_due *due)
{
	struct io_http_world *http = LIST_ITEM(due, struct io_http_world, due);

	http->now = true;
	io_curl_run(http->world);
}

/* ---- running ---- */

static void
curl_collect(struct io_world *w)
{
	struct CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(w->http->multi, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		CURLcode result = msg->data.result;
		struct io_http *s = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		if (easy == w->http->sweeper) {
			curl_multi_remove_handle(w->http->multi, easy);
			continue;
		}
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &s);
		io_http_ended(s, result);
	}
}

static void
curl_tell(struct io_http_world *http)
{
	curl_collect(http->world);
	while (!list_empty(&http->touched)) {
		struct io_http *s = LIST_ITEM(http->touched.next, struct io_http, touched);

		list_remove(&s->touched);
		io_http_tell(s);
	}
}

/* A round reads a megabyte of a fast server's; it is told before the next, not heaped up. */
void
io_curl_run(struct io_world *w)
{
	struct io_http_world *http = w->http;
	int running;

	curl_tell(http);
	for (int i = 0; http->now && i < CURL_ROUNDS; i++) {
		http->now = false;
		curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
		curl_tell(http);
	}
	if (http->now)
		io_due_set(w, &http->due, io_now_us());
}

/* ---- easy handles are kept for the next ---- */

CURL *
io_curl_easy(struct io_world *w)
{
	struct io_http_world *http = w->http;

	return http->n_spare > 0 ? http->spare[--http->n_spare] : curl_easy_init();
}

void
io_curl_release(struct io_world *w, CURL *easy)
{
	struct io_http_world *http = w->http;

	if (http->n_spare == HTTP_SPARE) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	http->spare[http->n_spare++] = easy;
}

/* ---- the sweep: a connection that is never made lets curl look for dead ones ---- */

static curl_socket_t
curl_on_sweep_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	(void)arg, (void)purpose, (void)to;
	return CURL_SOCKET_BAD;
}

static void
curl_on_sweep(struct io_due *due)
{
	struct io_http_world *http = LIST_ITEM(due, struct io_http_world, sweep);
	struct io_world *w = http->world;

	if (http->n_stale == 0)
		return;
	io_due_set(w, &http->sweep, io_now_us() + CURL_SWEEP_US);
	curl_multi_add_handle(http->multi, http->sweeper);
	io_curl_run(w);
}

static int
curl_make_sweeper(struct io_http_world *http)
{
	http->sweeper = curl_easy_init();
	if (http->sweeper == NULL)
		return -ENOMEM;
	curl_easy_setopt(http->sweeper, CURLOPT_URL, "http://1.0.0.0/");
	curl_easy_setopt(http->sweeper, CURLOPT_PROXY, "");
	curl_easy_setopt(http->sweeper, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(http->sweeper, CURLOPT_OPENSOCKETFUNCTION, curl_on_sweep_open);
	return 0;
}

/* ---- birth and end ---- */

int
io_curl_init(struct io_world *w)
{
	struct io_http_world *http = w->http;

	/* curl itself does no TLS here. */
	if (curl_global_init(CURL_GLOBAL_NOTHING) != 0)
		return -ENOMEM;
	http->multi = curl_multi_init();
	if (http->multi == NULL || curl_make_sweeper(http) < 0 ||
	    io_due_init(w, &http->due, curl_on_due) < 0 ||
	    io_due_init(w, &http->sweep, curl_on_sweep) < 0)
		return -ENOMEM;
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, curl_on_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, w);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, curl_on_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, w);
	/* Never close a session's connection because there are many. */
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, 1000000L);
	return 0;
}

void
io_curl_done(struct io_world *w)
{
	struct io_http_world *http = w->http;

	while (http->n_spare > 0)
		curl_easy_cleanup(http->spare[--http->n_spare]);
	if (http->sweeper != NULL && http->multi != NULL)
		curl_multi_remove_handle(http->multi, http->sweeper);
	curl_easy_cleanup(http->sweeper);
	curl_multi_cleanup(http->multi);
	io_due_done(w, &http->due);
	io_due_done(w, &http->sweep);
	mem_free(http->conns);
	curl_global_cleanup();
}
