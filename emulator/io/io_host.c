/* io_host.c - network mode host: the one address of this machine that all phones share. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io_uv.h"

enum { HOST_PORT = 53 }; /* any: nothing is sent there */

/* A socket that is bound or connected there, and where it is then; neither sends a packet. */
static int
host_try(int (*how)(int, const struct sockaddr *, socklen_t), uint32_t ip, uint16_t port,
    uint32_t *ip_out)
{
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(ip),
	};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (fd < 0)
		return -errno;
	if (how(fd, (const struct sockaddr *)&sa, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		rc = -errno;
	else
		*ip_out = ntohl(sa.sin_addr.s_addr);
	close(fd);
	return rc;
}

static int
host_connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	return connect(fd, sa, len);
}

static int
host_bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	return bind(fd, sa, len);
}

int
io_host_towards(uint32_t to, uint32_t *ip_out)
{
	uint32_t ip = 0;
	int rc = host_try(host_connect, to, HOST_PORT, &ip);

	if (rc == 0 && ip == 0)
		rc = -ENETUNREACH;
	if (rc == 0)
		*ip_out = ip;
	return rc;
}

int
io_host_has(uint32_t ip)
{
	uint32_t there;

	return ip == 0 ? -EADDRNOTAVAIL : host_try(host_bind, ip, 0, &there);
}
