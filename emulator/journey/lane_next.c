/*
 * lane_next.c - where a verdict leads: another try, the next row, back to an earlier one, the
 * end.  Only judges; journey.c goes there.
 */
#include <string.h>

#include "lane.h"

enum { PAUSE_DOUBLINGS = 6, BACKS_MAX = 24, CHORE_PATIENCE_US = 30 * 1000 * 1000 };

/* ---- the row, as the table and the scenario have it ------------------------- */

const struct leg *
lane_leg(const struct lane *l)
{
	return &l->rows[l->at];
}

/* What the scenario says of this row, or of the table's with the same step; or NULL. */
static const struct journey_override *
lane_override(const struct lane *l)
{
	const struct journey_cfg *cfg = &l->j->cfg;

	if (cfg->plan->override == NULL)
		return NULL;
	for (size_t i = 0; i < cfg->n_rows; i++)
		if (cfg->table[i].step == lane_leg(l)->step)
			return &cfg->plan->override[i];
	return NULL;
}

static unsigned
lane_tries(const struct lane *l)
{
	const struct journey_override *o = lane_override(l);

	return o != NULL && o->tries != 0 ? o->tries : lane_leg(l)->tries;
}

uint32_t
lane_limit_ms(const struct lane *l)
{
	const struct journey_override *o = lane_override(l);

	return o != NULL && o->limit_ms != 0 ? o->limit_ms : lane_leg(l)->limit_ms;
}

uint64_t
lane_now(const struct lane *l)
{
	return l->s.io->ops->now_us(l->s.io);
}

/* ---- what a verdict leads to ---------------------------------------------------- */

size_t
lane_row_of(const struct lane *l, const struct step_ops *step)
{
	size_t i;

	for (i = 0; i < l->n_rows; i++)
		if (l->rows[i].step == step)
			break;
	return i;
}

/* Has the row lost the connection that an earlier row had made for it? */
static bool
connection_lost(const struct lane *l)
{
	size_t i = lane_row_of(l, lane_leg(l)->retry_from);

	if (lane_leg(l)->retry_from == NULL || i >= l->at)
		return false;
	/* The line outlives its row and is asked itself; any other connection is the
	 * stage's. */
	if (l->rows[i].gives & FACT_LINE)
		return !facts_know(l->s.facts, FACT_LINE) || !line_is_up(l->s.line);
	return l->s.held == NULL;
}

size_t
lane_again_from(const struct lane *l)
{
	size_t i = l->at;

	if (lane_leg(l)->fate == FATE_TRUST_AGAIN) {
		/* The search for the root began where the directory was looked for. */
		for (i = 0; i < l->at; i++)
			if (l->rows[i].gives & FACT_DC)
				break;
		return i;
	}
	/* The first row of its stage: what an earlier stage gave still holds. */
	while (i > 0 && strcmp(l->rows[i - 1].stage, lane_leg(l)->stage) == 0)
		i--;
	return i;
}

static enum next
next_row(const struct lane *l)
{
	return l->at + 1 == l->n_rows ? NEXT_END : NEXT_ROW;
}

/* The row has failed for good: its fate. */
static enum next
next_by_fate(const struct lane *l)
{
	bool guarded = l->loops >= l->j->cfg.plan->stage_loops;

	switch (lane_leg(l)->fate) {
	case FATE_STOP:
		break;
	case FATE_GO_ON:
		return next_row(l);
	case FATE_STAGE_AGAIN:
		return guarded ? NEXT_STOP : NEXT_AGAIN;
	/* Only a chain that was not believed casts doubt on the root. */
	case FATE_TRUST_AGAIN:
		return guarded || l->s.why != WHY_TLS ? NEXT_STOP : NEXT_AGAIN;
	}
	return NEXT_STOP;
}

/* A chore does not sit out a long wait, or the others would have to: it ends and is planned
 * anew. */
static bool
chore_would_wait(const struct lane *l)
{
	return l->doing != NULL && l->s.not_before_us > lane_now(l) + CHORE_PATIENCE_US;
}

enum next
lane_judge(const struct lane *l, enum verdict *v)
{
	if (*v == STEP_RETRY) {
		/* A lane that was sent back too often has spent its tries as well. */
		if (l->s.attempt < lane_tries(l) && l->backs < BACKS_MAX &&
		    !chore_would_wait(l))
			return connection_lost(l) ? NEXT_BACK : NEXT_TRY;
		*v = STEP_FAIL;
	}
	return *v == STEP_FAIL ? next_by_fate(l) : next_row(l);
}

/* ---- how long it waits before -------------------------------------------------- */

uint64_t
lane_blur_us(struct io *io, uint64_t us)
{
	uint64_t range = us / 2, r = io->ops->random(io);

	/* range * r / 2^32, in two parts so that no wait is too long for it */
	return us - us / 4 + (range >> 32) * r + ((range & UINT32_MAX) * r >> 32);
}

/* The table's, doubled with each try and blurred; or what the scenario says instead. */
static uint64_t
lane_table_pause_us(const struct lane *l, unsigned tries)
{
	unsigned doublings = tries - 1 < PAUSE_DOUBLINGS ? tries - 1 : PAUSE_DOUBLINGS;
	const struct journey_override *o = lane_override(l);
	struct io *io = l->s.io;
	uint64_t seed;
	struct rng rng;

	if (o == NULL || !o->has_pause)
		return lane_blur_us(io, ((uint64_t)lane_leg(l)->pause_ms * 1000) << doublings);
	seed = (uint64_t)io->ops->random(io) << 32;
	rng_seed(&rng, seed | io->ops->random(io), 0);
	return spread_draw(&o->pause, &rng);
}

uint64_t
lane_pause_us(const struct lane *l, unsigned tries)
{
	/* A turn that a server asked for is no trouble to wait out. */
	uint64_t us = l->s.at_once ? 0 : lane_table_pause_us(l, tries);
	uint64_t now = lane_now(l);

	if (l->s.not_before_us > now + us)
		us = l->s.not_before_us - now;
	return us;
}
