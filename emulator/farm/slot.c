/* slot.c - what the shard does with a slot: start, power, commands, its end.  See slot.h. */
#include "slot_priv.h"

/* ---- its beginning ---- */

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

/* ---- its person ---- */

bool
slot_command(struct slot *s, enum instance_command command)
{
	if (!slot_has_power(s) || s->off)
		return false;
	s->instance->ops->tell(s->instance, command);
	return true;
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
