/*
 * ticket_talk.h - a conversation with the KDC: carries auth.h's packets over
 * UDP, sent again after 1 s and 2 s, and over TCP when Kerberos asks for it.
 * RFC 4120 section 7.2.
 */
#ifndef TALK_TICKET_TALK_H
#define TALK_TICKET_TALK_H
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "talk.h"

enum { TICKET_REALM_MAX = 64, TICKET_DETAIL_MAX = 80 };

struct ticket_talk {
	/* The outcome; valid after TALK_FAILED. */
	int err;      /* -EACCES the KDC refused; -EREMOTEIO it could not; -ENOENT another
			 realm is responsible; -EBADMSG what it said makes no sense;
			 -ETIMEDOUT, -ECONNREFUSED, -ECONNRESET and others of io.h */
	int krb_code; /* of the KRB-ERROR, or 0 */
	char detail[TICKET_DETAIL_MAX]; /* "krb:24 KDC_ERR_PREAUTH_FAILED"; "" if err says it
					   all */

	/* private */
	struct talk_cfg cfg;
	struct auth_talk *talk;
	struct io_handle *conn, *alarm;
	struct span packet; /* auth's; for sending it again */
	struct buf reply;   /* what has come over TCP */
	uint8_t sends;
	bool stream;
	char realm[TICKET_REALM_MAX]; /* ours */
};

/* Log in: the AS exchange.  TALK_WAIT, or TALK_FAILED at once. */
enum talk_state ticket_talk_login(struct ticket_talk *, const struct talk_cfg *);

/* Get a ticket for a service; spn is copied by auth.  TALK_DONE at once if there is one
 * already. */
enum talk_state ticket_talk_ticket(
    struct ticket_talk *, const struct talk_cfg *, const char *spn);

/* Feed an event of the owner's. */
enum talk_state ticket_talk_event(struct ticket_talk *, const struct io_event *);

/* Give up: closes its handles, drops auth's conversation.  err and detail stay. */
void ticket_talk_drop(struct ticket_talk *);

#endif
