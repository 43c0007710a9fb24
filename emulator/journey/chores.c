/*
 * chores.c - when the phone does what comes afterwards: renew the lease, refresh the
 * registration, make a lost line again, check for updates, poll the mailbox.
 *
 * Chores are planned, not begun, whenever something changes; they begin one at a time when the
 * chore bell rings.
 */
#include <errno.h>
#include <string.h>

#include "lane.h"

static uint64_t
now_us(const struct journey *j)
{
	return j->cfg.io->ops->now_us(j->cfg.io);
}

/* ---- planning ------------------------------------------------------------------ */

/* Is the road on rows that make or use the line itself?  Then it mends the line. */
static bool
road_minds_the_line(const struct journey *j)
{
	const struct leg *leg = &j->road.rows[j->road.at];

	return j->road.state != LANE_RESTS &&
	    ((leg->needs | leg->gives) & (FACT_LINE | FACT_REGISTERED)) != 0;
}

static bool
may_be_planned(const struct journey *j, const struct chore *c)
{
	if (!facts_know(&j->facts, c->needs))
		return false;
	switch (c->when) {
	case CHORE_TIMED:
		return true;
	case CHORE_LINE_LOST:
		return j->line_lost && !line_is_registered(j->line) && !road_minds_the_line(j);
	case CHORE_LEAVING:
		break;
	}
	return false;
}

/* Doubling from reconnect_ms to reconnect_max_ms, +/- 25 %. */
static uint64_t
reconnect_us(struct journey *j)
{
	const struct profile_sip *sip = &j->profile->sip;
	uint64_t ms = (uint64_t)sip->reconnect_ms << (j->reconnects < 16 ? j->reconnects : 16);
	uint64_t us = (ms < sip->reconnect_max_ms ? ms : sip->reconnect_max_ms) * 1000;

	return us - us / 4 + (us / 2 * j->cfg.io->ops->random(j->cfg.io) >> 32);
}

/* How long from now, or 0 for never. */
static uint64_t
chore_after_us(struct journey *j, const struct chore *c)
{
	struct step s = {
		.io = j->cfg.io,
		.auth = j->cfg.auth,
		.facts = &j->facts,
		.line = j->line,
		.id = j->cfg.id,
		.profile = j->profile,
		.lane = &j->chore,
	};

	if (c->when == CHORE_LINE_LOST)
		return reconnect_us(j);
	return c->after_us(&s);
}

static void
plan(struct journey *j, size_t i)
{
	const struct chore *c = &j->cfg.chores[i];
	uint64_t after;

	if (j->doing == c)
		return;
	if (!may_be_planned(j, c)) {
		j->due_us[i] = 0;
		return;
	}
	if (j->due_us[i] != 0)
		return;
	after = chore_after_us(j, c);
	if (after != 0)
		j->due_us[i] = now_us(j) + after;
}

/* The planned chore that comes first among those that may begin now; n_chores: none. */
static size_t
first_due(const struct journey *j)
{
	size_t first = j->cfg.n_chores;

	for (size_t i = 0; i < j->cfg.n_chores; i++) {
		if (j->due_us[i] == 0)
			continue;
		if (j->cfg.chores[i].when_idle && j->road.state != LANE_RESTS)
			continue;
		if (first == j->cfg.n_chores || j->due_us[i] < j->due_us[first])
			first = i;
	}
	return first;
}

static bool
chores_are_on(const struct journey *j)
{
	return j->line != NULL && j->chore_bell != NULL &&
	    (j->state == JOURNEY_WALKING || j->state == JOURNEY_STAYING ||
		j->state == JOURNEY_ARRIVED);
}

void
chores_look(struct journey *j)
{
	uint64_t now;
	size_t i;

	if (!chores_are_on(j))
		return;
	for (i = 0; i < j->cfg.n_chores; i++)
		plan(j, i);
	i = first_due(j);
	if (i == j->cfg.n_chores || j->chore.state != LANE_RESTS)
		return;
	now = now_us(j);
	j->cfg.io->ops->alarm_set(j->chore_bell, j->due_us[i] > now ? j->due_us[i] - now : 0);
}

void
chores_forget(struct journey *j)
{
	for (size_t i = 0; i < JOURNEY_CHORES_MAX; i++)
		j->due_us[i] = 0;
	j->doing = NULL;
	j->line_lost = false;
	j->reconnects = 0;
}

/* ---- doing ----------------------------------------------------------------------- */

void
chores_ring(struct journey *j)
{
	size_t i;

	if (!chores_are_on(j) || j->chore.state != LANE_RESTS)
		return;
	i = first_due(j);
	if (i == j->cfg.n_chores || j->due_us[i] > now_us(j)) {
		chores_look(j);
		return;
	}
	j->due_us[i] = 0;
	j->doing = &j->cfg.chores[i];
	if (lane_walk(&j->chore, j->doing->rows, j->doing->n_rows) != 0) {
		j->doing = NULL;
		chores_look(j);
	}
}

/* Why the line cannot be kept or made may put in doubt what the phone has for it: its ticket,
 * or the root it trusts. */
static uint32_t
doubtful(const struct journey *j, const struct chore *c)
{
	if (c->when != CHORE_LINE_LOST && !(c->loses & FACT_REGISTERED))
		return 0;
	if (j->chore.s.why == WHY_AUTH)
		return FACT_TGT;
	return j->chore.s.why == WHY_TLS ? FACT_ROOT : 0;
}

/* What a failed chore leaves behind.  true: the whole way is walked again. */
static bool
chore_failed(struct journey *j, const struct chore *c)
{
	uint32_t lost = c->loses | doubtful(j, c);

	if (c->when == CHORE_LINE_LOST)
		j->reconnects++;
	if ((lost & (FACT_LINE | FACT_REGISTERED)) != 0) {
		line_close(j->line);
		j->line_lost = true;
	}
	j->facts.known &= ~lost;
	return (lost & (FACT_ADDRESS | FACT_ROOT)) != 0;
}

void
chores_walked(struct journey *j, bool done)
{
	const struct chore *c = j->doing;

	j->doing = NULL;
	if (j->state == JOURNEY_LEAVING) {
		journey_left(j);
		return;
	}
	if (done && c->when == CHORE_LINE_LOST) {
		j->line_lost = false;
		j->reconnects = 0;
	}
	if (!done && chore_failed(j, c))
		journey_again(j);
	else if (j->road.state == LANE_RESTS && journey_wants_restart(j))
		journey_again(j);
	else
		chores_look(j);
}

/* ---- the line's news --------------------------------------------------------------- */

void
chores_line_lost(void *arg, enum line_news news, const char *detail)
{
	struct journey *j = arg;

	j->facts.known &= ~(uint32_t)(FACT_LINE | FACT_REGISTERED);
	/* A user who was rejected (disabled, say) would be so again: the phone stays signed
	 * out. */
	j->line_lost = news != LINE_SIGNED_OFF || strcmp(detail, "sip:rejected") != 0;
	chores_look(j);
}

/* ---- leaving ------------------------------------------------------------------------- */

bool
chores_leave(struct journey *j)
{
	for (size_t i = 0; i < j->cfg.n_chores; i++) {
		const struct chore *c = &j->cfg.chores[i];

		if (c->when != CHORE_LEAVING)
			continue;
		j->doing = c;
		return lane_walk(&j->chore, c->rows, c->n_rows) == 0;
	}
	return false;
}
