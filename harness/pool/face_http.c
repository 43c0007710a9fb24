/*
 * face_http.c - see face_http.h.  A request is collected whole (its body is
 * bounded), handed to its route, and the reply queued; the firmware is face_file.h's.
 */
#include "face_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "face_file.h"
#include "link.h"
#include "loop.h"
#include "mem.h"

enum {
	HTTP_BODY_MAX = 1024 * 1024,
	HTTP_HEADERS_MAX = 48,
	HTTP_CONNECTIONS = 16000,
	HTTP_IDLE_S = 120,
	HTTP_MEMORY = 16 * 1024, /* a connection's, for the headers */
};

struct face_http {
	struct face_http_cfg cfg;
	struct face_http_route routes[FACE_HTTP_ROUTES_MAX];
	struct MHD_Daemon *daemon;
	struct face_file firmware;
};

/* One request on its way; MHD carries it as the request's closure. */
struct http_call {
	char *uri; /* with its query */
	struct buf body;
	bool begun;
	struct tap *tap; /* who answers */
	uint64_t sends;  /* bytes of the answer's body */
	uint32_t peer_ip;
	char method[16];
	int status;
};

static uint32_t
http_peer(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr_in *from;

	if (info == NULL || info->client_addr == NULL ||
	    info->client_addr->sa_family != AF_INET)
		return 0;
	from = (const struct sockaddr_in *)(const void *)info->client_addr;
	return ntohl(from->sin_addr.s_addr);
}

/* MHD asks for the closure as soon as it has read the request line. */
static void *
http_on_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct http_call *call = mem_new(sizeof *call);

	(void)arg;
	if (call == NULL)
		return NULL;
	call->uri = mem_copy(uri, strlen(uri));
	call->peer_ip = http_peer(connection);
	buf_init(&call->body, HTTP_BODY_MAX);
	return call;
}

static const struct face_http_route *
http_route(const struct face_http *face, const char *uri)
{
	for (size_t i = 0; i < face->cfg.n_routes; i++) {
		const struct face_http_route *route = &face->routes[i];

		if (strncasecmp(uri, route->prefix, strlen(route->prefix)) == 0)
			return route;
	}
	return NULL;
}

struct http_headers {
	struct serve_header at[HTTP_HEADERS_MAX];
	size_t n;
};

static enum MHD_Result
http_one_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct http_headers *headers = arg;

	(void)kind;
	if (headers->n == HTTP_HEADERS_MAX)
		return MHD_NO;
	headers->at[headers->n++] = (struct serve_header){ name, value ? value : "" };
	return MHD_YES;
}

static struct MHD_Response *
http_response(const struct serve_reply *reply, struct http_call *call)
{
	struct span body = buf_bytes(&reply->body);
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(body.n, (void *)body.p, MHD_RESPMEM_MUST_COPY);

	for (size_t i = 0; response != NULL && i < reply->n_headers; i++)
		MHD_add_response_header(
		    response, reply->headers[i].name, reply->headers[i].value);
	call->status = reply->status;
	call->sends = body.n;
	return response;
}

/* The request is whole: ask its route, queue what it says. */
static enum MHD_Result
http_answer(struct face_http *face, struct MHD_Connection *connection, struct http_call *call)
{
	const struct face_http_route *route = http_route(face, call->uri);
	struct http_headers headers = { .n = 0 };
	struct serve_reply reply = { .status = 0 };
	struct MHD_Response *response;
	enum MHD_Result rc = MHD_NO;
	struct serve_request request = {
		.method = call->method,
		.path = call->uri,
		.headers = headers.at,
		.body = buf_bytes(&call->body),
		.peer_ip = call->peer_ip,
		.tls = face->cfg.cert != NULL,
		.wall_us = loop_wall_us(),
	};

	call->tap = route != NULL ? route->tap : face->cfg.other;
	tap_request(call->tap, call->body.n);
	MHD_get_connection_values(connection, MHD_HEADER_KIND, http_one_header, &headers);
	request.n_headers = headers.n;
	buf_init(&reply.body, SIZE_MAX);
	if (call->body.err != 0)
		serve_text(&reply, MHD_HTTP_CONTENT_TOO_LARGE, "too large");
	else if (route == NULL)
		serve_text(&reply, MHD_HTTP_NOT_FOUND, "not here");
	else
		route->fn(route->arg, &request, &reply);
	if (reply.status == 0 || reply.body.err != 0) {
		buf_clear(&reply.body);
		serve_text(&reply, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory");
	}

	response = reply.firmware && reply.status == MHD_HTTP_OK
	    ? face_file_response(
		  &face->firmware, serve_header(&request, "Range"), &call->status, &call->sends)
	    : http_response(&reply, call);
	if (response != NULL)
		rc = MHD_queue_response(connection, (unsigned)call->status, response);
	if (response != NULL && response != face->firmware.whole)
		MHD_destroy_response(response);
	buf_done(&reply.body);
	return rc;
}

/* MHD calls first with the headers, then for each piece of the body, then once more. */
static enum MHD_Result
http_on_request(void *arg, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_n,
    void **closure)
{
	struct http_call *call = *closure;

	(void)url;
	(void)version;
	if (call == NULL || call->uri == NULL)
		return MHD_NO;
	if (!call->begun) {
		call->begun = true;
		snprintf(call->method, sizeof call->method, "%s", method);
		return MHD_YES;
	}
	if (*upload_n > 0) {
		buf_put(&call->body, upload, *upload_n);
		*upload_n = 0;
		return MHD_YES;
	}
	return http_answer(arg, connection, call);
}

static void
http_on_done(void *arg, struct MHD_Connection *connection, void **closure,
    enum MHD_RequestTerminationCode how)
{
	struct http_call *call = *closure;

	(void)arg;
	(void)connection;
	if (call == NULL)
		return;
	if (call->tap != NULL) {
		if (how == MHD_REQUEST_TERMINATED_COMPLETED_OK)
			tap_reply(call->tap, call->sends);
		pool_log_line(call->tap->log, call->tap->server, call->peer_ip,
		    "%s %s -> %d, %llu bytes%s", call->method, call->uri, call->status,
		    (unsigned long long)call->sends,
		    how == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : ", broken off");
	}
	buf_done(&call->body);
	mem_free(call->uri);
	mem_free(call);
	*closure = NULL;
}

static int
http_start(struct face_http *face, int listener)
{
	const struct pool_cert *cert = face->cfg.cert;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
	struct MHD_OptionItem more[5];
	size_t n = 0;

	if (cert != NULL) {
		flags |= MHD_USE_TLS;
		more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
			(void *)pool_cert_key_pem(cert) };
		more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0,
			(void *)pool_cert_pem(cert) };
		more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
			(void *)LINK_PRIORITY };
	}
	/* Connections that others accept come from another thread, which must wake this one. */
	if (face->cfg.fronted)
		flags |= MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC;
	else
		more[n++] = (struct MHD_OptionItem){ MHD_OPTION_LISTEN_SOCKET, listener, NULL };
	more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };

	face->daemon = MHD_start_daemon(flags, 0, NULL, NULL, http_on_request, face,
	    MHD_OPTION_URI_LOG_CALLBACK, http_on_uri, face, MHD_OPTION_NOTIFY_COMPLETED,
	    http_on_done, face, MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY, MHD_OPTION_ARRAY, more,
	    MHD_OPTION_END);
	if (face->daemon != NULL)
		return 0;
	if (listener >= 0)
		close(listener);
	return -EIO;
}

int
face_http_new(const struct face_http_cfg *cfg, struct face_http **out)
{
	struct face_http *face;
	int rc, listener = -1;

	if (cfg->n_routes > FACE_HTTP_ROUTES_MAX)
		return -EINVAL;
	face = mem_new(sizeof *face);
	if (face == NULL)
		return -ENOMEM;
	face->cfg = *cfg;
	memcpy(face->routes, cfg->routes, cfg->n_routes * sizeof *cfg->routes);
	face->firmware = (struct face_file){
		.fd = cfg->firmware_fd, .size = cfg->firmware_size, .cut = cfg->firmware_cut
	};
	rc = face_file_open(&face->firmware);
	if (rc == 0 && !cfg->fronted)
		listener = rc = sock_listen(cfg->at.ip, cfg->at.port);
	if (rc >= 0)
		rc = http_start(face, listener);
	if (rc < 0) {
		face_http_free(face);
		return rc;
	}
	*out = face;
	return 0;
}

int
face_http_take(struct face_http *face, int fd_take, const struct sock_peer *peer)
{
	const struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_port = htons(peer->port),
		.sin_addr.s_addr = htonl(peer->ip),
	};

	/* It closes what it does not take. */
	return MHD_add_connection(face->daemon, fd_take,
		   (const struct sockaddr *)(const void *)&from, sizeof from) == MHD_YES
	    ? 0
	    : -EIO;
}

void
face_http_free(struct face_http *face)
{
	if (face == NULL)
		return;
	if (face->daemon != NULL)
		MHD_stop_daemon(face->daemon);
	face_file_done(&face->firmware);
	mem_free(face);
}
