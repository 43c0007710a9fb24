/* slot.c - see slot.h. */
#include "slot.h"

#include "board.h"

/* The sink is a slot's first member. */
static struct slot *
slot_of(struct instance_sink *sink)
{
	return (struct slot *)(void *)sink;
}

/* ---- where it is, and how many are there ---- */

/* One more where it is, or (by -1, modulo 2^32) one less. */
static void
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
	case INSTANCE_WALKING:
	case INSTANCE_LEFT:
		n->at[s->row] += by;
		break;
	}
}

/* For whoever looks on. */
static void
slot_show(const struct slot *s)
{
	static const enum board_state shown[] = {
		[INSTANCE_OFF] = BOARD_OFF,
		[INSTANCE_WALKING] = BOARD_WALKING,
		[INSTANCE_STAYING] = BOARD_STAYING,
		[INSTANCE_ARRIVED] = BOARD_FINISHED,
		[INSTANCE_FAILED] = BOARD_FAILED,
		[INSTANCE_LEFT] = BOARD_WALKING,
	};
	struct board *board = s->desk->cfg->board;

	if (board != NULL)
		board_enter(
		    board, s->index, s->let_down ? BOARD_SIGNED_OUT : shown[s->state], s->row);
}

static void
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
static void
slot_over(struct slot *s)
{
	if (s->over)
		return;
	s->over = true;
	s->desk->over(s->desk->arg, s);
}

static void
slot_again(struct slot *s)
{
	if (!s->over)
		return;
	s->over = false;
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

static void
slot_on_state(struct instance_sink *sink, enum instance_state state)
{
	struct slot *s = slot_of(sink);

	if (state == INSTANCE_LEFT)
		slot_on_left(s);
	/* From leave() on, the state that counts is the one it had before. */
	if (state == INSTANCE_LEFT || s->leaving)
		return;

	slot_enter(s, state, s->row);
	if (state == INSTANCE_STAYING || state == INSTANCE_ARRIVED)
		slot_booted(s);
	if (state == INSTANCE_ARRIVED || state == INSTANCE_FAILED)
		slot_over(s);
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

static const struct instance_sink_ops slot_sink_ops = {
	.row = slot_on_row,
	.state = slot_on_state,
	.restart = slot_on_restart,
	.trace = slot_trace,
};

/* ---- what the shard does with it ---- */

/* Its number; where there are no groups, all are of the first. */
static uint8_t
slot_group(const struct farm_cfg *cfg, uint32_t index)
{
	size_t i = cfg->n_groups > 0 ? cfg->n_groups - 1 : 0;

	while (i > 0 && cfg->groups[i].first > index)
		i--;
	return (uint8_t)i;
}

void
slot_init(struct slot *s, struct slot_desk *desk, uint32_t index)
{
	s->sink.ops = &slot_sink_ops;
	s->desk = desk;
	s->index = index;
	s->group = slot_group(desk->cfg, index);
}

int
slot_start(struct slot *s, const struct instance_place *place, uint64_t intended_us,
    uint64_t now_us, const char **err_out)
{
	const struct farm_cfg *cfg = s->desk->cfg;
	int err;

	s->intended_us = intended_us;
	s->started_us = now_us;
	slot_enter(s, INSTANCE_OFF, 0);
	/* How late the farm itself is; latencies from the intended start contain it. */
	hist_add(&s->desk->metrics->start_lag, now_us > intended_us ? now_us - intended_us : 0);

	err = cfg->make(cfg->make_arg, place, &s->instance, err_out);
	if (err != 0) {
		s->instance = NULL;
		/* A phone that could not be made is one that failed. */
		slot_enter(s, INSTANCE_FAILED, 0);
		slot_over(s);
		return err;
	}
	s->instance->ops->power(s->instance, true);
	return 0;
}

/* ---- its power ---- */

bool
slot_has_power(const struct slot *s)
{
	return s->instance != NULL && !s->leaving;
}

/* Off it is neither finished nor failed, whatever it was before. */
void
slot_off(struct slot *s, bool for_good)
{
	if (!s->off) {
		s->off = true;
		s->instance->ops->power(s->instance, false);
		slot_enter(s, INSTANCE_OFF, s->row);
	}
	if (for_good)
		slot_over(s);
	else
		slot_again(s);
}

void
slot_on(struct slot *s)
{
	if (!s->off)
		return;
	s->off = false;
	slot_again(s);
	slot_enter(s, INSTANCE_OFF, 0);
	s->instance->ops->power(s->instance, true);
}

/* ---- its end ---- */

/* Asked before it signs out, or nobody would hold. */
void
slot_judge(struct slot *s)
{
	if (s->judged || s->instance == NULL)
		return;
	s->judged = true;
	slot_count(s, UINT32_MAX);
	s->let_down = s->state == INSTANCE_ARRIVED && s->desk->cfg->must_hold &&
	    !s->instance->ops->holds(s->instance);
	slot_count(s, 1);
	slot_show(s);
}

bool
slot_leave(struct slot *s)
{
	if (s->instance == NULL || s->off)
		return false;
	slot_judge(s);
	s->leaving = true;
	s->instance->ops->leave(s->instance);
	return true;
}

/* In whole milliseconds; at least 1, for 0 says that it never was. */
static uint32_t
slot_ms(uint64_t from_us, uint64_t to_us)
{
	uint64_t ms = to_us > from_us ? (to_us - from_us + 500) / 1000 : 0;

	return ms < 1 ? 1 : ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

void
slot_tell(const struct slot *s, struct farm_phone *out)
{
	uint64_t began_us = s->sink.run_began_us;

	*out = (struct farm_phone){ .row = s->row, .group = s->group };
	if (!s->started)
		return;
	out->outcome = FARM_UNFINISHED;
	if (s->state == INSTANCE_ARRIVED && !s->let_down)
		out->outcome = FARM_FINISHED;
	if (s->state == INSTANCE_FAILED) {
		out->outcome = FARM_FAILED;
		out->row = s->lost_row;
	}
	if (out->outcome != FARM_FINISHED && out->row == s->lost_row)
		out->why = s->lost_why;
	out->started_ms = slot_ms(began_us, s->started_us);
	out->boot_ms = s->booted_us != 0 ? slot_ms(s->intended_us, s->booted_us) : 0;
	out->ended_ms = s->ended_us != 0 ? slot_ms(began_us, s->ended_us) : 0;
}

/* The slot stays: its state is still counted. */
void
slot_close(struct slot *s)
{
	if (s->instance != NULL)
		s->instance->ops->close(s->instance);
	s->instance = NULL;
}
