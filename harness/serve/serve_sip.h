/*
 * serve_sip.h - one SIP front end of an OCS pool: bytes of a connection in, bytes
 * out.  Registrar, MS-SIPAE with Kerberos, subscriptions with piggybacked answers,
 * in-band provisioning.  [MS-SIPAE], [MS-SIPRE], [MS-SIPREGE].
 *
 * Every final answer but a 401 and every request of the server is signed once
 * there is a context; what a client sends must be.  Time comes in with each call:
 * now_us is monotonic, wall_us since 1970.
 */
#ifndef SERVE_SERVE_SIP_H
#define SERVE_SERVE_SIP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accept.h"
#include "buf.h"
#include "span.h"

struct serve_sip;
struct serve_sip_conn; /* one client's connection */

/* Lent, and must outlive the server. */
struct serve_sip_cfg {
	const char *fqdn;       /* "fe01.contoso.com": the target is sip/<fqdn> */
	const char *sip_domain; /* "contoso.com" */
	const char *krb_realm;  /* "CONTOSO.COM": whose principals are our users */
	struct acceptor *acceptor;
	unsigned version;      /* of signatures: 4, 3; 2: none is offered.  0: 4 */
	uint32_t expires_s;    /* of registrations; 0: 7200 */
	uint32_t keep_alive_s; /* 0: 300 */
	uint32_t grace_s; /* idle for longer than keep_alive_s + this: closed.  0: half of it */
	uint64_t seed;    /* of tags and the like */

	/* Who has an account: the pattern's one %0Nd from first, count of them; or ask. */
	const char *users; /* "phone%05d" */
	uint64_t first_user, n_users;
	bool (*is_user)(void *arg, struct span user); /* if not NULL, instead of the pattern */
	void *arg;

	/* What provisioning says. */
	const char *update_internal, *update_external; /* NULL: no such element */
	bool update_disabled;                          /* updatesServerEnabled false */
	uint32_t mwi_poll_min;

	/* A director: so many percent of the users live in another pool. */
	const char *home_pool; /* "pool02.contoso.com" or with ":port"; NULL: nobody */
	unsigned redirect_percent;

	/* One line a request: "REGISTER phone00001 401".  May be NULL. */
	void (*log)(void *arg, const char *line);
};

struct serve_sip_stats {
	uint64_t requests, responses; /* of clients: theirs, their answers to ours */
	uint64_t challenged, refused; /* answered 401; 4xx-6xx without 401 */
	uint64_t bad_signatures, registers, subscribes, keep_alives, garbage;
	uint64_t registered;  /* bindings now */
	uint64_t connections; /* now */
};

/* 0 or -ENOMEM. */
int serve_sip_new(const struct serve_sip_cfg *, struct serve_sip **out);
/* All connections must have been closed. */
void serve_sip_free(struct serve_sip *);
const struct serve_sip_stats *serve_sip_stats(const struct serve_sip *);

/* A client has connected.  face is the caller's, see serve_sip_face().  0 or -ENOMEM. */
int serve_sip_open(struct serve_sip *, uint32_t ip, uint16_t port, uint64_t now_us, void *face,
    struct serve_sip_conn **out);

/* It is gone; its registration stays until it expires.  NULL is fine. */
void serve_sip_close(struct serve_sip_conn *);

/*
 * What it sent, cut anywhere; answers are appended to out.  0; negative errno: this
 * client makes no sense, close it after sending what is in out.
 */
int serve_sip_bytes(
    struct serve_sip_conn *, struct span in, uint64_t now_us, int64_t wall_us, struct buf *out);

/* Has it been silent for so long that it must be closed?  When it will have been. */
bool serve_sip_idle(const struct serve_sip_conn *, uint64_t now_us);
uint64_t serve_sip_idle_at(const struct serve_sip_conn *);

/*
 * From now on every request is refused with this status, and Retry-After if it is not 0; 0: is
 * served again.  403 is the client version filter's, with its ms-diagnostics.
 */
void serve_sip_refuse(struct serve_sip *, int status, uint32_t retry_after_s);

/* As given to serve_sip_open(). */
void *serve_sip_face(const struct serve_sip_conn *);

/* The connection a user's endpoint is registered on (the first, if he has several), or NULL. */
struct serve_sip_conn *serve_sip_find(struct serve_sip *, const char *user, uint64_t now_us);

/*
 * End a registration: a signed NOTIFY "deregistered;event=..." (unregistered, rejected,
 * deactivated, preferred-registrar-change) with ms-diagnostics-public, appended to out.
 * 0; -ENOENT: nobody is registered on this connection.
 */
int serve_sip_sign_off(struct serve_sip_conn *, const char *event, unsigned diagnostic,
    const char *reason, struct buf *out);

/* A signed OPTIONS, to see whether it answers.  0; -ENOENT. */
int serve_sip_ping(struct serve_sip_conn *, struct buf *out);

#endif
