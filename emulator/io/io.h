/*
 * io.h - the world as one phone sees it: time, chance, the network.
 *
 * Rules, the same in every world:
 *  1. No call in here calls back.  The first event comes on a later turn.
 *  2. A handle has one owner (fn, arg).  After io_close() no event comes for it;
 *     io_close() is allowed anywhere, also inside that handle's own event.
 *  3. A handle lives in one scope.  Closing a scope closes what is in it.
 *     io_give() moves a handle to another scope and owner; events that were
 *     waiting go to the new owner.
 *  4. Bytes are lent for the duration of the event.
 *  5. Ports are the standard ones (53, 88, 5061 ...).  The world translates
 *     them (pool file, ports:) and checks the address (allow:) when it opens;
 *     nothing above io.h ever sees another port.
 *  6. Before io_address() only io_dhcp() and io_alarm() can be opened.
 *
 * Calls that return int give 0 or a negative errno: -EPERM the address is not
 * in the pool file's allow list, -EADDRNOTAVAIL no address yet, -EMFILE,
 * -ENOMEM, -EINVAL.  Nothing is opened then and *handle is untouched.
 */
#ifndef IO_IO_H
#define IO_IO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct io_handle; /* whatever is open */

struct io_scope { /* attempt, stage, line, phone; zeroed memory is an empty one */
	struct io_handle *first;
};

struct io_addr { /* host byte order */
	uint32_t ip;
	uint16_t port;
};

enum io_kind {
	IO_ALARM,  /* rang once; io_alarm_set() arms it again */
	IO_PACKET, /* udp, dhcp: one packet from the peer (others are dropped) */
	IO_UP,     /* stream: connected; with TLS: chain checked, see .tls */
	IO_BYTES,  /* stream: the next bytes, any size */
	IO_HEAD,   /* http: status and headers, see .http */
	IO_BODY,   /* http: next bytes of the body; p NULL = n bytes, counted only */
	IO_WHOLE,  /* http: the reply is complete, see .http->body_n, ->crc32 */
	IO_DOWN    /* over, not by us; .err; TLS: .tls->alert, ->flaw.  Close it */
};

enum io_flaw { TLS_OK, TLS_NO_ROOT, TLS_SHA2, TLS_EXPIRED, TLS_EARLY, TLS_NAME, TLS_OTHER };

struct io_tls_seen { /* what went over the wire, for `seen` */
	uint16_t version, suite;
	uint16_t hello[16]; /* the suites offered, in order */
	uint8_t n_hello;
	uint8_t alert_sent, alert_got; /* 0: none */
	enum io_flaw flaw;
};

struct io_header {
	const char *name, *value;
};

struct io_http_seen {
	int status;
	const struct io_header *headers; /* in the order they came */
	size_t n_headers;
	uint64_t body_n;
	uint32_t crc32; /* zlib's, over the whole body */
};

struct io_event {
	enum io_kind kind;
	struct io_handle *h;
	struct span bytes;
	int err; /* IO_DOWN: negative errno; 0: the peer closed in order */
	const struct io_tls_seen *tls; /* IO_UP and IO_DOWN of a TLS stream or https */
	const struct io_http_seen *http;
	struct io_addr local; /* IO_UP: where the stream leaves from */
};

typedef void io_fn(void *arg, const struct io_event *);

struct io_owner {
	struct io_scope *scope;
	io_fn *fn;
	void *arg;
};

struct io_stream_cfg {
	struct io_addr to;
	bool tls;
	const char *name;   /* TLS: the name the certificate must carry; copied */
	bool trust_nothing; /* row 9 on a first boot: no root at all is trusted */
};

struct io_ask { /* one HTTP request; everything is copied */
	const char *method, *path;
	const struct io_header *headers; /* sent in this order, Host among them; nothing else is
					    added but Content-Length */
	size_t n_headers;
	struct span body;
	enum { IO_LEND, IO_COUNT } reply; /* lend the body, or only count and sum it */
};

struct io;

struct io_ops {
	/* Monotonic microseconds, never the wall clock. */
	uint64_t (*now_us)(struct io *);
	/* The phone's own stream of chance. */
	uint32_t (*random)(struct io *);
	/* What the phone believes: wall clock (us since 1970) minus now_us; used for
	 * certificate dates. */
	void (*clock)(struct io *, int64_t wall_minus_now_us);
	/* From now on everything leaves from this address, in this VLAN (0 = untagged); ip 0:
	 * none again. */
	int (*address)(struct io *, uint32_t ip, uint16_t vlan);
	/* Trust one more root (DER; copied and interned).  It stays through power_cut: roots
	 * are flash. */
	int (*trust)(struct io *, struct span der);
	/* Client end of DHCP as broadcast, port 68 to 67, in a VLAN. */
	int (*dhcp)(struct io *, struct io_owner, uint16_t vlan, struct io_handle **);
	/* A connected datagram socket.  To port 67 it leaves from port 68: unicast DHCP. */
	int (*udp)(struct io *, struct io_owner, struct io_addr to, struct io_handle **);
	/* TCP, or TLS over it.  IO_UP or IO_DOWN follows. */
	int (*stream)(
	    struct io *, struct io_owner, const struct io_stream_cfg *, struct io_handle **);
	/* An HTTP session with one server: connections are made when asked for, kept, and
	 * shared with nobody. */
	int (*http)(
	    struct io *, struct io_owner, const struct io_stream_cfg *, struct io_handle **);
	/* An alarm, not yet set. */
	int (*alarm)(struct io *, struct io_owner, struct io_handle **);
	/* Ring after so long; set again = moved. */
	void (*alarm_set)(struct io_handle *, uint64_t after_us);
	/* Copied; -ENOBUFS when more than 64 KiB are waiting to go, -ENOTCONN before IO_UP. */
	int (*send)(struct io_handle *, struct span);
	/* One request at a time: -EBUSY.  IO_HEAD, IO_BODY ..., IO_WHOLE follow, or IO_DOWN.
	 * After IO_DOWN it may be asked again. */
	int (*ask)(struct io_handle *, const struct io_ask *);
	/* Another owner and scope. */
	void (*give)(struct io_handle *, struct io_owner);
	/* Orderly: close_notify, FIN.  What was queued by send() still goes out. */
	void (*close)(struct io_handle *);
	/* Everything of this phone at once: RST, no event, alarms too.  The address is gone. */
	void (*power_cut)(struct io *);
};

struct io { /* one phone's world; first member of every implementation */
	const struct io_ops *ops;
};

/* Close whatever is in a scope. */
static inline void
io_scope_close(struct io *io, struct io_scope *scope)
{
	while (scope->first != NULL)
		io->ops->close(scope->first);
}

#endif
