/*
 * kdc_front.h - the pool's own door before krb5kdc, UDP and TCP: it counts, and
 * it stands where faults are played, which krb5kdc cannot.
 *
 * Packets pass unread.  A UDP request borrows an upstream socket until its reply
 * came, so that replies find their way; a TCP connection has its own.
 */
#ifndef POOL_KDC_FRONT_H
#define POOL_KDC_FRONT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "wire.h"

struct kdc_front;

struct kdc_front_count {
	uint64_t requests, replies, bytes_in, bytes_out;
	uint64_t dropped; /* because too much was waiting */
	uint64_t streams; /* TCP connections taken */
};

/* Is this request refused by us?  Then the KRB-ERROR is appended, and krb5kdc does not hear of
 * it. */
typedef bool kdc_front_refusal(void *arg, struct span request, struct buf *reply);

struct kdc_front_cfg {
	uint32_t ip; /* where phones find it, host byte order */
	uint16_t port;
	uint32_t kdc_ip; /* where krb5kdc listens */
	uint16_t kdc_port;
	struct wire *wire; /* what lies before it; NULL: nothing */
	bool fronted;      /* no connection is accepted: they come by kdc_front_take() */
	kdc_front_refusal *refusal; /* NULL: nothing is refused by us */
	void *arg;
};

/* 0 or -errno: -EADDRINUSE, -EADDRNOTAVAIL, -EMFILE, -ENOMEM. */
int kdc_front_new(struct loop *, const struct kdc_front_cfg *, struct kdc_front **out);

/* A connection that was accepted elsewhere.  0 or -errno; the descriptor is the front's. */
int kdc_front_take(struct kdc_front *, int fd_take);

/* From now on nobody listens for datagrams there, or somebody does again.  0 or -errno: it
 * could not. */
int kdc_front_refuse(struct kdc_front *, bool refuse);

/* Lent; counts go on. */
const struct kdc_front_count *kdc_front_counts(const struct kdc_front *);

/* NULL is fine. */
void kdc_front_free(struct kdc_front *);

#endif
