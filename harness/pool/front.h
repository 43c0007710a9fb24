/*
 * front.h - the door before a server that listens on TCP, where faults are played: it accepts
 * the phones' connections, joins each to one of the server's own, and hands the bytes on, below
 * TLS, as the server's wire lets them through.
 *
 *	phone                front                      server
 *	connect   refuse: nobody listens; reset: RST
 *	   piece  -------->  faults, latency, a worker  ------>
 *	   piece  <--------  faults, latency, the port  <------
 *
 * What TCP mends shows as time: a lost piece comes 200 ms later, a lost SYN holds up all that
 * follows it by a second.  reset_after and truncate count what is said, not the handshake.
 */
#ifndef POOL_FRONT_H
#define POOL_FRONT_H
#include <stdbool.h>

#include "list.h"
#include "loop.h"
#include "sock.h"
#include "wire.h"

struct front;

struct front_cfg {
	struct wire *wire; /* lent for the front's life */
	struct sock_peer at;
	bool tls;
	/* A connection of the phone at `peer`: the server's end of it goes to the server, which
	 * takes it.  Not 0: it does not. */
	int (*join)(void *arg, int fd_take, const struct sock_peer *peer);
	void *arg;
};

/* 0 or -errno of the socket. */
int front_new(const struct front_cfg *, struct front **out);

/* Ends all connections.  NULL is fine. */
void front_free(struct front *);

/* From now on nobody listens there, or somebody does again.  0 or -errno: it could not. */
int front_refuse(struct front *, bool refuse);

/* All connections are reset. */
void front_reset(struct front *);

#endif
