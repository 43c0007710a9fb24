/* case_way.c - the way before each server of a case's world: writes down what the phone does,
 * and plays the server's mood. */
#include <assert.h>
#include <string.h>

#include "case_world.h"
#include "lane.h"

enum { MS = 1000 };

/* Two line breaks keep the line alive, whatever row is walked. */
static bool
is_keep_alive(const struct sim_parcel *p)
{
	return p->deed == SIM_SENT && p->n == 4 && memcmp(p->bytes, "\r\n\r\n", 4) == 0;
}

static void
way_note(struct case_way *w, const struct sim_parcel *p)
{
	struct case_world *c = w->world;

	if (is_keep_alive(p))
		return;
	assert(c->n_sent < CASE_SENT_MAX);
	c->sent[c->n_sent++] = (struct case_sent){ w->id, p->deed, sim_now_us(c->r->sim) };
}

/* The server's mood, if it is in one just now. */
static const struct case_mood *
way_mood(const struct case_way *w)
{
	const struct case_world *c = w->world;
	bool walked = c->begun && !c->ended && c->r->phone[0].j->road.at == c->at;

	return walked && c->mood != NULL && c->mood->server == w->id ? c->mood : NULL;
}

/* The way's own event of a parcel, which it has for itself until it is carried on. */
static void
way_after(struct case_way *w, struct sim_parcel *p, uint64_t us, sim_event_fn *fn)
{
	p->of_way[0] = (uintptr_t)w;
	p->event.fn = fn;
	p->event.arg = p;
	/* Cannot fail: a parcel's place on the clock is held. */
	(void)sim_clock_set(w->world->r->clock, &p->event, us);
}

static struct case_way *
way_of(struct sim_parcel *p)
{
	struct case_way *w = (struct case_way *)(void *)(uintptr_t)p->of_way[0];

	p->of_way[0] = 0;
	return w;
}

static void
way_on_caught(void *arg)
{
	struct sim_parcel *p = arg;
	struct case_world *c = way_of(p)->world;

	c->answering = true;
	if (c->mood->answer != NULL)
		c->mood->answer(c, c->r->sim, p);
	c->answering = false;
	sim_parcel_free(p);
}

static void
way_out(struct case_way *w, struct sim_parcel *p)
{
	struct case_world *c = w->world;
	const struct case_mood *mood = way_mood(w);

	/* A handle's end must arrive whatever else is lost. */
	if (p->deed == SIM_CLOSED || p->deed == SIM_CUT) {
		w->link->carry(w->link, p);
		return;
	}
	if (c->begun && !c->ended)
		way_note(w, p);
	if (c->mood != NULL && c->mood->server == w->id)
		c->r->faults.fault[0].from_us = mood != NULL ? 0 : CASE_NOT_YET_US;
	if (mood != NULL && mood->catch != NULL && mood->catch (p))
		way_after(w, p, CASE_LATENCY_US, way_on_caught);
	else
		w->link->carry(w->link, p);
}

static void
way_on_late(void *arg)
{
	struct sim_parcel *p = arg;
	struct case_way *w = way_of(p);

	w->link->carry(w->link, p);
}

/* Is it the first answer, or behind it on its connection? */
static bool
way_is_late(struct case_way *w, const struct sim_parcel *p)
{
	struct case_world *c = w->world;
	const struct case_mood *mood = way_mood(w);
	bool datagram = p->type == SIM_UDP || p->type == SIM_DHCP;

	if (c->late != NULL)
		return !datagram && c->late == p->h && sim_now_us(c->r->sim) < c->late_until_us;
	if (mood == NULL || mood->late_ms == 0 || (p->kind == IO_UP && !mood->late_hello))
		return false;
	c->late = p->h;
	c->late_until_us = sim_now_us(c->r->sim) + (uint64_t)mood->late_ms * MS;
	return true;
}

static void
way_on_home(void *arg)
{
	struct sim_parcel *p = arg;

	p->of_way[0] = 0;
	sim_parcel_arrive(p);
}

/* Of answers to what was caught the server's own link knows nothing. */
static void
way_back(struct case_way *w, struct sim_parcel *p)
{
	const struct case_mood *mood = way_mood(w);

	if (w->world->answering) {
		way_after(w, p, CASE_LATENCY_US, way_on_home);
		return;
	}
	if (mood != NULL && mood->spoil != NULL)
		mood->spoil(p);
	if (way_is_late(w, p))
		way_after(
		    w, p, w->world->late_until_us - sim_now_us(w->world->r->sim), way_on_late);
	else
		w->link->carry(w->link, p);
}

static void
way_carry(struct sim_way *way, struct sim_parcel *p)
{
	struct case_way *w = (struct case_way *)(void *)way;

	if (p->back)
		way_back(w, p);
	else
		way_out(w, p);
}

struct sim_way *
case_way_between(void *arg, enum servers_id id, struct sim_way *link)
{
	struct case_world *c = arg;

	c->way[id] = (struct case_way){ { way_carry }, link, c, id };
	return &c->way[id].way;
}
