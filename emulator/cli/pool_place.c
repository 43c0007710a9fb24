/* pool_place.c - see pool_place.h. */
#include "pool_place.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PLACES = 64, PLACE_DHCP_PORT = 20067, PLACE_SIP_PORT = 25061 };

/* Can this be listened on?  The socket is closed again: the pool opens its own. */
static bool
place_is_free(uint32_t ip, int type, uint16_t port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(ip),
		.sin_port = htons(port),
	};
	int one = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	bool ok;

	if (fd < 0)
		return false;
	/* A TCP port whose last connections are still in TIME_WAIT is free for a server. */
	if (type == SOCK_STREAM)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	ok = bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
	    (type != SOCK_STREAM || listen(fd, 1) == 0);
	(void)close(fd);
	return ok;
}

/* DHCP's and SIP's ports stand for all of a pool's. */
bool
pool_place_find(unsigned *next, struct pool_place *out)
{
	for (unsigned k = *next; k < PLACES; k++) {
		uint32_t ip = UINT32_C(0x7f000001) + (k << 8);

		if (!place_is_free(ip, SOCK_DGRAM, PLACE_DHCP_PORT) ||
		    !place_is_free(ip, SOCK_STREAM, PLACE_SIP_PORT))
			continue;
		(void)snprintf(out->listen, sizeof out->listen, "127.0.%u.1", k);
		(void)snprintf(out->addresses, sizeof out->addresses, "127.%u.0.0/16", 42 + k);
		*next = k + 1;
		return true;
	}
	return false;
}

/* Any of them fixes the place: then we do not choose. */
bool
pool_place_is_given(const char *const *args, size_t n)
{
	static const char *const names[] = { "--listen", "--port-base", "--addresses" };

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
			if (strncmp(args[i], names[k], strlen(names[k])) == 0)
				return true;
	return false;
}
