/*
 * io_http_priv.h - HTTP from inside: sessions (io_http*.c), curl's turn (io_curl.c) and its
 * connections (io_curl_conn.c), TLS under curl (io_tunnel.c).
 *
 * curl speaks plain HTTP only.  For http it connects to the server, for https, or over a
 * phone's own line, to a socket of ours, where the tunnel takes over.  Every session's URL has
 * a host of its own, an address that means nothing: so curl looks nothing up and shares no
 * connection, and our socket function puts the true address in its place.
 */
#ifndef IO_IO_HTTP_PRIV_H
#define IO_IO_HTTP_PRIV_H
#include <sys/un.h>

#include <curl/curl.h>

#include "io_priv.h"

enum {
	HTTP_SPARE = 32,                 /* easy handles kept for the next */
	HTTP_SWEEP_US = 1100 * 1000,     /* after a connection has gone stale */
	HTTP_HEAD_MAX = 64 * 1024,       /* of a reply */
	HTTP_FRESH_MAX = 4 * 1024 * 1024 /* of a lent body, in one turn */
};

struct http_conn { /* a connection that curl has */
	struct list of_session;
	struct io_fd fd;
	struct io_http *session; /* NULL: its session has ended, curl does not know yet */
	struct io_world *world;
	bool watched;
};

struct io_http_world {
	struct io_world *world;
	CURLM *multi;
	struct io_due due;        /* curl's timer */
	bool now;                 /* curl's timer at once */
	bool lost;                /* a connection could not be watched */
	struct http_conn **conns; /* by descriptor */
	size_t n_conns, n_stale;
	struct io_due sweep; /* stale connections are taken from curl */
	CURL *sweeper;
	CURL *spare[HTTP_SPARE];
	size_t n_spare;
	struct list touched; /* sessions with events for their owners */
	uint32_t last_id;

	struct io_fd listener; /* of the tunnels */
	struct sockaddr_un listen_name;
	int listen_file;
	uint32_t last_tunnel;
	struct list expected; /* sessions whose connection has not been accepted yet */
};

struct io_http {
	struct io_handle h;
	struct io_addr to;
	bool tls, trust_nothing;
	bool tunnel; /* curl's connections go by io_tunnel.c */
	char *name;
	uint32_t id;
	struct list conns, touched;

	/* the request */
	CURL *easy; /* NULL: nothing is asked */
	struct curl_slist *lines;
	char *text, *body; /* method, path; what curl sends */
	bool count;

	/* the reply, as far as it has come */
	struct buf head;
	size_t n_lines; /* in head; told only of a whole one */
	struct io_header *headers;
	struct io_http_seen seen;
	struct buf fresh; /* lent body not told yet */
	uint64_t n_fresh; /* counted body not told yet */
	bool head_new, end_new, have_head;
	int err;                    /* of the end; 0: whole */
	int err_below;              /* what went wrong under curl; 0: nothing */
	bool telling, freed, asked; /* while an event is told: closed, asked again */

	/* https */
	struct list expected, tunnels;
	uint32_t tunnel_id;    /* of the one expected */
	struct io_scope scope; /* of the tunnels' streams */
	struct io_tls_seen tls_seen;
};

/* ---- io_http.c: sessions ---- */

/* By which its bytes are counted. */
enum io_service io_http_service(const struct io_http *);
/* The request is over for curl: its handle and our copies go. */
void io_http_release(struct io_http *);
/* curl says that it is over, and how. */
void io_http_ended(struct io_http *, CURLcode);

/* ---- io_http_ask.c ---- */

/* io_ops.ask() of a session. */
int io_http_ask(struct io_handle *, const struct io_ask *);

/* ---- io_http_reply.c ---- */

/* curl's callbacks; arg is the session. */
size_t io_http_on_header(char *p, size_t size, size_t n, void *arg);
size_t io_http_on_body(char *p, size_t size, size_t n, void *arg);
/* There is something to tell: io_curl_run() will. */
void io_http_touch(struct io_http *);
/* Tell it. */
void io_http_tell(struct io_http *);
/* Before the next request / for good. */
void io_http_forget(struct io_http *);
void io_http_free(struct io_http *);

/* ---- io_curl.c: curl's sockets and timer ---- */

/* The world's multi handle; what init left half done, done ends. */
int io_curl_init(struct io_world *);
void io_curl_done(struct io_world *);
/* Let curl do what it wants to do now; then tell the sessions. */
void io_curl_run(struct io_world *);
/* A fresh easy handle (NULL: no memory); give it back. */
CURL *io_curl_easy(struct io_world *);
void io_curl_release(struct io_world *, CURL *);

/* ---- io_curl_conn.c: curl's connections ---- */

/* The one with this descriptor, or NULL. */
struct http_conn *io_curl_conn(const struct io_http_world *, curl_socket_t);
/* curl's callbacks: a socket for the session arg / closing one, arg is the world. */
curl_socket_t io_curl_on_open(void *arg, curlsocktype, struct curl_sockaddr *);
int io_curl_on_close(void *arg, curl_socket_t);
/* Whatever closes this session's connections from now on resets them. */
void io_curl_reset(struct io_http *);
/* Before a request: what came behind the last reply is nobody's; its connection ends. */
void io_curl_spoil(struct io_http *);
/* The session is over: its idle connections end, in order or by reset. */
void io_curl_leave(struct io_http *, bool reset);

/* ---- io_tunnel.c: TLS, or a phone's own line, under curl ---- */

/* The world's listener. */
int io_tunnel_init(struct io_world *, const char **err_out);
void io_tunnel_done(struct io_world *);
/* curl's end of a tunnel, and where it is to connect to.  A descriptor or -errno. */
int io_tunnel_socket(struct io_http *, struct curl_sockaddr *);
/* The session is over: so are its tunnels. */
void io_tunnel_leave(struct io_http *, bool reset);

#endif
