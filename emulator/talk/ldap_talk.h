/*
 * ldap_talk.h - requests over an LDAP connection and their answers: message
 * ids, messages put together from the stream's bytes, pages asked for one after the other.
 * RFC 4511, RFC 2696.
 *
 * One request at a time.  References to other servers are passed over: the phone does not
 * chase them.  The connection stays the caller's.
 */
#ifndef TALK_LDAP_TALK_H
#define TALK_LDAP_TALK_H
#include "ldap_msg.h"
#include "talk.h"

enum { LDAP_TALK_ENTRIES = 1000 }; /* more in one search are -EMSGSIZE */

struct ldap_talk {
	/* private */
	struct talk_cfg cfg;
	struct io_handle *conn;
	struct buf in;                   /* bytes not yet read */
	size_t taken;                    /* of them, the message lent last */
	const struct ldap_search *query; /* the search that goes on, lent */
	int id;
	unsigned entries;
};

/* Speak over this connection; ids begin after first_id, so that the next talk on it can have
 * others. */
void ldap_talk_init(
    struct ldap_talk *, const struct talk_cfg *, struct io_handle *conn, int first_id);

/* Send a request.  0 or -errno.  The search is lent until its end. */
int ldap_talk_bind(struct ldap_talk *, const char *mechanism, struct span creds);
int ldap_talk_search(struct ldap_talk *, const struct ldap_search *);
int ldap_talk_unbind(struct ldap_talk *);

/* Bytes have come.  0, -EMSGSIZE, -ENOMEM. */
int ldap_talk_bytes(struct ldap_talk *, struct span);

/*
 * The next message that answers the request: an entry, or the answer that ends
 * it (of a search with several pages the last one).  0 and the message, lent
 * until the next call; -EAGAIN no more yet; -EBADMSG; -EPROTO not an answer to it;
 * -EMSGSIZE; -ECONNRESET the server announces that it disconnects; -ENOMEM.
 */
int ldap_talk_next(struct ldap_talk *, struct ldap_msg *out);

/* Free what it holds; the connection stays open. */
void ldap_talk_drop(struct ldap_talk *);

#endif
