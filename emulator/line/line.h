/*
 * line.h - the kept SIP connection of one phone: transactions, signatures,
 * subscriptions, keep-alive.  It lives beside the rows: keep-alives go out, the
 * server speaks and the line dies in the middle of a 15 MB download.
 *
 * A step asks (line_register, line_subscribe ...) with its owner.  What became
 * of it comes as an event to that owner - IO_BYTES an answer, IO_ALARM silence,
 * IO_DOWN the connection - and line_reply() then says the particulars.
 *
 * Every message of the server must be signed once there is somebody to sign
 * with.  What is not, or wrongly, is dropped and counted, and is silence to the
 * one who waits.  Exempt: 401, 407, 1xx, and refusals (4xx-6xx) before the server
 * has shown that it holds the signing context, since it may have none.
 *
 * Sources: [MS-SIPRE], [MS-SIPAE], [MS-SIPREGE], [MS-CONMGMT].
 */
#ifndef LINE_LINE_H
#define LINE_LINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth.h"
#include "buf.h"
#include "io.h"
#include "profile.h"
#include "span.h"

struct line;
struct sip_msg;

/* What became of a transaction, or of the line. */
enum line_news {
	LINE_ANSWER,     /* a final answer to our request, its signature checked */
	LINE_SILENCE,    /* no answer in time */
	LINE_LOST,       /* the connection ended; .err */
	LINE_SIGNED_OFF, /* the server ended the registration, by NOTIFY */
	LINE_FORGED      /* silence, but an answer came whose signature was wrong or missing */
};

struct line_who { /* who speaks; strings are lent and outlive the line */
	const char *sip_user, *sip_domain;
	const uint8_t *mac;
	const struct profile *profile;
};

/* line_new: nothing open yet.  on_lost is called (in an event) when a registered line ends by
 * itself or by the server; owners that waited for an answer have been told before, and the line
 * is closed by then.  detail: "errno:ECONNRESET", "closed"; of LINE_SIGNED_OFF "sip:" and
 * unregistered, rejected, deactivated, preferred-registrar-change or unknown. */
typedef void line_lost_fn(void *arg, enum line_news, const char *detail);
struct line_cfg {
	struct io *io;
	struct auth *auth;
	struct line_who who;
	line_lost_fn *on_lost;
	void *arg;
};
int line_new(const struct line_cfg *, struct line **out);

/* Closed first; NULL is fine; allowed inside its own events. */
void line_free(struct line *);

/* Take over a TLS stream that is up, to this server name and port: from now on events come
 * here.  An older connection is closed first.  local: where it leaves from, for Via and
 * Contact; port 0 = not known: the line draws one of Windows CE's (1024-5000). */
void line_take(
    struct line *, struct io_handle *, struct io_addr local, const char *server_name);

/* Close the connection (orderly), forget registration and signatures; nothing is told. */
void line_close(struct line *);

/* The power is gone: as line_close, but the handles were already closed by power_cut. */
void line_power_cut(struct line *);

bool line_is_up(const struct line *);
bool line_is_registered(const struct line *);

/* ---- asking ----------------------------------------------------------- */

/* Somebody wants to see what is sent, as it goes out; fn NULL: nobody any more. */
typedef void line_sent_fn(void *arg, const struct sip_msg *);
void line_watch(struct line *, line_sent_fn *, void *arg);

/* What came of the transaction an owner is just being told of. */
struct line_reply {
	enum line_news news;
	int tag;                   /* as given when it was asked */
	int err;                   /* LINE_LOST: negative errno, 0: closed in order */
	const struct sip_msg *msg; /* LINE_ANSWER */
};

/* Inside an event that the line gave to an owner: what it is about.  NULL otherwise. */
const struct line_reply *line_reply(const struct line *);

/* No event of this line goes to an owner with this arg any more.  The transactions go on. */
void line_unwait(struct line *, const void *owner_arg);

/*
 * Send REGISTER: without credentials as long as no challenge was taken; with the
 * Kerberos token when one was (the ticket for line_target() must be there); else
 * signed, as a refresh.  A 200 makes the line registered before the owner hears of
 * it.  One on its way that nobody waits for (line_unwait) makes way.  0;
 * -ENOTCONN; -EBUSY one is on its way; -ENOKEY, -EACCES no ticket; -ENOMEM.
 */
int line_register(struct line *, struct io_owner, int tag);

/*
 * Read the challenge of a 401 (or 407): Kerberos is taken if it is offered.  0; -ENOTSUP:
 * only other schemes are; -EBADMSG: none at all.  An older signing context is forgotten.
 */
int line_challenged(struct line *, const struct sip_msg *);

/* The service of the challenge taken: "sip/fe01.contoso.com"; NULL: none. */
const char *line_target(const struct line *);
/* The version of the signatures: 2, 3 or 4; 0: none yet. */
unsigned line_version(const struct line *);

/* Forget the signing context and the challenge: the next REGISTER has no credentials. */
void line_unsign(struct line *);

/* The signing context ends soon (ticket, 8 hours): sign in afresh instead of refreshing. */
bool line_sign_is_old(const struct line *);

struct line_subscribe {
	const char *event;  /* vnd-microsoft-roaming-self */
	const char *accept; /* also the type of the body */
	int64_t expires_s;  /* < 0: no header, the server chooses */
	struct span body;   /* may be empty */
};
/* Send SUBSCRIBE to ourselves; one that stays alive is ended at sign-out.  Errors as
 * line_register. */
int line_subscribe(struct line *, const struct line_subscribe *, struct io_owner, int tag);

/* Does the 200 of the registration list this event in Allow-Events? */
bool line_allows(const struct line *, const char *event);

/* ---- what the registration said ---------------------------------------- */

enum line_action { LINE_ADDED, LINE_FIXED, LINE_REFRESHED };

struct line_facts {
	uint32_t expires_s;    /* of the registration */
	uint32_t keep_alive_s; /* the server's timeout; 0: none agreed */
	enum line_action action;
	bool remote_user;          /* ms-user-logon-data: RemoteUser: we came through an Edge */
	uint64_t registered_at_us; /* io's now, of the last 200 */
};
/* Of the last 200 to REGISTER; zeroes before. */
const struct line_facts *line_facts(const struct line *);

/* Microseconds from now to the next refresh (profile's refresh_before_s before Expires), at
 * least 1; 0: not registered. */
uint64_t line_refresh_after_us(const struct line *);

/* Messages dropped for their signature since line_new. */
uint32_t line_forged(const struct line *);
/* Keep-alives sent since line_new. */
uint32_t line_keep_alives(const struct line *);

/*
 * Sign out: SUBSCRIBE Expires 0 on each live dialog, REGISTER Expires 0, wait for
 * its answer, close.  The owner is told once: an answer, silence or the loss; the
 * line is closed by then.  0; -ENOTCONN: nothing to sign out from; or errors as
 * line_register (with any of them it is closed now).
 */
int line_sign_out(struct line *, struct io_owner, int tag);

#endif
