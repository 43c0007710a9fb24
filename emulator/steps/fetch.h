/*
 * fetch.h - a step asks a URL: look the host up, open a session, ask, and once
 * more with Negotiate where that is wanted.  A struct in the step's scratch, fed
 * with the step's events; it answers with the step's verdict.
 */
#ifndef STEPS_FETCH_H
#define STEPS_FETCH_H
#include "buf.h"
#include "dns_talk.h"
#include "negotiate_talk.h"
#include "step.h"
#include "url.h"

enum fetch_auth { FETCH_ANONYMOUS, FETCH_ON_401, FETCH_NEGOTIATE };

struct fetch_ask { /* what fetch_start() does not copy is lent until the fetch ends */
	const char *method, *url;
	const char *user_agent, *content_type; /* content_type NULL: no body */
	struct span body;
	bool count;   /* count and sum the reply's body instead of keeping it */
	bool bare_ip; /* Host is the address, not the name */
	enum fetch_auth auth;
	const struct facts_target
	    *at; /* known already: used when it has the URL's host; or NULL */
	struct io_handle
	    *session; /* an open session with `at`, used when host and port fit; or NULL */
};

enum fetch_phase { FETCH_LOOKUP, FETCH_PLAIN, FETCH_SIGNED };

struct fetch { /* zeroed by the runner */
	/* The outcome, after STEP_DONE. */
	int status;      /* 200 */
	struct buf body; /* the reply's, unless counted; at most 256 KiB */
	uint64_t bytes;
	uint32_t crc32;
	struct facts_target at;    /* who answered */
	struct io_handle *session; /* open; closes with the try unless held */

	/* private */
	enum fetch_phase phase;
	const char *method, *user_agent, *content_type;
	struct url url;
	struct buf request;
	bool count, bare_ip, missing, handshake_noted;
	bool asked; /* a request is out whose reply is not whole */
	enum fetch_auth auth;
	union {
		struct dns_talk dns;
		struct negotiate_talk negotiate;
	} talk;
};

_Static_assert(sizeof(struct fetch) + 64 <= STEP_STATE_MAX, "it fits into a step's scratch");

/* Begin: STEP_WAIT, or how it failed.  url, body and at are copied. */
enum verdict fetch_start(struct step *, struct fetch *, const struct fetch_ask *);

/*
 * Feed an event.  STEP_DONE: answered 200 and the body is whole.  Otherwise WAIT,
 * RETRY or FAIL with reason and detail.
 */
enum verdict fetch_event(struct step *, struct fetch *, const struct io_event *);

/* Did it fail because there is no such host? */
bool fetch_has_no_host(const struct fetch *);

/* Free what it holds, and let the stage's session go if a reply is still to come on it; for the
 * step's cancel. */
void fetch_drop(struct step *, struct fetch *);

#endif
