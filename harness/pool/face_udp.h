/* face_udp.h - a server's face on a UDP port: a packet in, at most one packet out. */
#ifndef POOL_FACE_UDP_H
#define POOL_FACE_UDP_H
#include "buf.h"
#include "loop.h"
#include "sock.h"
#include "span.h"
#include "tap.h"
#include "wire.h"

struct face_udp;

/* Append the reply; none = silence.  *to is preset to where the packet came from. */
typedef void face_udp_fn(void *arg, const struct sock_peer *from, struct span packet,
    struct buf *reply, struct sock_peer *to);

struct face_udp_cfg {
	struct loop *loop;
	struct tap *tap;
	struct wire *wire; /* what lies between; NULL: nothing */
	struct sock_peer at;
	face_udp_fn *fn;
	void *arg;
};

/* 0 or -errno of the socket. */
int face_udp_new(const struct face_udp_cfg *, struct face_udp **out);
void face_udp_free(struct face_udp *); /* NULL is fine */

/* From now on nobody listens there: the kernel says so to whoever asks; or somebody does again.
 * 0 or -errno: it could not. */
int face_udp_refuse(struct face_udp *, bool refuse);

#endif
