/*
 * negotiate_talk.h - one HTTP request with `Authorization: Negotiate`: a ticket
 * for the server's SPN, a SPNEGO token, the request, the reply.  RFC 4559.
 *
 * One leg: a token in the reply is not looked at, as Kerberos needs none of it here.
 */
#ifndef TALK_NEGOTIATE_TALK_H
#define TALK_NEGOTIATE_TALK_H
#include <stdbool.h>

#include "ticket_talk.h"

enum { NEGOTIATE_SPN_MAX = 144 };

struct negotiate_talk {
	/* The outcome. */
	int status; /* from IO_HEAD on; TALK_DONE with any status, also 401 */
	int err;    /* TALK_FAILED: ticket_talk's, or -EACCES no token, or the session's (0
		       never) */
	int krb_code;
	char detail[TICKET_DETAIL_MAX]; /* "krb:7 KDC_ERR_S_PRINCIPAL_UNKNOWN"; "" if err says
					   it all */

	/* private */
	struct ticket_talk ticket;
	struct io_handle *http;
	struct buf kept; /* the request, until it can be sent */
	unsigned n_headers;
	size_t body_at;
	int reply;
	bool asked;
	char spn[NEGOTIATE_SPN_MAX];
};

/*
 * Ask on an open session `http` (lent; its events must come to the same owner)
 * as io_ask says, with the header Authorization behind the caller's.  Everything is copied.
 * TALK_WAIT, or TALK_FAILED at once.  The body's IO_BODY events are the caller's to
 * read before or after negotiate_talk_event() has seen them; .status is known by then.  When an
 * IO_DOWN of http fails the talk the event's .tls says more.
 */
enum talk_state negotiate_talk_start(struct negotiate_talk *, const struct talk_cfg *,
    struct io_handle *http, const char *spn, const struct io_ask *);

/* Note a request as it goes out, its method, path and header names; also for requests without
 * Negotiate. */
void talk_note_ask(const struct talk_cfg *, const struct io_ask *);

/* Feed an event of the owner's.  TALK_DONE: the reply is whole; http may be asked again. */
enum talk_state negotiate_talk_event(struct negotiate_talk *, const struct io_event *);

/* Is a request out whose reply is not whole?  Then http cannot be asked again. */
bool negotiate_talk_asked(const struct negotiate_talk *);

/* Give up; http stays the caller's. */
void negotiate_talk_drop(struct negotiate_talk *);

#endif
