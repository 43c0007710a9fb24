/*
 * journey.c - the runner: the only code that starts, times, retries and ends a step.
 *
 * A lane walks rows.  lane_go() begins tries as long as one is due; a try ends in
 * lane_settle(), the one place every transition goes through and is told from.  Neither calls
 * the other through a step, so rows that are done at once cost no stack.
 */
#include "journey.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lane.h"
#include "mem.h"

static void lane_settle(struct lane *, enum verdict, bool walked);

/* ---- beginning a try ------------------------------------------------------- */

/* The first try of a row: its clock, its empty notes, and what an earlier stay here left. */
static void
row_begin(struct lane *l)
{
	seen_clear(&l->seen);
	l->row_began_us = lane_now(l);
	if (l->back_tries > 0 && l->at == l->back_at) {
		l->s.attempt = l->back_tries;
		l->row_began_us = l->back_began_us;
		l->back_tries = 0;
	}
}

/* Rows that are not walked: what they would give is known, or what they need is not. */
static bool
row_passed_over(struct lane *l)
{
	const struct leg *leg = lane_leg(l);
	uint32_t known = l->s.facts->known;
	char names[64];

	if (leg->skip_if != 0 && (known & leg->skip_if) == leg->skip_if)
		step_skip(&l->s, "known:%s", facts_names(leg->skip_if, names, sizeof names));
	else if ((leg->needs & ~known) != 0)
		step_skip(
		    &l->s, "needs:%s", facts_names(leg->needs & ~known, names, sizeof names));
	else
		return false;
	lane_settle(l, STEP_SKIP, false);
	return true;
}

static void
lane_try(struct lane *l)
{
	const struct step_ops *step = lane_leg(l)->step;
	enum verdict v;

	if (l->s.attempt == 0) {
		row_begin(l);
		if (row_passed_over(l))
			return;
	}
	l->s.attempt++;
	l->s.why = WHY_NONE;
	l->s.at_once = false;
	l->s.not_before_us = 0;
	l->s.detail[0] = '\0';
	assert(step->state_size <= STEP_STATE_MAX);
	memset(l->s.state, 0, step->state_size);

	l->state = LANE_WAITS;
	l->s.io->ops->alarm_set(l->alarm, (uint64_t)lane_limit_ms(l) * 1000);
	v = step->start(&l->s);
	if (v != STEP_WAIT)
		lane_settle(l, v, true);
}

static void
lane_go(struct lane *l)
{
	while (l->state == LANE_READY)
		lane_try(l);
}

/* ---- events ------------------------------------------------------------------ */

/* A kept connection that dies between two tries is simply gone; the next row notices. */
static void
lane_on_kept(struct lane *l, const struct io_event *ev)
{
	if (ev->kind == IO_DOWN && ev->h == l->s.held)
		step_let_go(&l->s);
}

static void
lane_on_event(void *arg, const struct io_event *ev)
{
	struct lane *l = arg;
	enum verdict v;

	if (l->state != LANE_WAITS) {
		lane_on_kept(l, ev);
		return;
	}
	v = lane_leg(l)->step->event(&l->s, ev);
	if (v != STEP_WAIT)
		lane_settle(l, v, true);
	lane_go(l);
}

/* One alarm a lane: the limit of the try, or the pause before the next. */
static void
lane_on_alarm(void *arg, const struct io_event *ev)
{
	struct lane *l = arg;

	(void)ev;
	if (l->state == LANE_PAUSES)
		l->state = LANE_READY;
	else if (l->state == LANE_WAITS)
		lane_settle(l,
		    step_retry(&l->s, WHY_TIMEOUT, "limit:%ums", (unsigned)lane_limit_ms(l)),
		    true);
	lane_go(l);
}

struct io_owner
lane_owner(struct lane *l, struct io_scope *scope)
{
	return (struct io_owner){ scope, lane_on_event, l };
}

/* ---- going there -------------------------------------------------------------------- */

/* Nothing the try opened outlives it. */
static void
try_end(struct lane *l)
{
	lane_cancel(l);
	io_scope_close(l->s.io, &l->attempt);
}

static void
stage_end(struct lane *l)
{
	io_scope_close(l->s.io, &l->stage);
	l->s.held = NULL;
	if (l == &l->j->road)
		l->s.facts->known &= ~(uint32_t)FACTS_STAGE;
}

static void
lane_move(struct lane *l, size_t to)
{
	if (to <= l->at || strcmp(l->rows[to].stage, lane_leg(l)->stage) != 0)
		stage_end(l);
	l->at = to;
	l->s.attempt = 0;
}

/* Back to an earlier row: what the rows from there on gave is not so any more. */
static void
lane_return(struct lane *l, size_t to, uint32_t but_keep)
{
	for (size_t i = to; i <= l->at; i++)
		l->s.facts->known &= ~l->rows[i].gives | but_keep;
	lane_move(l, to);
}

static void
lane_pause(struct lane *l, uint64_t us)
{
	l->state = LANE_PAUSES;
	l->s.io->ops->alarm_set(l->alarm, us);
}

static void
lane_end(struct lane *l, bool arrived)
{
	const struct chore *chore = l->doing;

	lane_stop(l);
	if (chore == NULL)
		journey_walked(l->j, arrived);
	else
		chores_walked(l, chore, arrived);
}

static void
lane_proceed(struct lane *l, enum next next)
{
	size_t to;

	switch (next) {
	case NEXT_TRY:
		lane_pause(l, lane_pause_us(l, l->s.attempt));
		break;
	case NEXT_BACK: /* the tries and the clock go on when the row is back */
		lane_pause(l, lane_pause_us(l, l->s.attempt));
		to = lane_row_of(l, lane_leg(l)->retry_from);
		l->backs++;
		l->back_at = l->at;
		l->back_tries = l->s.attempt;
		l->back_began_us = l->row_began_us;
		lane_return(l, to, FACTS_FLASH);
		break;
	case NEXT_AGAIN:
		lane_pause(l, lane_pause_us(l, 1));
		l->loops++;
		l->back_tries = 0;
		lane_return(l, lane_again_from(l), 0);
		break;
	case NEXT_ROW:
	case NEXT_END: /* the person may have made the way shorter or longer meanwhile */
		if (l->at + 1 >= l->n_rows) {
			lane_end(l, true);
			break;
		}
		l->state = LANE_READY;
		lane_move(l, l->at + 1);
		break;
	case NEXT_STOP:
		lane_end(l, false);
		break;
	}
}

/* ---- the one place ---------------------------------------------------------------------- */

static void
lane_tell(struct lane *l, enum verdict v, bool walked, bool final)
{
	const struct journey_watch *w = &l->j->cfg.watch;
	struct journey_row row = {
		.leg = lane_leg(l),
		.chore = l->doing != NULL,
		.final = final,
		.tries = walked ? l->s.attempt : 0,
		.verdict = v,
		.why = l->s.why,
		.detail = l->s.detail,
		.started_us = l->row_began_us,
		.ended_us = lane_now(l),
		.seen = &l->seen,
	};

	if (w->row != NULL)
		w->row(w->arg, &row);
}

/* A skipped row's facts are taken as given, but only a download makes an image. */
static uint32_t
facts_gained(const struct leg *leg, enum verdict v)
{
	if (v == STEP_DONE)
		return leg->gives;
	return v == STEP_SKIP ? leg->gives & ~(uint32_t)FACT_IMAGE : 0;
}

/*
 * A try ends, or a row is passed over (walked = false): facts, fate, and the word to the
 * watcher, who may cut the power in our back.
 */
static void
lane_settle(struct lane *l, enum verdict v, bool walked)
{
	unsigned walk = l->walks;
	enum next next;

	assert(v != STEP_WAIT);
	if (v == STEP_DONE)
		l->s.detail[0] = '\0';
	if (v == STEP_DONE || v == STEP_SKIP)
		l->s.why = WHY_NONE;
	if (walked) {
		try_end(l);
		l->s.facts->known |= facts_gained(lane_leg(l), v);
	}
	next = lane_judge(l, &v);

	lane_tell(l, v, walked, next != NEXT_TRY && next != NEXT_BACK);
	if (l->walks != walk)
		return;
	chores_look(l->j);
	lane_proceed(l, next);
}

/* ---- walks --------------------------------------------------------------------------- */

int
lane_walk(struct lane *l, const struct leg *rows, size_t n, const struct chore *chore)
{
	struct journey *j = l->j;
	struct io_owner alarms = { &l->walk, lane_on_alarm, l };

	assert(l->state == LANE_RESTS && n > 0);
	l->s = (struct step){
		.io = j->cfg.io,
		.auth = j->cfg.auth,
		.facts = &j->facts,
		.line = j->line,
		.seen = &l->seen,
		.id = j->cfg.id,
		.profile = j->profile,
		.lane = l,
	};
	l->s.state = mem_new(STEP_STATE_MAX);
	if (l->s.state == NULL || l->s.io->ops->alarm(l->s.io, alarms, &l->alarm) != 0) {
		mem_free(l->s.state);
		l->s.state = NULL;
		return -ENOMEM;
	}
	l->doing = chore;
	l->rows = rows;
	l->n_rows = n;
	l->at = 0;
	l->loops = l->backs = l->back_tries = 0;
	l->walks++;
	l->state = LANE_READY;
	lane_go(l);
	return 0;
}

void
lane_cancel(struct lane *l)
{
	const struct step_ops *step;

	if (l->state != LANE_WAITS)
		return;
	step = lane_leg(l)->step;
	if (step->cancel != NULL)
		step->cancel(&l->s);
	l->state = LANE_READY;
}

void
lane_stop(struct lane *l)
{
	if (l->state == LANE_RESTS)
		return;
	try_end(l);
	stage_end(l);
	io_scope_close(l->s.io, &l->walk);
	mem_free(l->s.state);
	l->s.state = NULL;
	seen_clear(&l->seen);
	l->doing = NULL;
	l->walks++;
	l->state = LANE_RESTS;
}
