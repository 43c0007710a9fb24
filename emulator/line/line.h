/*
 * line.h - the kept SIP connection of one phone: transactions, signatures,
 * subscriptions, keep-alive.  It lives beside the rows: keep-alives go out, the
 * server speaks and the line dies in the middle of a 15 MB download.
 *
 * Sources: [MS-SIPRE], [MS-SIPAE], [MS-SIPREGE], [MS-CONMGMT]; sip.md sections 1-4 and 11.
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

/* What became of a transaction, or of the line. */
enum line_news {
	LINE_ANSWER,     /* a final answer to our request, its signature checked */
	LINE_SILENCE,    /* no answer in time */
	LINE_LOST,       /* the connection ended; .err */
	LINE_SIGNED_OFF, /* the server ended the registration: NOTIFY; .event: rejected,
			    deactivated ... */
	LINE_FORGED /* an answer whose signature is wrong or missing: dropped, told, treated as
		       silence */
};

struct line_who { /* who speaks; strings are lent and outlive the line */
	const char *sip_user, *sip_domain;
	const uint8_t *mac;
	const struct profile *profile;
};

/* line_new: nothing open yet.  on_lost is called (in an event) when a registered line ends by
 * itself or by the server. */
typedef void line_lost_fn(void *arg, enum line_news, const char *detail);
struct line_cfg {
	struct io *io;
	struct auth *auth;
	struct line_who who;
	line_lost_fn *on_lost;
	void *arg;
};
int line_new(const struct line_cfg *, struct line **out);
void line_free(struct line *);

/* Another profile from now on (after an update). */
void line_profile(struct line *, const struct profile *);

/* Take over a TLS stream that is up, to this server name and port: from now on events come
 * here. */
void line_take(
    struct line *, struct io_handle *, struct io_addr local_hint, const char *server_name);

/* Close the connection (orderly), forget registration and signatures; nothing is told. */
void line_close(struct line *);

bool line_is_up(const struct line *);
bool line_is_registered(const struct line *);

#endif
