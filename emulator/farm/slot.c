/* slot.c - see slot.h. */
#include "slot.h"

/* The sink is a slot's first member. */
static struct slot *
slot_of(struct instance_sink *sink)
{
	return (struct slot *)(void *)sink;
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

/* ---- what an instance tells ---- */

static void
slot_on_row(struct instance_sink *sink, const struct instance_row *t)
{
	struct slot *s = slot_of(sink);
	const struct farm_cfg *cfg = s->desk->cfg;
	bool ended = t->verdict != INSTANCE_RETRY;

	metrics_try(s->desk->metrics, cfg->rows, t, &s->guide_seen);
	metrics_watch(s->desk->metrics, cfg->watch, cfg->n_watch, t);
	/* Where it is now: the row behind, unless the road ends here. */
	if (ended && !t->chore && t->row + 1u < cfg->n_rows && !cfg->rows[t->row + 1].chore)
		s->row = (uint8_t)(t->row + 1);
	/* The guards watch every login, also a try that another will follow. */
	if (t->wrong_password)
		s->desk->login(s->desk->arg, s, true);
	else if (t->row == cfg->guard.login_row && t->verdict == INSTANCE_DONE)
		s->desk->login(s->desk->arg, s, false);
	if (s->desk->trace != NULL)
		s->desk->traced(s->desk->arg);
}

/* The end of its way, the first time it is reached. */
static void
slot_booted(struct slot *s)
{
	uint64_t now_us = loop_now_us(s->desk->loop);

	if (s->booted)
		return;
	s->booted = true;
	hist_add(&s->desk->metrics->from_intended, now_us - s->intended_us);
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

	s->state = (uint8_t)state;
	if (state == INSTANCE_STAYING || state == INSTANCE_ARRIVED)
		slot_booted(s);
	if (state == INSTANCE_ARRIVED || state == INSTANCE_FAILED)
		slot_over(s);
}

/* After an update it walks from the first row again, and counts there. */
static void
slot_on_restart(struct instance_sink *sink)
{
	slot_of(sink)->row = 0;
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

void
slot_init(struct slot *s, struct slot_desk *desk, uint32_t index)
{
	s->sink.ops = &slot_sink_ops;
	s->desk = desk;
	s->index = index;
}

int
slot_start(struct slot *s, const struct instance_place *place, uint64_t intended_us,
    uint64_t now_us, const char **err_out)
{
	const struct farm_cfg *cfg = s->desk->cfg;
	int err;

	s->intended_us = intended_us;
	s->started_us = now_us;
	s->started = true;
	/* How late the farm itself is; latencies from the intended start contain it. */
	hist_add(&s->desk->metrics->start_lag, now_us > intended_us ? now_us - intended_us : 0);

	err = cfg->make(cfg->make_arg, place, &s->instance, err_out);
	if (err != 0) {
		s->instance = NULL;
		/* A phone that could not be made is one that failed. */
		s->state = INSTANCE_FAILED;
		slot_over(s);
		return err;
	}
	s->instance->ops->power(s->instance, true);
	return 0;
}

/* Asked before it signs out, or nobody would hold. */
void
slot_judge(struct slot *s)
{
	if (s->judged || s->instance == NULL)
		return;
	s->judged = true;
	s->let_down = s->state == INSTANCE_ARRIVED && s->desk->cfg->must_hold &&
	    !s->instance->ops->holds(s->instance);
}

void
slot_leave(struct slot *s)
{
	slot_judge(s);
	s->leaving = true;
	s->instance->ops->leave(s->instance);
}

/* The slot stays: its state is still counted. */
void
slot_close(struct slot *s)
{
	if (s->instance != NULL)
		s->instance->ops->close(s->instance);
	s->instance = NULL;
}

void
slot_count(const struct slot *s, struct phone_counts *n)
{
	if (!s->started)
		return;
	n->started++;
	switch ((enum instance_state)s->state) {
	/* Finished is: arrived, and not let down at the end. */
	case INSTANCE_ARRIVED:
		n->arrived++;
		n->finished += !s->let_down;
		break;
	case INSTANCE_STAYING:
		n->arrived++;
		break;
	case INSTANCE_FAILED:
		n->failed++;
		break;
	case INSTANCE_OFF:
	case INSTANCE_WALKING:
	case INSTANCE_LEFT:
		n->at[s->row]++;
		break;
	}
}
