/* plan_events.c - see plan_events.h. */
#include "plan_events.h"

#include "descriptors.h"
#include "pacing.h"

void
plan_events(struct run_plan *p)
{
	const struct scenario *s = &p->scenario;

	for (size_t i = 0; i < s->n_events; i++) {
		const struct scenario_event *e = &s->event[i];

		p->events[i] = (struct farm_event){
			.what = e->what,
			.by_row = e->step[0] != '\0',
			.row = run_plan_row(p, e->step),
			.at_us = e->at_us,
			.off_for = e->off_for,
			.phones = scenario_phones(s, &e->phones, p->first),
		};
	}
	p->n_events = s->n_events;
}

/* At most, for the phones of a list need not be different ones. */
static uint32_t
phones_at_most(const struct phones *phones, uint32_t total)
{
	double n = phones->n_ranges > 0 ? 0 : phones->share * total + 0.5;

	for (size_t i = 0; i < phones->n_ranges; i++)
		n += (double)phones->range[i].last - phones->range[i].first + 1;
	return n < total ? (uint32_t)n : total;
}

/* Does it put phones on their way? */
static bool
sets_out(enum scenario_deed what)
{
	return what != SCENARIO_UNPLUG && what != SCENARIO_SIGN_OUT;
}

/* Over a line of their own phones take longer: all of such a group may be on their way. */
static uint32_t
over_a_line(const struct run_plan *p)
{
	uint32_t n = 0;

	for (size_t i = 0; i < p->scenario.n_groups; i++)
		if (p->phone_groups[i].link != NULL)
			n += p->first[i + 1] - p->first[i];
	return n;
}

/* Those of a step come to it one by one, as they arrived. */
uint32_t
plan_transit(const struct run_plan *p)
{
	uint32_t most = pacing_peak(p->start_us, p->phones, DESCRIPTORS_TRANSIT_US);

	for (size_t i = 0; i < p->n_events; i++) {
		const struct farm_event *e = &p->events[i];
		uint32_t n = phones_at_most(&e->phones, p->phones);

		if (!e->by_row && sets_out(e->what) && n > most)
			most = n;
	}
	if (most < p->phones - over_a_line(p))
		return most + over_a_line(p);
	return p->phones;
}
