/*
 * io_tls.h - TLS of one stream: mbedTLS over a non-blocking descriptor.
 *
 * Every call that moves bytes gives -EAGAIN when the descriptor would block, and
 * then is to be called again when it is ready.
 */
#ifndef IO_IO_TLS_H
#define IO_IO_TLS_H
#include "io_priv.h"

struct io_tls;
struct io_tls_conf;

/* The world's part: chance and one configuration per habit.  0 or -errno, *err_out in words. */
int io_tls_world_init(struct io_world *, const struct io_world_cfg *, const char **err_out);
void io_tls_world_done(struct io_world *);
/* Habit number `tls` of the world's configuration; NULL if there is none. */
const struct io_tls_conf *io_tls_conf_at(const struct io_world *, unsigned tls);

struct io_wire { /* what it speaks over */
	const struct io_fd *fd;
	struct io_pace *pace; /* io_pace.h; NULL: nothing lies before the descriptor */
};

/* A client's side on a wire, which stays the caller's and must outlive it.  0 or -ENOMEM. */
int io_tls_new(struct io_phone *, const struct io_stream_cfg *, const struct io_wire *,
    struct io_tls **out);
/* NULL is fine. */
void io_tls_free(struct io_tls *);

/* 0: done, the chain is good.  -EPROTO: TLS failed, see seen; or the socket's error. */
int io_tls_shake(struct io_tls *);

/* How many bytes; 0: the peer closed in order.  Or -errno. */
ssize_t io_tls_read(struct io_tls *, void *p, size_t n);

/* How many bytes were taken.  After -EAGAIN at least the same bytes must be given again. */
ssize_t io_tls_write(struct io_tls *, struct span);

/* close_notify. */
void io_tls_bye(struct io_tls *);

/* What went over the wire so far; lives as long as the stream. */
const struct io_tls_seen *io_tls_seen(const struct io_tls *);

/* ---- io_verify.c: what is wrong with a chain ---- */

struct io_verify { /* of one connection */
	const char *name;
	int64_t wall_s; /* by the phone's clock */
	uint32_t bad;   /* all flags of all certificates */
};

/* mbedtls_ssl_set_verify()'s callback; arg is an io_verify. */
struct mbedtls_x509_crt;
int io_verify_one(void *arg, struct mbedtls_x509_crt *, int depth, uint32_t *flags);
/* The one flaw that is told of all that were found. */
enum io_flaw io_verify_flaw(uint32_t bad);

/* ---- io_roots.c: sets of roots, each kept once per world ---- */

struct io_roots;

/* The set that has `old` (NULL: nothing) and this root.  0, -EBADMSG or -ENOMEM. */
int io_roots_add(struct io_world *, const struct io_roots *old, struct span der,
    const struct io_roots **out);
struct mbedtls_x509_crt *io_roots_chain(const struct io_roots *); /* NULL for NULL */
void io_roots_done(struct io_world *);

#endif
