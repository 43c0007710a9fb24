/* sock.h - listening sockets, made one way for all faces. */
#ifndef POOL_SOCK_H
#define POOL_SOCK_H
#include <stdint.h>

struct sock_peer { /* host byte order */
	uint32_t ip;
	uint16_t port;
};

/* A bound non-blocking UDP socket / a listening TCP socket, or -errno. */
int sock_udp(uint32_t ip, uint16_t port);
int sock_listen(uint32_t ip, uint16_t port);

/* A new connection of a listener, non-blocking and without Nagle's delay, or -errno. */
int sock_accept(int listener, struct sock_peer *peer_out);

#endif
