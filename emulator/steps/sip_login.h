/* sip_login.h - REGISTER, the challenge, the ticket, the signed REGISTER: what sip_register and
 * sip_refresh share. */
#ifndef STEPS_SIP_LOGIN_H
#define STEPS_SIP_LOGIN_H
#include "dns_talk.h"
#include "step.h"
#include "ticket_talk.h"

enum sip_login_at { LOGIN_BARE, LOGIN_REFRESH, LOGIN_TICKET, LOGIN_SIGNED, LOGIN_HOME };

struct sip_login { /* in the step's scratch, zeroed */
	enum sip_login_at at;
	union {
		struct ticket_talk ticket;
		struct {
			struct dns_talk dns;
			char host[DNS_TALK_NAME_MAX];
			uint16_t port;
		} home;
	} talk;
};

/* Send the first REGISTER: without credentials, or signed if the line's context is still good.
 */
enum verdict sip_login_start(struct step *, struct sip_login *);

/* Feed the step's events.  DONE: the line is registered. */
enum verdict sip_login_event(struct step *, struct sip_login *, const struct io_event *);

/* The try ends: nothing of it stays open. */
void sip_login_cancel(struct step *, struct sip_login *);

#endif
