/*
 * web.c - see web.h.  libmicrohttpd without threads: its epoll descriptor is watched by our
 * loop, and a timer of ours rings for its timeouts.
 */
#include "web.h"

#include <errno.h>
#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "mem.h"

enum {
	WEB_CONNECTIONS = 20, /* a browser takes six, a monitor one */
	WEB_IDLE_S = 30,
	WEB_TURNS = 16, /* at once, then the phones' world gets a turn */
};

struct web {
	struct web_cfg cfg;
	struct web_addr at;
	struct MHD_Daemon *daemon;
	struct loop_watch *watch;
	struct loop_timer *timer;
	uint64_t asked_us;
};

/* ---- one request ---- */

/* The page may load what we serve, and nothing else from nowhere else. */
struct web_header {
	const char *name, *value;
};

static const struct web_header web_headers[] = {
	{ "Content-Security-Policy",
	    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
	    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cache-Control", "no-store" },
};

static enum MHD_Result
web_send(struct MHD_Connection *connection, const struct web_reply *reply)
{
	struct span body = buf_bytes(&reply->body);
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(body.n, (void *)body.p, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result rc;

	if (response == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(response, "Content-Type", reply->type);
	for (size_t i = 0; i < sizeof web_headers / sizeof *web_headers; i++)
		(void)MHD_add_response_header(
		    response, web_headers[i].name, web_headers[i].value);
	if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, "Allow", "GET, HEAD");
	rc = MHD_queue_response(connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return rc;
}

static void
web_say(struct web_reply *reply, int status, const char *text)
{
	buf_clear(&reply->body);
	buf_text(&reply->body, text);
	reply->status = status;
	reply->type = "text/plain; charset=utf-8";
}

/* "/phone/" also stands for "/phone/7". */
static bool
web_matches(const struct web_route *route, const char *path, struct span *behind_out)
{
	size_t n = strlen(route->path);
	bool below = n > 1 && route->path[n - 1] == '/';

	if (strncmp(path, route->path, n) != 0 || (path[n] != '\0' && !below))
		return false;
	*behind_out = span_of(path + n);
	return true;
}

static void
web_route(const struct web *web, const char *path, struct web_reply *reply)
{
	struct web_request request = { .path = path };

	for (size_t i = 0; i < web->cfg.n_routes; i++) {
		const struct web_route *route = &web->cfg.routes[i];

		if (!web_matches(route, path, &request.behind))
			continue;
		route->fn(route->arg, &request, reply);
		return;
	}
	web_say(reply, MHD_HTTP_NOT_FOUND, "not here\n");
}

static enum MHD_Result
web_answer(
    struct web *web, struct MHD_Connection *connection, const char *path, const char *method)
{
	const char *host =
	    MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
	struct web_reply reply = { .status = MHD_HTTP_OK, .type = "text/plain" };
	enum MHD_Result rc;

	web->asked_us = loop_now_us(web->cfg.loop);
	if (!web_host_is_ours(host, web->at.loopback))
		web_say(&reply, MHD_HTTP_FORBIDDEN, "ask by address, or as localhost\n");
	else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		web_say(&reply, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
	else
		web_route(web, path, &reply);
	if (reply.body.err != 0)
		web_say(&reply, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory\n");
	rc = web_send(connection, &reply);
	buf_done(&reply.body);
	return rc;
}

/* MHD calls first with the headers; answered then already, the connection could not be used
 * again.  A body is read and forgotten. */
static enum MHD_Result
web_on_request(void *arg, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *upload, size_t *upload_n,
    void **closure)
{
	(void)version;
	(void)upload;
	if (*closure == NULL) {
		*closure = arg;
		return MHD_YES;
	}
	if (*upload_n > 0) {
		*upload_n = 0;
		return MHD_YES;
	}
	return web_answer(arg, connection, path, method);
}

/* ---- MHD's turns on our loop ---- */

/* Until it has nothing more to do now; then when its next timeout is due, if there is one. */
static void
web_turn(struct web *web)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	bool due = true;

	for (int i = 0; i < WEB_TURNS && due && ms == 0; i++) {
		(void)MHD_run(web->daemon);
		due = MHD_get_timeout(web->daemon, &ms) == MHD_YES;
	}
	if (due)
		loop_timer_set(web->timer, ms * 1000, 0);
	else
		loop_timer_stop(web->timer);
}

static void
web_on_ready(void *arg, int possible)
{
	(void)possible;
	web_turn(arg);
}

static void
web_on_timer(void *arg)
{
	web_turn(arg);
}

/* ---- made and freed ---- */

static int
web_start(struct web *web, int listener_take)
{
	const union MHD_DaemonInfo *info;

	web->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, web_on_request, web,
	    MHD_OPTION_LISTEN_SOCKET, listener_take, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)WEB_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)WEB_IDLE_S,
	    MHD_OPTION_END);
	if (web->daemon == NULL) {
		(void)close(listener_take);
		return -ENOMEM;
	}
	info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL)
		return -ENOTSUP;
	return loop_watch_new(web->cfg.loop, info->epoll_fd, web_on_ready, web, &web->watch);
}

int
web_new(const struct web_cfg *cfg, struct web **out)
{
	struct web *web = mem_new(sizeof *web);
	int rc;

	if (web == NULL)
		return -ENOMEM;
	web->cfg = *cfg;
	web->at = cfg->at;
	rc = loop_timer_new(cfg->loop, web_on_timer, web, &web->timer);
	if (rc == 0)
		rc = web_listen(&web->at);
	if (rc >= 0)
		rc = web_start(web, rc);
	if (rc == 0)
		rc = loop_watch_set(web->watch, LOOP_READ);
	if (rc != 0) {
		web_free(web);
		return rc;
	}
	*out = web;
	return 0;
}

void
web_free(struct web *web)
{
	if (web == NULL)
		return;
	/* Before MHD closes the descriptor that is watched. */
	if (web->watch != NULL)
		loop_watch_close(web->watch);
	if (web->timer != NULL)
		loop_timer_close(web->timer);
	if (web->daemon != NULL)
		MHD_stop_daemon(web->daemon);
	mem_free(web);
}

const struct web_addr *
web_at(const struct web *web)
{
	return &web->at;
}

void
web_url(const struct web *web, struct buf *out)
{
	buf_printf(out, "http://%s:%u", web->at.host, web->at.port);
}

uint64_t
web_asked_us(const struct web *web)
{
	return web->asked_us;
}
