/* plan_groups.c - see plan_groups.h. */
#include "plan_groups.h"

#include "plan_names.h"

/* How often a stage may be walked again before that is a failure. */
enum { PLAN_STAGE_LOOPS = 3 };

/* The flag wins over the scenario; the complaint names whoever said it. */
static int
group_until(
    struct run_plan *p, size_t i, const struct run_options *o, struct config_error *error)
{
	const struct scenario_journey *s = &p->scenario.group[i].journey;
	const char *until = o->until != NULL ? o->until : s->until;
	bool by_flag = o->until != NULL;

	if (until[0] == '\0')
		return 0;
	p->group[i].journey.until = journey_find(until);
	if (p->group[i].journey.until != NULL)
		return 0;
	return plan_no_step(by_flag ? "--until" : p->scenario.file,
	    by_flag ? (struct mark){ 0 } : s->until_at, until, error);
}

/* By the row's place in the table; limits are rounded up to milliseconds. */
static int
group_overrides(struct run_plan *p, size_t i, struct config_error *error)
{
	const struct scenario_journey *s = &p->scenario.group[i].journey;

	for (size_t k = 0; k < s->n_overrides; k++) {
		const struct scenario_override *o = &s->override[k];
		const struct leg *leg = journey_find(o->step);

		if (leg == NULL)
			return plan_no_step(p->scenario.file, o->at, o->step, error);
		p->group[i].override[leg - journey_table] = (struct journey_override){
			.tries = (uint16_t)(o->tries < UINT16_MAX ? o->tries : UINT16_MAX),
			.limit_ms = (uint32_t)((o->limit_us + 999) / 1000),
			.has_pause = o->has_pause,
			.pause = o->pause,
		};
	}
	return 0;
}

static int
group_journey(
    struct run_plan *p, size_t i, const struct run_options *o, struct config_error *error)
{
	const struct scenario_journey *s = &p->scenario.group[i].journey;
	struct plan_group *group = &p->group[i];
	int err;

	group->journey = (struct journey_plan){
		.restart_after_update = s->restart_after_update,
		.stay_us = s->stay_us,
		.stage_loops = PLAN_STAGE_LOOPS,
		.override = group->override,
		.profile_of = phone_profile_of,
		.profiles = &p->phone,
	};
	err = group_until(p, i, o, error);
	return err != 0 ? err : group_overrides(p, i, error);
}

/* A line that nothing is said of is none. */
static bool
group_has_link(const struct scenario_link *l)
{
	return l->delay_us != 0 || l->jitter_us != 0 || l->loss > 0 || l->down_per_s != 0 ||
	    l->up_per_s != 0;
}

/* What the phones and the farm are told of a group. */
static void
group_fill(struct run_plan *p, size_t i)
{
	const struct scenario_group *s = &p->scenario.group[i];
	struct plan_group *group = &p->group[i];

	group->link = (struct io_link){
		.delay_us = s->link.delay_us,
		.jitter_us = s->link.jitter_us,
		.loss = s->link.loss,
		.down_per_s = s->link.down_per_s,
		.up_per_s = s->link.up_per_s,
	};
	p->phone_groups[i] = (struct phone_group){
		.first = p->first[i],
		.profile = group->profile,
		.plan = &group->journey,
		.types_for = &s->types_for,
		.link = group_has_link(&s->link) ? &group->link : NULL,
	};
	p->farm_groups[i] = (struct farm_group){ s->name, p->first[i] };
}

int
plan_groups(struct run_plan *p, const struct run_options *o, struct config_error *error)
{
	const struct scenario *s = &p->scenario;
	int err = 0;

	scenario_split(s, p->phones, p->first);
	for (size_t i = 0; err == 0 && i < s->n_groups; i++) {
		err = group_journey(p, i, o, error);
		group_fill(p, i);
	}
	/* Without `groups:` all are in one that has no name, and nobody asks for it. */
	p->n_named = s->group[0].name[0] != '\0' ? s->n_groups : 0;
	return err;
}
