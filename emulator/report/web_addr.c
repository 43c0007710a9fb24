/* web_addr.c - where a web server of ours listens, and by which names it may be asked.  See
 * web.h. */
#include "web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "text.h"

/* ---- ADDR:PORT ---- */

/* "[::1]" without its brackets, as an address. */
static int
web_ip6(struct span host, struct in6_addr *out)
{
	char text[WEB_ADDR_MAX];

	if (host.n < 2 || host.p[0] != '[' || host.p[host.n - 1] != ']' ||
	    text_copy(text, sizeof text, (struct span){ host.p + 1, host.n - 2 }) != 0)
		return -EINVAL;
	return inet_pton(AF_INET6, text, out) == 1 ? 0 : -EINVAL;
}

/* The host of it, written the one way that all who compare it know. */
static int
web_host_read(struct span host, struct web_addr *at)
{
	struct in6_addr ip6;
	uint32_t ip = INADDR_LOOPBACK;

	if (web_ip6(host, &ip6) == 0) {
		char text[INET6_ADDRSTRLEN] = "";

		(void)inet_ntop(AF_INET6, &ip6, text, sizeof text);
		(void)snprintf(at->host, sizeof at->host, "[%s]", text);
		at->loopback = IN6_IS_ADDR_LOOPBACK(&ip6);
		return 0;
	}
	if (host.n > 0 && !span_is_nocase(host, "localhost") && text_ip(host, &ip) != 0)
		return -EINVAL;
	at->loopback = ip >> 24 == IN_LOOPBACKNET;
	(void)text_ip_str(ip, at->host);
	return 0;
}

int
web_addr_read(const char *text, struct web_addr *out)
{
	const char *colon = strrchr(text, ':');
	struct web_addr at = { .port = 0 };
	uint64_t port;

	if (colon == NULL || text_u64(span_of(colon + 1), UINT16_MAX, &port) != 0 ||
	    web_host_read(
		(struct span){ (const uint8_t *)text, (size_t)(colon - text) }, &at) != 0)
		return -EINVAL;
	at.port = (uint16_t)port;
	*out = at;
	return 0;
}

bool
web_addr_same(const struct web_addr *a, const struct web_addr *b)
{
	return a->port != 0 && a->port == b->port && strcmp(a->host, b->host) == 0;
}

/* ---- Host: ---- */

/* Names without a dot are not for sale: nobody outside can make one lead here. */
static bool
web_name_of_the_house(struct span name)
{
	char own[256] = "";

	if (memchr(name.p, '.', name.n) == NULL)
		return true;
	if (gethostname(own, sizeof own - 1) != 0)
		return false;
	return span_is_nocase(name, own);
}

/* "[::1]:80" is "[::1]"; empty: that is no host. */
static struct span
web_without_port(struct span host)
{
	const uint8_t *end;

	if (host.n == 0)
		return host;
	if (host.p[0] != '[') {
		end = memchr(host.p, ':', host.n);
	} else {
		end = memchr(host.p, ']', host.n);
		if (end != NULL && ++end < host.p + host.n && *end != ':')
			end = host.p;
	}
	if (end != NULL)
		host.n = (size_t)(end - host.p);
	return host;
}

/*
 * A page from elsewhere may have its name lead to our address (DNS rebinding) and then read us
 * as its own origin; its browser still says that name.  An address is never such a name.
 */
bool
web_host_is_ours(const char *header, bool loopback)
{
	static const char tail[] = ".localhost";
	struct span host = web_without_port(span_of(header)), end = host;
	struct in6_addr ip6;
	uint32_t ip;

	if (host.n == 0)
		return false;
	if (web_ip6(host, &ip6) == 0 || text_ip(host, &ip) == 0 ||
	    span_is_nocase(host, "localhost"))
		return true;
	if (host.n >= sizeof tail)
		end = (struct span){ host.p + host.n - (sizeof tail - 1), sizeof tail - 1 };
	return span_is_nocase(end, tail) || (!loopback && web_name_of_the_house(host));
}

/* ---- the listener ---- */

static socklen_t
web_sockaddr(const struct web_addr *at, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
	char host[WEB_ADDR_MAX];

	memset(out, 0, sizeof *out);
	if (at->host[0] != '[') {
		*v4 =
		    (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(at->port) };
		(void)inet_pton(AF_INET, at->host, &v4->sin_addr);
		return sizeof *v4;
	}
	/* Without its brackets. */
	(void)text_copy(host, sizeof host,
	    (struct span){ (const uint8_t *)at->host + 1, strlen(at->host) - 2 });
	*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(at->port) };
	(void)inet_pton(AF_INET6, host, &v6->sin6_addr);
	return sizeof *v6;
}

/* Where we really are, if any free port would do. */
static int
web_port_of(int fd, uint16_t *port_out)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return -errno;
	/* Both families have their port in the same place. */
	*port_out = ntohs(((const struct sockaddr_in *)(const void *)&at)->sin_port);
	return 0;
}

int
web_listen(struct web_addr *at)
{
	struct sockaddr_storage where;
	socklen_t n = web_sockaddr(at, &where);
	int on = 1, err = 0;
	int fd = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	/* A run right after another one takes the same port. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(fd, (struct sockaddr *)&where, n) != 0 || listen(fd, SOMAXCONN) != 0)
		err = -errno;
	if (err == 0)
		err = web_port_of(fd, &at->port);
	if (err == 0)
		return fd;
	(void)close(fd);
	return err;
}
