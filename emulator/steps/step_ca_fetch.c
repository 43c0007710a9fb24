/*
 * step_ca_fetch.c - ask the CA's web server with "a different key": the profile's
 * second SPN, and those after it; read the chain and trust its root.  RFC 4559.
 *
 * needs  FACT_CA_WEB, FACT_TGT
 * gives  FACT_ROOT: io trusts the root
 */
#include <errno.h>

#include "ca_web.h"
#include "step_talk.h"

struct fetch_state {
	struct negotiate_talk talk;
	struct buf file;
	size_t spn; /* the one tried */
};
_Static_assert(sizeof(struct fetch_state) <= STEP_STATE_MAX, "fits the scratch");

static enum verdict fetch_verdict(struct step *, enum talk_state);

static enum verdict
fetch_ask(struct step *s)
{
	struct fetch_state *f = s->state;

	return fetch_verdict(s, ca_web_negotiate(s, &f->talk, f->spn));
}

/* Refused with this key, by the server or the KDC: is there another one? */
static bool
fetch_has_another(const struct step *s)
{
	const struct fetch_state *f = s->state;

	return f->spn + 1 < s->profile->trust.n_spn;
}

static enum verdict
fetch_ask_next(struct step *s)
{
	struct fetch_state *f = s->state;

	f->spn++;
	return fetch_ask(s);
}

static enum verdict
fetch_on_reply(struct step *s)
{
	struct fetch_state *f = s->state;

	if (f->talk.status == 200)
		return ca_web_trust(s, &f->file);
	/* The ticket was not for this server: the next key. */
	if (f->talk.status == 401 && fetch_has_another(s))
		return fetch_ask_next(s);
	return step_http_status(s, f->talk.status);
}

static enum verdict
fetch_verdict(struct step *s, enum talk_state state)
{
	const struct fetch_state *f = s->state;

	switch (state) {
	case TALK_WAIT:
		return STEP_WAIT;
	case TALK_DONE:
		return fetch_on_reply(s);
	case TALK_FAILED:
		break;
	}
	if (ca_web_no_key(&f->talk) && fetch_has_another(s))
		return fetch_ask_next(s);
	return ca_web_lost(s, &f->talk);
}

static enum verdict
fetch_start(struct step *s)
{
	struct fetch_state *f = s->state;

	if (s->facts->ca_first_key_taken)
		return step_skip(s, "http:the first key was taken");
	/* Lost since the row above: back to ca_find. */
	if (s->held == NULL)
		return step_retry(s, WHY_RESET, "http:no session");
	if (s->profile->trust.n_spn == 0)
		return step_fail(s, WHY_LOCAL, "profile:no SPN");
	/* The first key had its turn in the row above, unless it is the only one. */
	f->spn = s->profile->trust.n_spn > 1 ? 1 : 0;
	return fetch_ask(s);
}

static enum verdict
fetch_event(struct step *s, const struct io_event *ev)
{
	struct fetch_state *f = s->state;
	int err = ca_web_body(&f->file, &f->talk, s, ev);

	if (err != 0)
		return step_lost(s, err);
	return fetch_verdict(s, negotiate_talk_event(&f->talk, ev));
}

static void
fetch_cancel(struct step *s)
{
	struct fetch_state *f = s->state;

	ca_web_cancel(s, &f->talk, &f->file);
}

const struct step_ops step_ca_fetch = {
	.name = "ca_fetch",
	.state_size = sizeof(struct fetch_state),
	.start = fetch_start,
	.event = fetch_event,
	.cancel = fetch_cancel,
};
