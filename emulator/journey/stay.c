/*
 * stay.c - the end of a walk: the stay and what it holds, a new image to boot, the whole way
 * once more; see journey.h.
 */
#include "lane.h"

static uint64_t
now_us(const struct journey *j)
{
	return j->cfg.io->ops->now_us(j->cfg.io);
}

/* What is left of its stay; for good it has arrived only when an update that was asked for is
 * done with. */
static void
stay(struct journey *j)
{
	uint64_t now = now_us(j);
	bool more = j->stay_end_us > now;

	if (more)
		j->cfg.io->ops->alarm_set(j->bell, j->stay_end_us - now);
	journey_enter(j, more || j->update_wanted ? JOURNEY_STAYING : JOURNEY_ARRIVED);
	if (j->update_wanted)
		chores_look(j);
}

/* A phone that has to walk again in the middle of its stay does not stay longer for that. */
static void
arrive(struct journey *j)
{
	if (j->stay_end_us == 0)
		j->stay_end_us = now_us(j) + j->cfg.plan->stay_us;
	chores_look(j);
	stay(j);
}

/* The bell rings for it, in a turn of its own. */
static void
restart_soon(struct journey *j)
{
	j->again = true;
	j->cfg.io->ops->alarm_set(j->bell, 0);
}

void
journey_walked(struct journey *j, bool arrived)
{
	if (!arrived)
		journey_give_up(j);
	else if (j->away)
		person_signed_out(j);
	else if (journey_wants_restart(j))
		restart_soon(j);
	else
		arrive(j);
}

/* A chore may have brought a new image, or lost what only a whole walk brings back. */
void
journey_again(struct journey *j)
{
	journey_enter(j, JOURNEY_WALKING);
	if (j->state == JOURNEY_WALKING)
		restart_soon(j);
}

void
journey_update_asked(struct journey *j)
{
	if (!j->update_wanted)
		return;
	j->update_wanted = false;
	if (j->state == JOURNEY_STAYING)
		stay(j);
}

static void
stay_is_over(struct journey *j)
{
	if (!journey_holds(j))
		journey_give_up(j);
	else
		stay(j);
}

void
stay_bell(void *arg, const struct io_event *ev)
{
	struct journey *j = arg;

	(void)ev;
	if (j->again && j->state == JOURNEY_WALKING)
		journey_restart(j);
	else if (j->state == JOURNEY_STAYING)
		stay_is_over(j);
}

/* ---- does it hold? ---- */

/* Does the way that it walks lead to a registration? */
static bool
way_signs_in(const struct journey *j)
{
	for (size_t i = 0; i < journey_road_end(j); i++)
		if (j->cfg.table[i].gives & FACT_REGISTERED)
			return true;
	return false;
}

bool
journey_holds(const struct journey *j)
{
	if (j->state != JOURNEY_STAYING && j->state != JOURNEY_ARRIVED)
		return false;
	return !way_signs_in(j) || line_is_registered(j->line);
}
