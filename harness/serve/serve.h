/*
 * serve.h - the shape of the servers' logic: a request goes in, a reply comes
 * out.  No socket, no clock: what time it is comes with the request.  The
 * embedded pool puts it on real sockets, the simulated world plays it in virtual time.
 */
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "span.h"

/* One HTTP request, as ca_web, exchange and update get it; everything is lent. */
struct serve_header {
	const char *name, *value;
};
struct serve_request {
	const char *method, *path; /* path with its query */
	const struct serve_header *headers;
	size_t n_headers;
	struct span body;
	uint32_t peer_ip;
	bool tls;
	int64_t wall_us; /* microseconds since 1970 */
};

/* The reply; headers and body are appended to buffers of the caller's. */
enum { SERVE_HEADERS_MAX = 12 };
struct serve_reply {
	int status;
	struct {
		char name[40], value[512];
	} headers[SERVE_HEADERS_MAX];
	size_t n_headers;
	struct buf body; /* the caller did buf_init() */
	bool firmware;   /* the body is the firmware's file, sent by the face; body is empty */
};

/* The value of a request's header (case-insensitive), or NULL. */
const char *serve_header(const struct serve_request *, const char *name);

/* Is the path this page, with or without a query / is it below this folder?  Case aside, as IIS
 * reads it. */
bool serve_path_is(const char *path, const char *page);
bool serve_path_in(const char *path, const char *folder);

/* Add a header; too many or too long ones are dropped. */
void serve_add(struct serve_reply *, const char *name, const char *value);

/* A short answer in plain text. */
void serve_text(struct serve_reply *, int status, const char *text);

/* Refuse whatever it was: this status, with what belongs to a 401, and after how long to come
 * again (0: nothing is said). */
void serve_refuse(struct serve_reply *, int status, uint32_t retry_after_s);

/* 405, and the methods that are allowed. */
void serve_bad_method(struct serve_reply *, const char *allow);

#endif
