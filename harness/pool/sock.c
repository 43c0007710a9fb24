/* sock.c - see sock.h. */
#include "sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCK_BACKLOG = 4096, SOCK_QUEUE_BYTES = 4 * 1024 * 1024 };

/* For one address only: pools on other addresses keep their ports. */
static int
sock_bound(int type, uint32_t ip, uint16_t port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(ip),
	};
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, rc;

	if (fd < 0)
		return -errno;
	/* TIME_WAIT of the pool before must not stop this one; two living ones still collide.
	 */
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int
sock_udp(uint32_t ip, uint16_t port)
{
	int fd = sock_bound(SOCK_DGRAM, ip, port);
	int queue = SOCK_QUEUE_BYTES;

	/* Thousands of phones ask in the same moment; the kernel gives what it allows. */
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &queue, sizeof queue);
	return fd;
}

int
sock_listen(uint32_t ip, uint16_t port)
{
	int fd = sock_bound(SOCK_STREAM, ip, port);
	int rc;

	if (fd < 0 || listen(fd, SOCK_BACKLOG) == 0)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

/* Answers are small and complete: Nagle would only hold them back. */
int
sock_accept(int listener, struct sock_peer *peer_out)
{
	struct sockaddr_in from = { 0 };
	socklen_t n = sizeof from;
	int fd = accept4(listener, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int one = 1;

	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	peer_out->ip = ntohl(from.sin_addr.s_addr);
	peer_out->port = ntohs(from.sin_port);
	return fd;
}
