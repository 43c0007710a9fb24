/*
 * events.c - see events.h.
 *
 * Whoever is switched on again by itself waits in the list of the event that switched it off:
 * all of one list are off equally long, so that it is in the order of their times.
 */
#include "events.h"

#include <assert.h>
#include <errno.h>

#include "list.h"
#include "loop.h"
#include "mem.h"

/* So long at most, then the instances that run get a turn. */
enum { EVENTS_TURN_US = 5000 };

_Static_assert(FARM_EVENTS_MAX <= 64, "struct outage has a bit for each");

struct outage {           /* of one slot */
	struct list link; /* in the list of an event, while it waits to be switched on again */
	uint64_t on_us;   /* then */
	uint64_t met;     /* the events at a row that it has come by, a bit each */
	bool off;
};

struct events {
	struct events_cfg cfg;
	struct loop_timer *timer;
	struct outage *slots;
	struct list again[FARM_EVENTS_MAX];
	uint64_t at_row[METRICS_ROWS];  /* the events at each row, a bit each */
	uint8_t timed[FARM_EVENTS_MAX]; /* the others, by time */
	size_t n_timed, next;           /* the next of those */
	uint32_t at;                    /* the slot at which it goes on */
	uint64_t zero_us;
	bool begun;
};

static const struct farm_event *
events_at(const struct events *e, size_t number)
{
	return &e->cfg.farm->events[number];
}

/* ---- who is meant ---- */

/* Each event draws for itself, but what is unplugged together is plugged together. */
static uint64_t
events_seed(const struct events *e, size_t number)
{
	size_t unplug = number;

	if (events_at(e, number)->what == SCENARIO_PLUG)
		while (unplug > 0 && events_at(e, unplug)->what != SCENARIO_UNPLUG)
			unplug--;
	if (events_at(e, unplug)->what == SCENARIO_UNPLUG)
		number = unplug;
	return e->cfg.farm->seed ^ UINT64_C(0x9e3779b97f4a7c15) * (number + 1);
}

static bool
events_means(const struct events *e, size_t number, uint32_t s)
{
	return phones_has(&events_at(e, number)->phones, events_seed(e, number),
	    e->cfg.shard + s * e->cfg.shards, e->cfg.farm->phones);
}

/* ---- what happens to a slot ---- */

static bool
outage_ends(const struct outage *o)
{
	return !list_empty(&o->link);
}

static void
events_cycle(struct events *e, size_t number, uint32_t s)
{
	struct outage *o = &e->slots[s];

	/* Unplugged: there is no power to go. */
	if (o->off && !outage_ends(o))
		return;
	if (!o->off && !e->cfg.power(e->cfg.arg, s, EVENTS_OFF_A_WHILE))
		return;
	o->off = true;
	o->on_us = loop_now_us(e->cfg.loop) + events_at(e, number)->off_us;
	list_remove(&o->link);
	list_add_tail(&e->again[number], &o->link);
}

static void
events_unplug(struct events *e, uint32_t s)
{
	struct outage *o = &e->slots[s];

	if ((o->off && !outage_ends(o)) || !e->cfg.power(e->cfg.arg, s, EVENTS_OFF))
		return;
	o->off = true;
	list_remove(&o->link);
}

static void
events_plug(struct events *e, uint32_t s)
{
	struct outage *o = &e->slots[s];

	if (!o->off)
		return;
	o->off = false;
	list_remove(&o->link);
	(void)e->cfg.power(e->cfg.arg, s, EVENTS_ON);
}

static void
events_meet(struct events *e, size_t number, uint32_t s)
{
	if (!events_means(e, number, s))
		return;
	switch (events_at(e, number)->what) {
	case SCENARIO_POWER_CYCLE:
		events_cycle(e, number, s);
		break;
	case SCENARIO_UNPLUG:
		events_unplug(e, s);
		break;
	case SCENARIO_PLUG:
		events_plug(e, s);
		break;
	case SCENARIO_SIGN_OUT:
	case SCENARIO_SIGN_IN:
	case SCENARIO_CHECK_UPDATE:
		break;
	}
}

/* ---- what is due ---- */

/* The first to be switched on again, of all lists; NULL: nobody is. */
static struct outage *
events_first_off(const struct events *e)
{
	struct outage *first = NULL;

	for (size_t i = 0; i < e->cfg.farm->n_events; i++) {
		struct outage *o = LIST_ITEM(e->again[i].next, struct outage, link);

		if (!list_empty(&e->again[i]) && (first == NULL || o->on_us < first->on_us))
			first = o;
	}
	return first;
}

/* UINT64_MAX: none. */
static uint64_t
events_timed_us(const struct events *e)
{
	if (!e->begun || e->next == e->n_timed)
		return UINT64_MAX;
	return e->zero_us + events_at(e, e->timed[e->next])->at_us;
}

/* One slot: power that comes back goes before power that is cut.  false: nothing is due. */
static bool
events_do_one(struct events *e, uint64_t now_us)
{
	const struct outage *off = events_first_off(e);

	if (off != NULL && off->on_us <= now_us) {
		events_plug(e, (uint32_t)(off - e->slots));
		return true;
	}
	if (events_timed_us(e) > now_us)
		return false;
	if (e->at < e->cfg.n_slots) {
		events_meet(e, e->timed[e->next], e->at++);
	} else {
		e->next++;
		e->at = 0;
	}
	return true;
}

static void
events_set_timer(struct events *e)
{
	const struct outage *off = events_first_off(e);
	uint64_t now_us = loop_now_us(e->cfg.loop), due_us = events_timed_us(e);

	if (off != NULL && off->on_us < due_us)
		due_us = off->on_us;
	if (due_us != UINT64_MAX)
		loop_timer_set(e->timer, due_us > now_us ? due_us - now_us : 0, 0);
}

static void
events_on_timer(void *arg)
{
	struct events *e = arg;
	uint64_t begin_us = loop_now_us(e->cfg.loop), now_us = begin_us;

	while (now_us - begin_us < EVENTS_TURN_US && events_do_one(e, now_us))
		now_us = loop_now_us(e->cfg.loop);
	events_set_timer(e);
	e->cfg.turned(e->cfg.arg);
}

/* ---- from outside ---- */

/* By time; of the same time in their order. */
static void
events_sort_in(struct events *e, size_t number)
{
	size_t i = e->n_timed++;

	for (; i > 0; i--) {
		if (events_at(e, e->timed[i - 1])->at_us <= events_at(e, number)->at_us)
			break;
		e->timed[i] = e->timed[i - 1];
	}
	e->timed[i] = (uint8_t)number;
}

int
events_new(const struct events_cfg *cfg, struct events **out)
{
	struct events *e = mem_new(sizeof *e);
	const struct farm_cfg *farm = cfg->farm;

	assert(farm->n_events <= FARM_EVENTS_MAX);
	if (e == NULL)
		return -ENOMEM;
	e->cfg = *cfg;
	e->slots = mem_new(cfg->n_slots * sizeof *e->slots);
	if (e->slots == NULL || loop_timer_new(cfg->loop, events_on_timer, e, &e->timer) != 0) {
		events_free(e);
		return -ENOMEM;
	}
	for (uint32_t s = 0; s < cfg->n_slots; s++)
		list_init(&e->slots[s].link);
	for (size_t i = 0; i < farm->n_events; i++) {
		list_init(&e->again[i]);
		if (!farm->events[i].by_row)
			events_sort_in(e, i);
		else if (farm->events[i].row < METRICS_ROWS)
			e->at_row[farm->events[i].row] |= UINT64_C(1) << i;
	}
	*out = e;
	return 0;
}

void
events_free(struct events *e)
{
	if (e == NULL)
		return;
	if (e->timer != NULL)
		loop_timer_close(e->timer);
	mem_free(e->slots);
	mem_free(e);
}

void
events_begin(struct events *e, uint64_t zero_us)
{
	if (e->begun)
		return;
	e->begun = true;
	e->zero_us = zero_us;
	events_set_timer(e);
}

/* Each comes by an event at a row once, or a power cycle would never let it past that row. */
void
events_row(struct events *e, uint32_t s, unsigned row)
{
	uint64_t met = e->at_row[row] & ~e->slots[s].met;

	if (met == 0)
		return;
	e->slots[s].met |= met;
	for (size_t i = 0; i < e->cfg.farm->n_events; i++)
		if (met >> i & 1)
			events_meet(e, i, s);
	events_set_timer(e);
}

bool
events_pending(const struct events *e)
{
	return e->next < e->n_timed;
}

void
events_stop(struct events *e)
{
	loop_timer_stop(e->timer);
	e->n_timed = e->next;
	for (size_t i = 0; i < e->cfg.farm->n_events; i++)
		while (!list_empty(&e->again[i]))
			list_remove(e->again[i].next);
}
