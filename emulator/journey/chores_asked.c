/* chores_asked.c - chores that are not a matter of time: an update that somebody asks for,
 * signing out, leaving; see lane.h. */
#include "lane.h"

void
chores_drop(struct journey *j, uint32_t lost)
{
	const struct chore *doing = j->chore.doing;

	if (doing != NULL && (doing->needs & lost) != 0)
		lane_stop(&j->chore);
	j->line_lost = false;
	j->reconnects = 0;
}

/* The chore that is there for this, or NULL. */
static const struct chore *
chore_for(const struct journey *j, enum chore_when when)
{
	for (size_t i = 0; i < j->cfg.n_chores; i++)
		if (j->cfg.chores[i].when == when)
			return &j->cfg.chores[i];
	return NULL;
}

static bool
chores_walk(struct journey *j, enum chore_when when, struct lane *l)
{
	const struct chore *c = chore_for(j, when);

	return c != NULL && lane_walk(l, c->rows, c->n_rows, c) == 0;
}

bool
chores_know_updates(const struct journey *j)
{
	return chore_for(j, CHORE_UPDATE) != NULL;
}

bool
chores_sign_out(struct journey *j)
{
	return line_is_registered(j->line) && chores_walk(j, CHORE_SIGNING_OUT, &j->road);
}

bool
chores_leave(struct journey *j)
{
	return j->line != NULL && chores_walk(j, CHORE_LEAVING, &j->chore);
}
