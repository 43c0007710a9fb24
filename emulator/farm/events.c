/* events.c - see events.h. */
#include "events.h"

#include <assert.h>
#include <errno.h>

#include "loop.h"
#include "mem.h"
#include "outages.h"
#include "rng.h"
#include "spread.h"

/* So long at most, then the instances that run get a turn. */
enum { EVENTS_TURN_US = 5000 };

_Static_assert(FARM_EVENTS_MAX <= 64, "events.met has a bit for each");

struct events {
	struct events_cfg cfg;
	struct loop_timer *timer;
	struct outages *outages;
	uint64_t *met; /* of each slot: the events at a row that it has come by, a bit each */
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

/* What it takes back; its own deed: nothing. */
static enum scenario_deed
events_undoes(enum scenario_deed what)
{
	if (what == SCENARIO_PLUG)
		return SCENARIO_UNPLUG;
	return what == SCENARIO_SIGN_IN ? SCENARIO_SIGN_OUT : what;
}

/* Each event draws for itself, but who is unplugged together is plugged together, and who signs
 * out together signs in together. */
static uint64_t
events_seed(const struct events *e, size_t number)
{
	enum scenario_deed of = events_undoes(events_at(e, number)->what);
	size_t before = number;

	while (before > 0 && events_at(e, before)->what != of)
		before--;
	if (events_at(e, before)->what == of)
		number = before;
	return e->cfg.farm->seed ^ UINT64_C(0x9e3779b97f4a7c15) * (number + 1);
}

/* The phone that lives in this slot, on any number of shards. */
static uint32_t
events_phone(const struct events *e, uint32_t s)
{
	return e->cfg.shard + s * e->cfg.shards;
}

static bool
events_means(const struct events *e, size_t number, uint32_t s)
{
	return phones_has(&events_at(e, number)->phones, events_seed(e, number),
	    events_phone(e, s), e->cfg.farm->phones);
}

/* How long the power of a phone is gone: its own draw, the same wherever it lives. */
static uint64_t
events_off_us(const struct events *e, size_t number, uint32_t s)
{
	struct rng rng;

	rng_seed(&rng, ~events_seed(e, number), events_phone(e, s));
	return spread_draw(&events_at(e, number)->off_for, &rng);
}

/* ---- what happens to a slot ---- */

static void
events_cycle(struct events *e, size_t number, uint32_t s)
{
	bool off = outages_off(e->outages, s);

	/* Unplugged: there is no power to go. */
	if (off && !outages_ends(e->outages, s))
		return;
	if (!off && !e->cfg.power(e->cfg.arg, s, EVENTS_OFF_A_WHILE))
		return;
	outages_begin(e->outages, s, loop_now_us(e->cfg.loop) + events_off_us(e, number, s));
}

static void
events_unplug(struct events *e, uint32_t s)
{
	if (outages_off(e->outages, s) && !outages_ends(e->outages, s))
		return;
	if (e->cfg.power(e->cfg.arg, s, EVENTS_OFF))
		outages_begin(e->outages, s, UINT64_MAX);
}

static void
events_plug(struct events *e, uint32_t s)
{
	if (!outages_off(e->outages, s))
		return;
	outages_end(e->outages, s);
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
		e->cfg.command(e->cfg.arg, s, INSTANCE_SIGN_OUT);
		break;
	case SCENARIO_SIGN_IN:
		e->cfg.command(e->cfg.arg, s, INSTANCE_SIGN_IN);
		break;
	case SCENARIO_CHECK_UPDATE:
		e->cfg.command(e->cfg.arg, s, INSTANCE_CHECK_UPDATE);
		break;
	}
}

/* ---- what is due ---- */

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
	uint64_t on_us;
	uint32_t off = outages_first(e->outages, &on_us);

	if (off != OUTAGES_NOBODY && on_us <= now_us) {
		events_plug(e, off);
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
	uint64_t now_us = loop_now_us(e->cfg.loop), due_us = events_timed_us(e), on_us;

	if (outages_first(e->outages, &on_us) != OUTAGES_NOBODY && on_us < due_us)
		due_us = on_us;
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
	e->met = mem_new(cfg->n_slots * sizeof *e->met);
	if (e->met == NULL || outages_new(cfg->n_slots, &e->outages) != 0 ||
	    loop_timer_new(cfg->loop, events_on_timer, e, &e->timer) != 0) {
		events_free(e);
		return -ENOMEM;
	}
	for (size_t i = 0; i < farm->n_events; i++) {
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
	outages_free(e->outages);
	mem_free(e->met);
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
	uint64_t met = e->at_row[row] & ~e->met[s];

	if (met == 0)
		return;
	e->met[s] |= met;
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
	outages_stop(e->outages);
}
