/*
 * web.h - a small web server for people and monitors who look on while a run goes on.  It lives
 * on the loop it is given, so that its pages are made on that loop's thread.
 *
 * GET and HEAD only.  Each reply forbids its page to load anything from elsewhere.
 */
#ifndef REPORT_WEB_H
#define REPORT_WEB_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

struct loop;
struct web;

enum { WEB_ADDR_MAX = 64 };

struct web_addr {
	char host[WEB_ADDR_MAX]; /* as a URL has it: "127.0.0.1", "[::1]" */
	uint16_t port;           /* 0: any that is free */
	bool loopback;           /* nobody else can reach it */
};

/*
 * "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (of this machine only).  0, or
 * -EINVAL.
 */
int web_addr_read(const char *text, struct web_addr *out);

/* Do both stand for one listener?  Any free port twice are two. */
bool web_addr_same(const struct web_addr *, const struct web_addr *);

/* A descriptor that listens there, and its port if any would do; or -errno. */
int web_listen(struct web_addr *);

struct web_request {
	const char *path;   /* without its query */
	struct span behind; /* of the path, what follows the route's */
};

struct web_reply {
	int status; /* 200 before the route is asked */
	const char *type;
	struct buf body;
};

/* Fill the reply.  An error in the body's buffer becomes a 503. */
typedef void web_fn(void *arg, const struct web_request *, struct web_reply *);

struct web_route {
	const char *path; /* one that ends in '/' also stands for all below it, but "/" */
	web_fn *fn;
	void *arg;
};

struct web_cfg {
	struct loop *loop;
	struct web_addr at;
	const struct web_route *routes; /* lent */
	size_t n_routes;
};

/* 0 or -errno: -EADDRINUSE, -EADDRNOTAVAIL, -EACCES ... */
int web_new(const struct web_cfg *, struct web **out);

/* NULL is fine; inside a route it is not. */
void web_free(struct web *);

/* Where it listens, its port with it. */
const struct web_addr *web_at(const struct web *);

/* "http://127.0.0.1:8080", appended. */
void web_url(const struct web *, struct buf *);

/* loop_now_us() of the last request, 0: none yet. */
uint64_t web_asked_us(const struct web *);

/* May a browser that was told this name ask us?  What another one's DNS name leads to is not
 * for pages of that name.  `loopback`: only this machine's own names. */
bool web_host_is_ours(const char *host_header, bool loopback);

#endif
