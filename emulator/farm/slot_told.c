/* slot_told.c - what an instance tells of itself: counted, shown, and where that leaves it. See
 * slot.h. */
#include "board.h"
#include "slot_priv.h"

/* The sink is a slot's first member. */
static struct slot *
slot_of(struct instance_sink *sink)
{
	return (struct slot *)(void *)sink;
}

/* ---- where it is, and how many are there ---- */

/* One more where it is, or (by -1, modulo 2^32) one less. */
void
slot_count(const struct slot *s, uint32_t by)
{
	struct phone_counts *n = &s->desk->metrics->phones;
	struct group_metrics *group = &s->desk->metrics->group[s->group];

	if (!s->started)
		return;
	n->started += by;
	group->started += by;
	switch ((enum instance_state)s->state) {
	/* Finished is: arrived, and not let down at the end. */
	case INSTANCE_ARRIVED:
		n->arrived += by;
		n->finished += s->let_down ? 0 : by;
		group->finished += s->let_down ? 0 : by;
		break;
	case INSTANCE_STAYING:
		n->arrived += by;
		break;
	case INSTANCE_FAILED:
		n->failed += by;
		group->failed += by;
		break;
	case INSTANCE_OFF:
		n->off += by;
		break;
	case INSTANCE_SIGNING_OUT:
	case INSTANCE_SIGNED_OUT:
		n->signed_out += by;
		break;
	case INSTANCE_WALKING:
	case INSTANCE_LEFT:
		n->at[s->row] += by;
		break;
	}
}

void
slot_show(const struct slot *s)
{
	static const enum board_state shown[] = {
		[INSTANCE_OFF] = BOARD_OFF,
		[INSTANCE_WALKING] = BOARD_WALKING,
		[INSTANCE_STAYING] = BOARD_STAYING,
		[INSTANCE_ARRIVED] = BOARD_FINISHED,
		[INSTANCE_FAILED] = BOARD_FAILED,
		[INSTANCE_SIGNING_OUT] = BOARD_SIGNED_OUT,
		[INSTANCE_SIGNED_OUT] = BOARD_SIGNED_OUT,
		[INSTANCE_LEFT] = BOARD_WALKING,
	};
	struct board *board = s->desk->cfg->board;

	if (board != NULL)
		board_enter(
		    board, s->index, s->let_down ? BOARD_SIGNED_OUT : shown[s->state], s->row);
}

void
slot_enter(struct slot *s, enum instance_state state, unsigned row)
{
	slot_count(s, UINT32_MAX);
	if (s->state != state && (state == INSTANCE_ARRIVED || state == INSTANCE_FAILED))
		s->ended_us = loop_now_us(s->desk->loop);
	s->started = true;
	s->state = (uint8_t)state;
	s->row = (uint8_t)row;
	slot_count(s, 1);
	slot_show(s);
}

/* Over is said once, although an instance may fail after it arrived. */
void
slot_over(struct slot *s)
{
	if (s->over)
		return;
	s->over = true;
	s->desk->over(s->desk->arg, s);
}

void
slot_again(struct slot *s)
{
	if (!s->over)
		return;
	s->over = false;
	s->ended_us = 0;
	s->desk->again(s->desk->arg, s);
}

/* ---- what an instance tells ---- */

/* Why it is where it is; what went well in the end is forgotten. */
static void
slot_lost(struct slot *s, const struct instance_row *t)
{
	if (t->verdict == INSTANCE_RETRY || t->verdict == INSTANCE_NOT_DONE) {
		s->lost_row = (uint8_t)t->row;
		s->lost_why = (uint8_t)t->why;
	} else if (t->row == s->lost_row) {
		s->lost_why = 0;
	}
}

static void
slot_on_row(struct instance_sink *sink, const struct instance_row *t)
{
	struct slot *s = slot_of(sink);
	const struct farm_cfg *cfg = s->desk->cfg;
	bool ended = t->verdict != INSTANCE_RETRY;

	metrics_try(s->desk->metrics, cfg->rows, t, &s->guide_seen);
	metrics_watch(s->desk->metrics, cfg->watch, cfg->n_watch, t);
	slot_lost(s, t);
	if (cfg->board != NULL)
		board_tell(cfg->board, s->index, t, sink->run_began_us);
	/* Where it is now: the row behind, unless the road ends here. */
	if (ended && !t->chore && t->row + 1u < cfg->n_rows && !cfg->rows[t->row + 1].chore)
		slot_enter(s, s->state, t->row + 1u);
	/* The guards watch every login, also a try that another will follow. */
	if (t->wrong_password)
		s->desk->login(s->desk->arg, s, true);
	else if (t->row == cfg->guard.login_row && t->verdict == INSTANCE_DONE)
		s->desk->login(s->desk->arg, s, false);
	if (s->desk->trace != NULL)
		s->desk->traced(s->desk->arg);
	/* Last: perhaps this was all it was let do. */
	if (t->verdict == INSTANCE_DONE && !s->leaving)
		s->desk->did(s->desk->arg, s, t->row);
}

/* The end of its way, the first time it is reached. */
static void
slot_booted(struct slot *s)
{
	uint64_t now_us = loop_now_us(s->desk->loop);

	if (s->booted_us != 0)
		return;
	s->booted_us = now_us;
	hist_add(&s->desk->metrics->from_intended, now_us - s->intended_us);
	hist_add(&s->desk->metrics->group[s->group].boot, now_us - s->intended_us);
	hist_add(&s->desk->metrics->from_actual, now_us - s->started_us);
}

/* LEFT without having been asked to leave is not for the shard. */
static void
slot_on_left(struct slot *s)
{
	if (!s->leaving || s->left)
		return;
	s->left = true;
	s->desk->left(s->desk->arg, s);
}

/*
 * One that is signed out has come to its end for all that is known; not while it still tells
 * the pool, nor from the sign-in on.  And whoever stays is not there yet, although it may have
 * been: it was asked for an update.
 */
static void
slot_end_by_state(struct slot *s, enum instance_state before, enum instance_state state)
{
	switch (state) {
	case INSTANCE_ARRIVED:
	case INSTANCE_FAILED:
	case INSTANCE_SIGNED_OUT:
		slot_over(s);
		break;
	case INSTANCE_SIGNING_OUT:
	case INSTANCE_STAYING:
		slot_again(s);
		break;
	case INSTANCE_WALKING:
		if (before == INSTANCE_SIGNED_OUT)
			slot_again(s);
		break;
	case INSTANCE_OFF: /* an event's doing: slot_off() says what it means */
	case INSTANCE_LEFT:
		break;
	}
}

/* Somebody types again on a phone that was signed out: that is where it is now. */
static unsigned
slot_row_of(const struct slot *s, enum instance_state before, enum instance_state state)
{
	bool out = before == INSTANCE_SIGNING_OUT || before == INSTANCE_SIGNED_OUT;

	return state == INSTANCE_WALKING && out ? s->desk->cfg->sign_in_row : s->row;
}

static void
slot_on_state(struct instance_sink *sink, enum instance_state state)
{
	struct slot *s = slot_of(sink);
	enum instance_state before = s->state;

	if (state == INSTANCE_LEFT)
		slot_on_left(s);
	/* From leave() on, the state that counts is the one it had before. */
	if (state == INSTANCE_LEFT || s->leaving)
		return;

	slot_enter(s, state, slot_row_of(s, before, state));
	if (state == INSTANCE_STAYING || state == INSTANCE_ARRIVED)
		slot_booted(s);
	slot_end_by_state(s, before, state);
}

/* After an update it walks from the first row again, and counts there. */
static void
slot_on_restart(struct instance_sink *sink)
{
	struct slot *s = slot_of(sink);

	slot_enter(s, s->state, 0);
}

static struct buf *
slot_trace(struct instance_sink *sink)
{
	return slot_of(sink)->desk->trace;
}

const struct instance_sink_ops slot_sink_ops = {
	.row = slot_on_row,
	.state = slot_on_state,
	.restart = slot_on_restart,
	.trace = slot_trace,
};
