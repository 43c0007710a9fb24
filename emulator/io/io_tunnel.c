/*
 * io_tunnel.c - TLS, or a phone's own line, under curl: what curl says in plain to a local
 * socket goes on as a stream of the phone.
 *
 * There is one listener a world.  curl's end is bound to an abstract name that says which
 * session it belongs to, and both ends must be of this process.  The listener needs a name in
 * the file system, because curl takes a connection to an abstract one for unfinished and
 * never uses it again (curl issue 9664).  The name is removed as soon as it is bound: what
 * is connected to is a descriptor of the socket's file, by way of /proc, so that nothing is
 * left behind whatever becomes of us.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_http_priv.h"
#include "mem.h"

enum { TUNNEL_READ = 16 * 1024, TUNNEL_BACKLOG = 4096 };

struct tunnel {
	struct list of_session;
	struct io_http *session;
	struct io_fd near;     /* to curl */
	struct io_handle *far; /* to the server; NULL: over */
	bool up;
	struct buf in; /* for curl, which did not take it yet */
};

/* ---- names ---- */

static socklen_t
tunnel_name(struct sockaddr_un *sa, const struct io_world *w, uint32_t id)
{
	int n;

	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(sa->sun_path + 1, sizeof(sa->sun_path) - 1,
	    "cx700farm/%d/%" PRIxPTR "/%" PRIu32, (int)getpid(), (uintptr_t)w, id);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

static bool
tunnel_is_ours(int fd)
{
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	    cred.pid == getpid();
}

/* ---- the end of one ---- */

static void
tunnel_free(struct tunnel *t, bool reset)
{
	struct io_world *w = io_world_of(&t->session->h);
	struct io_handle *far = t->far;

	t->far = NULL;
	list_remove(&t->of_session);
	io_fd_close(&t->near);
	buf_done(&t->in);
	if (far != NULL && reset)
		io_handle_cut(far);
	else if (far != NULL)
		io_handle_close(far);
	io_bury(w, t);
}

void
io_tunnel_leave(struct io_http *s, bool reset)
{
	list_remove(&s->expected);
	while (!list_empty(&s->tunnels))
		tunnel_free(LIST_ITEM(s->tunnels.next, struct tunnel, of_session), reset);
}

/* ---- curl -> server ---- */

/* What does not fit is left with curl until the stream has drained. */
static void
tunnel_out(void *arg)
{
	struct tunnel *t = arg;
	uint8_t bytes[TUNNEL_READ];

	while (t->up && t->far != NULL && io_stream_waiting(t->far) == 0) {
		ssize_t n = recv(t->near.fd, bytes, sizeof(bytes), 0);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			tunnel_free(t, false);
			return;
		}
		t->far->type->send(t->far, (struct span){ bytes, (size_t)n });
	}
}

/* ---- server -> curl ---- */

/* False: the rest must wait. */
static bool
tunnel_flush(struct tunnel *t)
{
	while (t->in.n > 0) {
		ssize_t n = send(t->near.fd, t->in.p, t->in.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			return false;
		buf_eat(&t->in, n < 0 ? t->in.n : (size_t)n);
	}
	return true;
}

static void
tunnel_in(struct tunnel *t, struct span bytes)
{
	buf_span(&t->in, bytes);
	if (t->in.err != 0) {
		t->session->err_below = -ENOMEM;
		tunnel_free(t, true);
	} else if (!tunnel_flush(t)) {
		io_stream_pause(t->far, true);
	}
}

static void
tunnel_on_near(struct io_fd *near, uint32_t events)
{
	struct tunnel *t = LIST_ITEM(near, struct tunnel, near);

	if ((events & EPOLLOUT) && t->in.n > 0 && tunnel_flush(t)) {
		if (t->far == NULL) {
			tunnel_free(t, false);
			return;
		}
		io_stream_pause(t->far, false);
	}
	if (t->far == NULL && (events & (EPOLLHUP | EPOLLERR)))
		tunnel_free(t, false);
	else
		tunnel_out(t);
}

/* The server has ended it: curl gets what is left, then the end. */
static void
tunnel_down(struct tunnel *t, const struct io_event *ev)
{
	struct io_http *s = t->session;

	if (ev->err != 0)
		s->err_below = ev->err;
	if (ev->tls != NULL)
		s->tls_seen = *ev->tls;
	io_handle_close(t->far);
	t->far = NULL;
	if (tunnel_flush(t))
		tunnel_free(t, false);
}

static void
tunnel_on_far(void *arg, const struct io_event *ev)
{
	struct tunnel *t = arg;

	switch (ev->kind) {
	case IO_UP:
		t->up = true;
		if (ev->tls != NULL)
			t->session->tls_seen = *ev->tls;
		tunnel_out(t);
		break;
	case IO_BYTES:
		tunnel_in(t, ev->bytes);
		break;
	case IO_DOWN:
		tunnel_down(t, ev);
		break;
	case IO_ALARM:
	case IO_PACKET:
	case IO_HEAD:
	case IO_BODY:
	case IO_WHOLE:
		break;
	}
}

/* ---- the beginning ---- */

int
io_tunnel_socket(struct io_http *s, struct curl_sockaddr *to)
{
	struct io_world *w = io_world_of(&s->h);
	struct sockaddr_un sa;
	socklen_t len;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	s->tunnel_id = ++w->http->last_tunnel;
	s->tls_seen = (struct io_tls_seen){ 0 };
	len = tunnel_name(&sa, w, s->tunnel_id);
	if (bind(fd, (struct sockaddr *)&sa, len) < 0) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	to->family = AF_UNIX;
	to->protocol = 0;
	to->addrlen = sizeof(w->http->listen_name);
	memcpy(&to->addr, &w->http->listen_name, sizeof(w->http->listen_name));
	list_remove(&s->expected);
	list_add_tail(&w->http->expected, &s->expected);
	return fd;
}

static struct io_http *
tunnel_session(struct io_world *w, const struct sockaddr_un *peer, socklen_t len)
{
	for (struct list *link = w->http->expected.next; link != &w->http->expected;
	     link = link->next) {
		struct io_http *s = LIST_ITEM(link, struct io_http, expected);
		struct sockaddr_un sa;

		if (tunnel_name(&sa, w, s->tunnel_id) == len && memcmp(&sa, peer, len) == 0)
			return s;
	}
	return NULL;
}

static int
tunnel_open(struct io_http *s, int fd)
{
	struct tunnel *t = mem_new(sizeof(*t));
	struct io_stream_cfg cfg = { s->to, s->tls, s->name, s->trust_nothing };
	struct io_owner me = { &s->scope, tunnel_on_far, t };
	int rc;

	if (t == NULL) {
		close(fd);
		return -ENOMEM;
	}
	t->session = s;
	t->near = (struct io_fd){ fd, tunnel_on_near };
	list_add_tail(&s->tunnels, &t->of_session);
	rc = io_stream_open(&s->h.phone->io, me, &cfg, &t->far);
	if (rc == 0) {
		io_stream_tunnel(t->far, tunnel_out, t);
		rc = io_fd_add(io_world_of(&s->h), &t->near, EPOLLIN | EPOLLOUT | EPOLLET);
	}
	if (rc < 0)
		tunnel_free(t, false);
	return rc;
}

/*
 * No descriptor is left for our end.  Connections wait in the order in which they were made:
 * the first expected is told; its connection is dropped when it can be accepted.
 */
static void
tunnel_refuse(struct io_http_world *http, int err)
{
	struct io_http *s;

	if (list_empty(&http->expected))
		return;
	s = LIST_ITEM(http->expected.next, struct io_http, expected);
	list_remove(&s->expected);
	s->err_below = err;
	for (struct list *link = s->conns.next; link != &s->conns; link = link->next)
		shutdown(LIST_ITEM(link, struct http_conn, of_session)->fd.fd, SHUT_RDWR);
}

static void
tunnel_on_accept(struct io_fd *listener, uint32_t events)
{
	struct io_http_world *http = LIST_ITEM(listener, struct io_http_world, listener);

	(void)events;
	for (;;) {
		struct sockaddr_un peer = { 0 };
		socklen_t len = sizeof(peer);
		int fd = accept4(
		    listener->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct io_http *s;

		if (fd < 0) {
			if (errno != EAGAIN)
				tunnel_refuse(http, -errno);
			return;
		}
		s = tunnel_is_ours(fd) ? tunnel_session(http->world, &peer, len) : NULL;
		if (s == NULL) {
			close(fd);
			continue;
		}
		list_remove(&s->expected);
		s->err_below = tunnel_open(s, fd);
	}
}

/* A folder that only we may enter; its name goes to the socket's address. */
static int
tunnel_folder(struct sockaddr_un *sa)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	const size_t room = sizeof(sa->sun_path);
	const char *name = "cx700farm-XXXXXX";

	if (run == NULL || run[0] != '/' || access(run, W_OK) < 0 ||
	    (size_t)snprintf(sa->sun_path, room, "%s/%s/s", run, name) >= room)
		snprintf(sa->sun_path, room, "/tmp/%s/s", name);
	*strrchr(sa->sun_path, '/') = '\0';
	return mkdtemp(sa->sun_path) != NULL ? 0 : -errno;
}

/* Bind, keep a descriptor of the file, and remove both names. */
static int
tunnel_bind(int fd, int *file_out)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int rc = tunnel_folder(&sa), file = -1;
	size_t folder_n;

	if (rc < 0)
		return rc;
	folder_n = strlen(sa.sun_path);
	sa.sun_path[folder_n] = '/';
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		file = open(sa.sun_path, O_PATH | O_CLOEXEC);
	rc = file < 0 ? -errno : 0;
	unlink(sa.sun_path);
	sa.sun_path[folder_n] = '\0';
	rmdir(sa.sun_path);
	if (rc == 0)
		*file_out = file;
	return rc;
}

int
io_tunnel_init(struct io_world *w, const char **err_out)
{
	struct io_http_world *http = w->http;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), rc;

	*err_out = "the local socket under https cannot be made";
	http->listener = (struct io_fd){ fd, tunnel_on_accept };
	http->listen_file = -1;
	if (fd < 0)
		return -errno;
	rc = tunnel_bind(fd, &http->listen_file);
	if (rc < 0)
		return rc;
	http->listen_name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(http->listen_name.sun_path, sizeof(http->listen_name.sun_path),
	    "/proc/self/fd/%d", http->listen_file);
	if (listen(fd, TUNNEL_BACKLOG) < 0)
		return -errno;
	return io_fd_add(w, &http->listener, EPOLLIN);
}

void
io_tunnel_done(struct io_world *w)
{
	io_fd_close(&w->http->listener);
	if (w->http->listen_file >= 0)
		close(w->http->listen_file);
}
