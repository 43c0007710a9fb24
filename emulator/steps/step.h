/*
 * step.h - the shape every provisioning step has.
 *
 * A step is told when to start, is handed every event that concerns it, and
 * answers with a verdict.  It never times, retries or ends itself and never
 * calls another step: the journey does that.  The retransmissions that belong to one try
 * (DHCP, DNS, Kerberos over UDP) it makes itself, with its own alarms.
 */
#ifndef STEPS_STEP_H
#define STEPS_STEP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth.h"
#include "facts.h"
#include "io.h"
#include "profile.h"
#include "seen.h"

struct lane;
struct line;

enum verdict {
	STEP_WAIT,  /* call me with the next event */
	STEP_DONE,  /* the facts I promise are in s->facts; the journey sets their bits */
	STEP_RETRY, /* this try is lost, another may do better */
	STEP_FAIL,  /* no try can do better */
	STEP_SKIP   /* does not apply; detail says why.  The row's facts are taken as given */
};

enum reason { /* closed list: these are the report's columns */
	WHY_NONE,
	WHY_TIMEOUT,      /* nobody answered in time */
	WHY_REFUSED,      /* connection or service refused, Kiss-o'-Death, NAK */
	WHY_RESET,        /* the connection was lost */
	WHY_BAD_REPLY,    /* an answer that cannot be read or makes no sense */
	WHY_NOT_FOUND,    /* no such name, object, user's pool */
	WHY_AUTH,         /* credentials, tickets, signatures, clock skew */
	WHY_TLS,          /* the handshake or the certificate */
	WHY_SERVER_ERROR, /* the server says that it failed: 5xx, SERVFAIL */
	WHY_LOCAL,        /* this machine: descriptors, memory, addresses */
	WHY_COUNT
};

/* What holds on a network without DHCP; the texts outlive the phone. */
struct given_net {
	uint32_t ip, dns[2]; /* ip 0: there is DHCP */
	const char *domain;
	const char (*suffix)[FACTS_NAME_MAX];
	uint8_t n_suffixes;
};

/* Who the phone and its user are; outlives every step. */
struct identity {
	uint32_t index; /* phones count from 0 */
	uint8_t mac[6];
	char serial[24];
	char user[64];                      /* sAMAccountName: phone00001 */
	char user_domain[128];              /* as typed before the backslash: contoso.com */
	char sip_user[64], sip_domain[128]; /* phone00001 @ contoso.com */
	bool external;                      /* pool file: side */
	uint64_t think_us;                  /* row 7: how long the person types */
	struct given_net given;
};

struct step {
	/* The phone; all of it outlives the step. */
	struct io *io;
	struct auth *auth;
	struct facts *facts;
	struct line *line;
	struct seen *seen;
	const struct identity *id;
	const struct profile *profile;
	void *state;            /* ops->state_size zeroed bytes, for one try */
	struct io_handle *held; /* the stage's kept connection (LDAP, the CA's or the update's
				   HTTP), or NULL; closed with the stage */
	unsigned attempt;       /* 1 on the first try */
	/* The verdict's particulars: set them by step_retry() and the like. */
	enum reason why;
	bool at_once; /* RETRY: sent on to another server; the next try does not wait */
	uint64_t not_before_us; /* RETRY: io's now before which the next try may not come; 0 =
				   none */
	char detail[80]; /* "krb:24 KDC_ERR_PREAUTH_FAILED", "sip:403/4004", "errno:ECONNRESET"
			  */
	struct lane *lane; /* the journey's */
};

/* start begins a try; event is called with each event from then on, until a verdict that is
 * not WAIT. Neither is called for the same try after that. */
struct step_ops {
	const char *name;
	size_t state_size;
	enum verdict (*start)(struct step *);
	enum verdict (*event)(struct step *, const struct io_event *);
	void (*cancel)(struct step *); /* the try ends, whatever the verdict: drop what is not
					  an io handle.  May be NULL */
};

enum { STEP_STATE_MAX = 1536 };

/* ---- what steps may ask for (journey/step_kit.c) ---------------------- */

/* The owner that makes events come to this step; the handle closes with the try. */
struct io_owner step_owner(struct step *);

/* Keep a handle beyond this try, until the stage ends: it becomes s->held (an older one is
 * closed). Its events go to the lane's row of the moment. */
void step_hold(struct step *, struct io_handle *);

/* Close s->held. */
void step_let_go(struct step *);

/* Open with step_owner(): 0 or a negative errno as io.h says. */
int step_udp(struct step *, struct io_addr to, struct io_handle **);
int step_stream(struct step *, const struct io_stream_cfg *, struct io_handle **);
int step_http(struct step *, const struct io_stream_cfg *, struct io_handle **);
/* An alarm that rings once after so long; opened when *h is NULL, else moved. */
int step_alarm(struct step *, uint64_t after_us, struct io_handle **h);

/* Verdicts with their particulars; the detail is formatted text with its domain first. */
enum verdict step_retry(struct step *, enum reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
enum verdict step_fail(struct step *, enum reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
enum verdict step_skip(struct step *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * RETRY for a negative errno of io or talk, the one place that translates:
 * -ETIMEDOUT timeout; -ECONNREFUSED, -EHOSTUNREACH, -ENETUNREACH refused; -ECONNRESET,
 * -ENOTCONN, -EPIPE and 0 (closed) reset; -EBADMSG, -EPROTO, -EMSGSIZE bad_reply; -ENOENT
 * not_found; -EACCES, -EKEYREJECTED, -ENOKEY auth; -EREMOTEIO server_error; anything else
 * local.  Detail "errno:ECONNRESET".
 */
enum verdict step_lost(struct step *, int err);

/* A TLS failure as verdict: RETRY tls with "tls:48" (the alert) or the flaw's name, or
 * step_lost() if TLS had no part in it. */
enum verdict step_tls_lost(struct step *, const struct io_event *);

/* The reason's name: "timeout". */
const char *reason_name(enum reason);

/* The phone's wall clock, microseconds since 1970; without FACT_CLOCK: as if 0 at power-on. */
int64_t step_wall_us(const struct step *);

/* The phone's wall clock from now on, as wall minus io's now: tells io and auth. */
void step_set_clock(struct step *, int64_t wall_minus_now_us);

/* The host's wall clock, microseconds since 1970: for what must survive a power cut, and
 * nothing that goes over the wire. */
int64_t step_host_us(const struct step *);

#endif
