/*
 * step_user_enters.c - row 7: the person types sign-in address, domain\user and
 * password on the screen.  Nothing goes over the wire; how long it takes is the scenario's.
 *
 * gives  FACT_USER
 */
#include "step.h"

struct user_state {
	struct io_handle *alarm;
};

static enum verdict
user_enters_start(struct step *s)
{
	struct user_state *st = s->state;
	int err = step_alarm(s, s->id->think_us, &st->alarm);

	return err == 0 ? STEP_WAIT : step_lost(s, err);
}

static enum verdict
user_enters_event(struct step *s, const struct io_event *ev)
{
	const struct user_state *st = s->state;

	return ev->h == st->alarm ? STEP_DONE : STEP_WAIT;
}

const struct step_ops step_user_enters = {
	.name = "user_enters",
	.state_size = sizeof(struct user_state),
	.start = user_enters_start,
	.event = user_enters_event,
};
