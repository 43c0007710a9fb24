/* url.h - http and https URLs in their parts.  RFC 3986; no user part, no IPv6. */
#ifndef PROTO_URL_H
#define PROTO_URL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

enum { URL_HOST_MAX = 128, URL_PATH_MAX = 256 };

struct url {
	bool tls;
	char host[URL_HOST_MAX]; /* a name or an IPv4 address */
	uint16_t port;           /* 80 or 443 when left out */
	char path[URL_PATH_MAX]; /* with its query; "/" when left out */
};

/* 0; -EINVAL: not such a URL; -ENAMETOOLONG. */
int url_read(struct span, struct url *out);

/* Is it the port that goes without saying? */
bool url_port_is_default(const struct url *);

#endif
