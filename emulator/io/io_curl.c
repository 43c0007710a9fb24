/*
 * io_curl.c - curl's sockets and timer in a world's turn, and the sweep that lets it find what
 * it should not keep.
 */
#include <errno.h>
#include <sys/epoll.h>

#include "io_http_priv.h"
#include "mem.h"

enum { CURL_ROUNDS = 16 };

/* ---- what curl wants to wait for ---- */

/*
 * curl has no memory to wait for a connection, or cannot wait, and does not say for which: the
 * requests whose connections nobody watches would never end.
 */
static void
curl_end_lost(struct io_http_world *http)
{
	for (size_t i = 0; i < http->n_conns; i++) {
		struct http_conn *conn = http->conns[i];

		if (conn == NULL || conn->watched || conn->session == NULL ||
		    conn->session->easy == NULL)
			continue;
		io_http_ended(conn->session, CURLE_OUT_OF_MEMORY);
	}
	http->lost = false;
}

/* curl goes on with what this descriptor is ready for, or with what is due. */
static void
curl_act(struct io_http_world *http, curl_socket_t fd, int mask)
{
	int running;

	if (curl_multi_socket_action(http->multi, fd, mask, &running) != CURLM_OK || http->lost)
		curl_end_lost(http);
}

static void
curl_on_ready(struct io_fd *fd, uint32_t events)
{
	struct http_conn *conn = LIST_ITEM(fd, struct http_conn, fd);
	struct io_world *w = conn->world;
	int mask = 0;

	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		mask |= CURL_CSELECT_ERR;
	curl_act(w->http, fd->fd, mask);
	io_curl_run(w);
}

static int
curl_on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct io_world *w = arg;
	struct http_conn *conn = io_curl_conn(w->http, fd);
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
	/* Told so, curl would give up every request of this world. */
	if (rc < 0)
		w->http->lost = true;
	return 0;
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

	curl_tell(http);
	for (int i = 0; http->now && i < CURL_ROUNDS; i++) {
		http->now = false;
		curl_act(http, CURL_SOCKET_TIMEOUT, 0);
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
	io_due_set(w, &http->sweep, io_now_us() + HTTP_SWEEP_US);
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
