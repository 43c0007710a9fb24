/*
 * chores.c - when the phone does what comes afterwards: renew the lease, refresh the
 * registration, make a lost line again, check for updates, poll the mailbox.
 *
 * Chores are planned, not begun, whenever something changes; they begin when the chore bell
 * rings and their lane rests.  What cannot wait is walked on the chore lane; what may wait
 * until the road rests is walked on the road's: an image takes minutes to come, and meanwhile
 * the lease and the registration must be kept.
 */
#include <string.h>

#include "lane.h"

/* Not at once, or a phone without memory for it would try without end. */
enum { CHORE_SOON_US = 1000 };

static uint64_t
now_us(const struct journey *j)
{
	return j->cfg.io->ops->now_us(j->cfg.io);
}

/* ---- planning ------------------------------------------------------------------ */

/* Where its rows are walked. */
static struct lane *
chore_lane(struct journey *j, const struct chore *c)
{
	return c->when_idle ? &j->road : &j->chore;
}

/* Is the road on rows that make or use the line itself?  Then it mends the line. */
static bool
road_minds_the_line(const struct journey *j)
{
	const struct leg *leg = &j->road.rows[j->road.at];

	return j->road.state != LANE_RESTS &&
	    ((leg->needs | leg->gives) & (FACT_LINE | FACT_REGISTERED)) != 0;
}

/* The update that was asked for needs nobody's registration, only the way's end: its rows say
 * what they lack. */
static bool
is_wanted(const struct journey *j, const struct chore *c)
{
	return c->when == CHORE_UPDATE && j->update_wanted &&
	    (j->state == JOURNEY_STAYING || j->state == JOURNEY_ARRIVED);
}

static bool
may_be_planned(const struct journey *j, const struct chore *c)
{
	if (is_wanted(j, c))
		return true;
	if (!facts_know(&j->facts, c->needs))
		return false;
	switch (c->when) {
	case CHORE_TIMED:
	case CHORE_UPDATE:
		return true;
	case CHORE_LINE_LOST:
		return j->line_lost && !line_is_registered(j->line) && !road_minds_the_line(j);
	/* Not a matter of time: chores_sign_out() and chores_leave() walk them. */
	case CHORE_SIGNING_OUT:
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

	return lane_blur_us(
	    j->cfg.io, (ms < sip->reconnect_max_ms ? ms : sip->reconnect_max_ms) * 1000);
}

/* How long from now, or 0 for never. */
static uint64_t
chore_after_us(struct journey *j, const struct chore *c)
{
	/* Only to be asked: this step never starts. */
	struct step s = {
		.io = j->cfg.io,
		.auth = j->cfg.auth,
		.facts = &j->facts,
		.line = j->line,
		.id = j->cfg.id,
		.profile = j->profile,
		.lane = chore_lane(j, c),
	};

	if (is_wanted(j, c))
		return CHORE_SOON_US;
	if (c->when == CHORE_LINE_LOST)
		return reconnect_us(j);
	return c->after_us(&s);
}

/* Give a chore its time.  A plan that stands is not moved, however often we look; but what is
 * asked for comes earlier. */
static void
plan(struct journey *j, size_t i)
{
	const struct chore *c = &j->cfg.chores[i];
	uint64_t after, due;

	if (chore_lane(j, c)->doing == c)
		return;
	if (!may_be_planned(j, c)) {
		j->due_us[i] = 0;
		return;
	}
	if (j->due_us[i] != 0 && !is_wanted(j, c))
		return;
	after = chore_after_us(j, c);
	due = now_us(j) + after;
	if (due < j->not_before_us[i])
		due = j->not_before_us[i];
	if (after != 0 && (j->due_us[i] == 0 || due < j->due_us[i]))
		j->due_us[i] = due;
}

/* The planned chore that comes first among those that may begin now; n_chores: none. */
static size_t
first_due(struct journey *j)
{
	size_t first = j->cfg.n_chores;

	for (size_t i = 0; i < j->cfg.n_chores; i++) {
		if (j->due_us[i] == 0)
			continue;
		if (chore_lane(j, &j->cfg.chores[i])->state != LANE_RESTS)
			continue;
		if (first == j->cfg.n_chores || j->due_us[i] < j->due_us[first])
			first = i;
	}
	return first;
}

/* Is there power and a bell, and is the phone neither leaving nor given up? */
static bool
chores_are_on(const struct journey *j)
{
	return j->line != NULL && j->chore_bell != NULL &&
	    (j->state == JOURNEY_WALKING || j->state == JOURNEY_STAYING ||
		j->state == JOURNEY_ARRIVED || j->state == JOURNEY_SIGNING_OUT ||
		j->state == JOURNEY_SIGNED_OUT);
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
	if (i == j->cfg.n_chores)
		return;
	/* One bell for all of them: it rings for the first. */
	now = now_us(j);
	j->cfg.io->ops->alarm_set(j->chore_bell, j->due_us[i] > now ? j->due_us[i] - now : 0);
}

void
chores_forget(struct journey *j)
{
	for (size_t i = 0; i < JOURNEY_CHORES_MAX; i++)
		j->due_us[i] = j->not_before_us[i] = 0;
	j->line_lost = false;
	j->reconnects = 0;
}

/* ---- doing ----------------------------------------------------------------------- */

void
chores_ring(struct journey *j)
{
	const struct chore *c;
	size_t i;

	if (!chores_are_on(j))
		return;
	i = first_due(j);
	if (i < j->cfg.n_chores && j->due_us[i] <= now_us(j)) {
		c = &j->cfg.chores[i];
		j->due_us[i] = 0;
		(void)lane_walk(chore_lane(j, c), c->rows, c->n_rows, c);
	}
	/* The next one, or without memory the same one later.  The power may be off by now. */
	chores_look(j);
}

/* Why the line cannot be kept or made may put in doubt what the phone has for it: its ticket,
 * or the root it trusts. */
static uint32_t
doubtful(enum reason why, const struct chore *c)
{
	if (c->when != CHORE_LINE_LOST && !(c->loses & FACT_REGISTERED))
		return 0;
	if (why == WHY_AUTH)
		return FACT_TGT;
	return why == WHY_TLS ? FACT_ROOT : 0;
}

/* A server wants to be left alone for a while: by this chore, and if that loses the line, by
 * the one that makes it again. */
static void
hold_back(struct journey *j, const struct chore *failed, uint64_t until_us)
{
	for (size_t i = 0; i < j->cfg.n_chores; i++) {
		const struct chore *c = &j->cfg.chores[i];

		if (c == failed ||
		    (c->when == CHORE_LINE_LOST && (failed->loses & FACT_REGISTERED)))
			j->not_before_us[i] = until_us;
	}
}

/* What a failed chore leaves behind.  true: the whole way is walked again. */
static bool
chore_failed(struct lane *l, const struct chore *c)
{
	struct journey *j = l->j;
	uint32_t lost = c->loses | doubtful(l->s.why, c);

	hold_back(j, c, l->s.not_before_us);
	if (c->when == CHORE_LINE_LOST)
		j->reconnects++;
	/* The line goes with its registration: the chore that makes it again wants a new
	 * connection. */
	if ((lost & (FACT_LINE | FACT_REGISTERED)) != 0) {
		line_close(j->line);
		j->line_lost = true;
	}
	/* Without an address, or with a root in doubt, nothing short of the whole way
	 * helps. */
	j->facts.known &= ~lost;
	return (lost & FACT_ROOT) != 0 || !facts_know(&j->facts, FACT_ADDRESS);
}

void
chores_walked(struct lane *l, const struct chore *c, bool done)
{
	struct journey *j = l->j;

	if (j->state == JOURNEY_LEAVING) {
		journey_left(j);
		return;
	}
	if (c->when == CHORE_SIGNING_OUT) {
		person_signed_out(j);
		return;
	}
	if (done && c->when == CHORE_LINE_LOST) {
		j->line_lost = false;
		j->reconnects = 0;
	}
	if ((!done && chore_failed(l, c)) ||
	    (j->road.state == LANE_RESTS && journey_wants_restart(j))) {
		journey_again(j);
		return;
	}
	if (c->when == CHORE_UPDATE)
		journey_update_asked(j);
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
