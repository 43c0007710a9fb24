/*
 * step_ca_wrong_key.c - ask the CA's web server with a ticket for the first SPN of
 * the profile.  It is refused on a real phone, and being refused is what this row is about: by
 * the server (401), or by the KDC, which knows no such SPN.  RFC 4559.
 *
 * A server that takes the first key sends the chain; then it is read here and
 * ca_fetch has nothing left to do.
 *
 * needs  FACT_CA_WEB, FACT_TGT
 * gives  nothing; facts->ca_first_key_taken, and the root is trusted if it was taken
 */
#include <errno.h>

#include "ca_web.h"
#include "step_talk.h"

struct wrong_key_state {
	struct negotiate_talk talk;
	struct buf file;
};
_Static_assert(sizeof(struct wrong_key_state) <= STEP_STATE_MAX, "fits the scratch");

/* What the server said. */
static enum verdict
wrong_key_on_reply(struct step *s)
{
	struct wrong_key_state *w = s->state;
	enum verdict v;

	/* Refused: what a real phone meets here. */
	if (w->talk.status == 401)
		return STEP_DONE;
	if (w->talk.status != 200)
		return step_http_status(s, w->talk.status);
	v = ca_web_trust(s, &w->file);
	s->facts->ca_first_key_taken = v == STEP_DONE;
	return v;
}

static enum verdict
wrong_key_verdict(struct step *s, enum talk_state state)
{
	const struct wrong_key_state *w = s->state;

	switch (state) {
	case TALK_WAIT:
		return STEP_WAIT;
	case TALK_DONE:
		return wrong_key_on_reply(s);
	case TALK_FAILED:
		break;
	}
	/* A KDC without such a key says the same as a server that refuses it. */
	return ca_web_no_key(&w->talk) ? STEP_DONE : ca_web_lost(s, &w->talk);
}

static enum verdict
wrong_key_start(struct step *s)
{
	struct wrong_key_state *w = s->state;

	if (s->profile->trust.n_spn < 2)
		return step_skip(s, "profile:one SPN is all there is");
	if (s->held == NULL)
		return step_retry(s, WHY_RESET, "http:no session");
	return wrong_key_verdict(s, ca_web_negotiate(s, &w->talk, 0));
}

static enum verdict
wrong_key_event(struct step *s, const struct io_event *ev)
{
	struct wrong_key_state *w = s->state;
	int err = ca_web_body(&w->file, &w->talk, s, ev);

	if (err != 0)
		return step_lost(s, err);
	return wrong_key_verdict(s, negotiate_talk_event(&w->talk, ev));
}

static void
wrong_key_cancel(struct step *s)
{
	struct wrong_key_state *w = s->state;

	ca_web_cancel(s, &w->talk, &w->file);
}

const struct step_ops step_ca_wrong_key = {
	.name = "ca_wrong_key",
	.state_size = sizeof(struct wrong_key_state),
	.start = wrong_key_start,
	.event = wrong_key_event,
	.cancel = wrong_key_cancel,
};
