/*
 * face_http.h - the HTTP and HTTPS faces, by libmicrohttpd: one daemon with one
 * thread of its own, so a big download never holds up the pool's loop.  All
 * routes of a face run on that thread; what they use must not be used elsewhere.
 */
#ifndef POOL_FACE_HTTP_H
#define POOL_FACE_HTTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool_ca.h"
#include "serve.h"
#include "sock.h"
#include "tap.h"

struct face_http;

enum { FACE_HTTP_ROUTES_MAX = 8 };

/* Fill the reply; status 0 becomes 500. */
typedef void face_http_fn(void *arg, const struct serve_request *, struct serve_reply *);

struct face_http_route {
	const char *prefix; /* of the path, ignoring case as IIS does */
	struct tap *tap;
	face_http_fn *fn;
	void *arg;
};

struct face_http_cfg {
	struct sock_peer at;
	bool fronted;                 /* nobody listens: connections come by face_http_take() */
	const struct pool_cert *cert; /* NULL: plain HTTP; otherwise it must outlive the face */
	const struct face_http_route
	    *routes; /* copied; the first that fits answers, else 404 */
	size_t n_routes;
	struct tap *other; /* counts what fits no route */
	int firmware_fd;   /* a reply with .firmware set sends this file; stays the caller's */
	uint64_t firmware_size;
	bool firmware_cut; /* its length is told, an eighth of it is missing */
};

/* 0, -errno of the socket, or -EINVAL: too many routes. */
int face_http_new(const struct face_http_cfg *, struct face_http **out);

/* A connection that was accepted elsewhere.  0 or -errno; the descriptor is the face's. */
int face_http_take(struct face_http *, int fd_take, const struct sock_peer *);

/* Ends the thread; its taps may then be read.  NULL is fine. */
void face_http_free(struct face_http *);

#endif
