/*
 * kdc_front.h - the pool's own door before krb5kdc, UDP and TCP: it counts, and
 * it can delay and drop, which krb5kdc cannot.
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

struct kdc_front;

struct kdc_front_count {
	uint64_t requests, replies, bytes_in, bytes_out;
	uint64_t dropped; /* by the hook, or because too much was waiting */
	uint64_t streams; /* TCP connections taken */
};

/*
 * What becomes of a request of n bytes: 0 pass it on, > 0 after so many
 * microseconds, < 0 drop it.  On a stream it is asked once, when the connection is taken (n =
 * 0); dropped streams stay open and silent until they are closed as idle.
 */
typedef int64_t kdc_front_hook(void *arg, bool stream, size_t n);

struct kdc_front_cfg {
	uint32_t ip; /* where phones find it, host byte order */
	uint16_t port;
	uint32_t kdc_ip; /* where krb5kdc listens */
	uint16_t kdc_port;
	kdc_front_hook *hook; /* NULL: everything passes at once */
	void *arg;
};

/* 0 or -errno: -EADDRINUSE, -EADDRNOTAVAIL, -EMFILE, -ENOMEM. */
int kdc_front_new(struct loop *, const struct kdc_front_cfg *, struct kdc_front **out);

/* Lent; counts go on. */
const struct kdc_front_count *kdc_front_counts(const struct kdc_front *);

/* NULL is fine. */
void kdc_front_free(struct kdc_front *);

#endif
