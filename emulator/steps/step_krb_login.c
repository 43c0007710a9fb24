/*
 * step_krb_login.c - log in with what the person typed: AS-REQ, PREAUTH_REQUIRED, AS-REQ with
 * preauthentication, AS-REP.  RFC 4120 section 3.1.
 *
 * needs  FACT_DC, FACT_CLOCK, FACT_USER
 * gives  FACT_TGT: auth holds a ticket-granting ticket
 */
#include "dc_turn.h"
#include "step_talk.h"
#include "ticket_talk.h"

struct login_state {
	struct ticket_talk ticket;
};
_Static_assert(sizeof(struct login_state) <= STEP_STATE_MAX, "fits the scratch");

/* A wrong password stays wrong, and would lock the account: step_talk_lost() makes that FAIL.
 */
static enum verdict
login_verdict(struct step *s, enum talk_state state)
{
	const struct login_state *login = s->state;

	switch (state) {
	case TALK_WAIT:
		return STEP_WAIT;
	case TALK_DONE:
		return STEP_DONE;
	case TALK_FAILED:
		break;
	}
	return step_talk_lost(s, login->ticket.err, login->ticket.detail);
}

static enum verdict
login_start(struct step *s)
{
	struct login_state *login = s->state;
	struct talk_cfg cfg;

	/* The turn comes first: the talk takes the KDC's address of this moment. */
	dc_turn(s);
	cfg = step_talk(s);
	return login_verdict(s, ticket_talk_login(&login->ticket, &cfg));
}

static enum verdict
login_event(struct step *s, const struct io_event *ev)
{
	struct login_state *login = s->state;

	return login_verdict(s, ticket_talk_event(&login->ticket, ev));
}

static void
login_cancel(struct step *s)
{
	struct login_state *login = s->state;

	ticket_talk_drop(&login->ticket);
}

const struct step_ops step_krb_login = {
	.name = "krb_login",
	.state_size = sizeof(struct login_state),
	.start = login_start,
	.event = login_event,
	.cancel = login_cancel,
};
