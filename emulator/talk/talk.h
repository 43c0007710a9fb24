/*
 * talk.h - what all talks share.  A talk is a conversation that several steps
 * hold: a struct in the step's scratch that is fed with the step's events.
 *
 * A talk's start and event functions say how it stands.  An event that is not
 * of the talk's own handles leaves it TALK_WAIT.  After TALK_DONE or
 * TALK_FAILED nothing of it is open any more.  Its _drop() must be called when the try ends
 * early (step_ops.cancel) and is harmless at any other time, also on zeroed memory.
 */
#ifndef TALK_TALK_H
#define TALK_TALK_H
#include <stdint.h>

#include "auth.h"
#include "io.h"

enum talk_state { TALK_WAIT, TALK_DONE, TALK_FAILED };

/* What a talk tells about the wire while it goes on; a step writes it into its `seen`. */
enum talk_fact {
	TALK_KRB_MESSAGE,  /* "AS-REQ", "KRB-ERROR 25" */
	TALK_SPN,          /* "HTTP/dc01.contoso.com" */
	TALK_HTTP_REQUEST, /* "GET /certsrv/certnew.p7b" */
	TALK_HTTP_HEADER,  /* the name of a header sent */
	TALK_HTTP_STATUS,  /* "401" */
	TALK_DNS_NAME,     /* "SRV _sip._tls.contoso.com" */
	TALK_DNS_ANSWER,   /* a name or an address */
	TALK_LDAP_OP,      /* "bind GSS-SPNEGO", "search (objectClass=*)" */
	TALK_LDAP_RESULT   /* "0" */
};

typedef void talk_note_fn(void *arg, enum talk_fact, const char *text);

/* Who a talk speaks for.  steps/step_talk.h fills it for a step. */
struct talk_cfg {
	struct io *io;
	struct auth *auth;
	struct io_owner owner; /* of the handles the talk opens */
	uint32_t kdc_ip;       /* talks that get tickets */
	talk_note_fn *note;    /* may be NULL */
	void *note_arg;
};

static inline void
talk_note(const struct talk_cfg *cfg, enum talk_fact fact, const char *text)
{
	if (cfg->note != NULL)
		cfg->note(cfg->note_arg, fact, text);
}

#endif
