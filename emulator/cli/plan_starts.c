/* plan_starts.c - when each phone is switched on: the groups' arrivals become one order.  See
 * plan_groups.h. */
#include <errno.h>
#include <string.h>

#include "mem.h"
#include "pacing.h"
#include "plan_groups.h"

/* The groups' starts, each ascending: group i's at first[i] up to first[i + 1]. */
struct starts {
	const uint64_t *us;
	const uint32_t *first;
	size_t n_groups;
	uint32_t next[SCENARIO_GROUPS_MAX];
};

/* Another group, other chance: two that are alike would start together for ever. */
static uint64_t
starts_seed(const struct run_plan *p, size_t group)
{
	return p->seed ^ UINT64_C(0x9e3779b97f4a7c15) * group;
}

/* Each group by itself, as if it were alone. */
static int
starts_of_group(
    const struct run_plan *p, size_t i, uint64_t *us_out, struct config_error *error)
{
	const struct scenario_group *s = &p->scenario.group[i];
	uint32_t phones = p->first[i + 1] - p->first[i];

	if (phones == 0 ||
	    pacing_plan(s->arrival, s->n_arrivals, phones, starts_seed(p, i), us_out) == 0)
		return 0;
	return config_fail(error, p->scenario.file, s->arrival[s->n_arrivals - 1].at,
	    "the last arrival cannot go on until %u phones have started: its rate ends at 0",
	    phones);
}

/* The earliest that is left, of the lowest number; the caller knows that there is one. */
static uint32_t
starts_take(struct starts *all)
{
	size_t first = all->n_groups;

	for (size_t i = 0; i < all->n_groups; i++) {
		if (all->next[i] == all->first[i + 1])
			continue;
		if (first == all->n_groups || all->us[all->next[i]] < all->us[all->next[first]])
			first = i;
	}
	return all->next[first]++;
}

static void
starts_merge(struct run_plan *p, const uint64_t *us)
{
	struct starts all = { .us = us, .first = p->first, .n_groups = p->scenario.n_groups };

	memcpy(all.next, p->first, all.n_groups * sizeof *all.next);
	for (uint32_t i = 0; i < p->phones; i++) {
		p->order[i] = starts_take(&all);
		p->start_us[i] = us[p->order[i]];
	}
}

int
plan_starts(struct run_plan *p, struct config_error *error)
{
	uint64_t *us = mem_new(p->phones * sizeof *us);
	int err = 0;

	p->start_us = mem_new(p->phones * sizeof *p->start_us);
	p->order = mem_new(p->phones * sizeof *p->order);
	if (us == NULL || p->start_us == NULL || p->order == NULL)
		err = config_fail(error, p->scenario.file, (struct mark){ 0 },
		    "no memory for %u phones", p->phones);
	for (size_t i = 0; err == 0 && i < p->scenario.n_groups; i++)
		err = starts_of_group(p, i, us + p->first[i], error);
	if (err == 0)
		starts_merge(p, us);
	mem_free(us);
	return err;
}
