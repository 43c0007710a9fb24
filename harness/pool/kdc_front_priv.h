/* kdc_front_priv.h - what the front's two halves share. */
#ifndef POOL_KDC_FRONT_PRIV_H
#define POOL_KDC_FRONT_PRIV_H
#include "kdc_front.h"
#include "list.h"
#include "sock.h"

/* How long a request may be without an answer, a connection without a byte. */
enum { FRONT_US_PER_S = 1000000, FRONT_SWEEP_S = 1, FRONT_PATIENCE_S = 10, FRONT_BURST = 64 };

struct front_udp;
struct front_tcp;

struct kdc_front {
	struct loop *loop;
	struct kdc_front_cfg cfg;
	struct kdc_front_count count;
	struct front_udp *udp;
	struct front_tcp *tcp;
	struct loop_timer *sweep;
};

/* A non-blocking socket (SOCK_DGRAM or SOCK_STREAM) that is, or is being, connected to krb5kdc.
 * The descriptor or -errno. */
int front_upstream(const struct kdc_front *, int type);

/* The datagrams' half.  0 or -errno; NULL is fine for free. */
int front_udp_new(struct kdc_front *, struct front_udp **out);
/* Nobody listens; or somebody does again.  0 or -errno. */
int front_udp_refuse(struct front_udp *, bool refuse);
/* Give up what has waited for too long. */
void front_udp_sweep(struct front_udp *, uint64_t now_us);
void front_udp_free(struct front_udp *);

/* The streams' half, likewise. */
int front_tcp_new(struct kdc_front *, struct front_tcp **out);
/* A connection from elsewhere.  0 or -errno; the descriptor is its own. */
int front_tcp_take(struct front_tcp *, int fd_take);
/* Close what has been silent for too long; accept again. */
void front_tcp_sweep(struct front_tcp *, uint64_t now_us);
void front_tcp_free(struct front_tcp *);

#endif
