/* power.c - the phone around its lanes: on, off, restart, leave; see journey.h. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lane.h"
#include "mem.h"

static void on_chore_bell(void *, const struct io_event *);

static uint64_t
now_us(const struct journey *j)
{
	return j->cfg.io->ops->now_us(j->cfg.io);
}

void
journey_enter(struct journey *j, enum journey_state state)
{
	if (j->state == state)
		return;
	j->state = state;
	if (j->cfg.watch.state != NULL)
		j->cfg.watch.state(j->cfg.watch.arg, state);
}

/* ---- made and freed --------------------------------------------------------- */

int
journey_new(const struct journey_cfg *cfg, struct journey **out)
{
	struct journey *j = mem_new(sizeof *j);

	if (j == NULL)
		return -ENOMEM;
	assert(cfg->n_chores <= JOURNEY_CHORES_MAX && strlen(cfg->profile->version) > 0);
	j->cfg = *cfg;
	j->profile = cfg->profile;
	j->road.j = j->chore.j = j;
	memcpy(j->facts.version, cfg->profile->version, sizeof j->facts.version);
	*out = j;
	return 0;
}

void
journey_free(struct journey *j)
{
	if (j == NULL)
		return;
	j->cfg.watch = (struct journey_watch){ 0 };
	journey_power_off(j);
	mem_free(j);
}

/* ---- the switch ----------------------------------------------------------------- */

size_t
journey_road_end(const struct journey *j)
{
	const struct leg *until = j->cfg.plan->until;

	for (size_t i = 0; until != NULL && i < j->cfg.n_rows; i++)
		if (j->cfg.table[i].step == until->step)
			return i + 1;
	return j->cfg.n_rows;
}

/* The line and the alarms of a phone that has power. */
static int
wire_up(struct journey *j)
{
	struct io *io = j->cfg.io;
	struct line_cfg line = {
		.io = io,
		.auth = j->cfg.auth,
		.who = { j->cfg.id->sip_user, j->cfg.id->sip_domain, j->cfg.id->mac,
		    j->profile },
		.on_lost = chores_line_lost,
		.arg = j,
	};
	struct io_owner bell = { &j->power, stay_bell, j };
	struct io_owner chore_bell = { &j->power, on_chore_bell, j };

	if (io->ops->alarm(io, bell, &j->bell) != 0)
		return -ENOMEM;
	if (io->ops->alarm(io, chore_bell, &j->chore_bell) != 0)
		return -ENOMEM;
	return line_new(&line, &j->line);
}

static void
cut(struct journey *j)
{
	struct io *io = j->cfg.io;

	lane_cancel(&j->road);
	lane_cancel(&j->chore);
	io->ops->power_cut(io);
	lane_stop(&j->road);
	lane_stop(&j->chore);
	chores_forget(j);
	j->again = j->update_wanted = false;
	if (j->line != NULL)
		line_power_cut(j->line);
	line_free(j->line);
	j->line = NULL;
	j->bell = j->chore_bell = NULL;
	j->cfg.auth->ops->forget(j->cfg.auth);
	j->fresh_image |= facts_new_image(&j->facts);
	facts_power_cut(&j->facts);
}

void
journey_give_up(struct journey *j)
{
	lane_stop(&j->road);
	lane_stop(&j->chore);
	chores_forget(j);
	j->again = j->update_wanted = false;
	if (j->line != NULL)
		line_close(j->line);
	io_scope_close(j->cfg.io, &j->power);
	j->bell = j->chore_bell = NULL;
	journey_enter(j, JOURNEY_FAILED);
}

/* The image on the other bank runs from now on, with its habits, if they are known. */
static void
new_image(struct journey *j)
{
	const struct journey_plan *plan = j->cfg.plan;
	const struct profile *p = plan->profile_of != NULL
	    ? plan->profile_of(plan->profiles, j->facts.version)
	    : NULL;

	j->fresh_image = false;
	j->restarts++;
	if (p != NULL)
		j->profile = p;
	if (j->cfg.watch.restart != NULL)
		j->cfg.watch.restart(j->cfg.watch.arg);
}

static void
boot(struct journey *j)
{
	int64_t wall_minus_now_us;
	size_t end;

	if (j->fresh_image)
		new_image(j);
	if (j->state != JOURNEY_WALKING)
		return; /* the watcher has cut the power */

	j->on_us = now_us(j);
	wall_minus_now_us = -(int64_t)j->on_us; /* 1970, until NTP knows better */
	j->cfg.io->ops->clock(j->cfg.io, wall_minus_now_us);
	j->cfg.auth->ops->clock(j->cfg.auth, wall_minus_now_us - j->cfg.host_wall_minus_now_us);

	end = person_road_end(j);
	if (wire_up(j) != 0)
		journey_give_up(j);
	else if (end == 0)
		person_signed_out(j);
	else if (lane_walk(&j->road, j->cfg.table, end, NULL) != 0)
		journey_give_up(j);
}

void
journey_power_on(struct journey *j)
{
	if (j->state != JOURNEY_OFF)
		return;
	j->restarts = 0;
	j->stay_end_us = 0;
	journey_enter(j, JOURNEY_WALKING);
	if (j->state == JOURNEY_WALKING)
		boot(j);
}

void
journey_power_off(struct journey *j)
{
	if (j->state == JOURNEY_OFF)
		return;
	cut(j);
	journey_enter(j, JOURNEY_OFF);
}

/* ---- the new image ------------------------------------------------------------------ */

bool
journey_wants_restart(const struct journey *j)
{
	return j->cfg.plan->restart_after_update && facts_new_image(&j->facts) &&
	    j->restarts < JOURNEY_RESTARTS_MAX;
}

void
journey_restart(struct journey *j)
{
	cut(j);
	boot(j);
}

static void
on_chore_bell(void *arg, const struct io_event *ev)
{
	(void)ev;
	chores_ring(arg);
}

/* ---- leaving ---------------------------------------------------------------------------- */

void
journey_left(struct journey *j)
{
	cut(j);
	journey_enter(j, JOURNEY_LEFT);
}

void
journey_leave(struct journey *j)
{
	if (j->state == JOURNEY_OFF || j->state == JOURNEY_LEFT || j->state == JOURNEY_LEAVING)
		return;
	lane_stop(&j->road);
	lane_stop(&j->chore);
	chores_forget(j);
	j->state = JOURNEY_LEAVING;
	if (!j->cfg.plan->leave || !chores_leave(j))
		journey_left(j);
}

/* ---- questions --------------------------------------------------------------------------- */

enum journey_state
journey_state(const struct journey *j)
{
	return j->state;
}

const struct facts *
journey_facts(const struct journey *j)
{
	return &j->facts;
}

const struct profile *
journey_profile(const struct journey *j)
{
	return j->profile;
}
