/* sim_wire.c - see sim_wire.h. */
#include "sim_wire.h"

#include <errno.h>
#include <math.h>

#include "mem.h"

struct sim_wire_slot {
	struct sim_event ev; /* on the clock of what is given */
	struct sim_wire *wire;
	void *arg;
	struct sim_wire_slot *next, *spare;
};

/* More than any wire; instead of none. */
#define WIRE_NO_LIMIT 1e12

/* 0 stands for no limit. */
static double
wire_smaller(double a, uint64_t b)
{
	return b != 0 && (double)b < a ? (double)b : a;
}

/* What each gets now, in thousandths of a byte per microsecond. */
static double
wire_rate(const struct sim_wire *w)
{
	double all = wire_smaller(WIRE_NO_LIMIT, w->bytes_per_s);
	double n = w->sending > 0 ? (double)w->sending : 1;

	return wire_smaller(all / n, w->each_per_s) / 1000;
}

/* Never more than was put: an end is a whole microsecond, up to which more could be given. */
static void
wire_tell_load(struct sim_wire *w, uint64_t from_us, uint64_t till_us)
{
	uint64_t n = (uint64_t)w->bytes;

	if (n > w->owed)
		n = w->owed;
	w->owed -= n;
	w->bytes -= (double)n;
	sim_load_wire(w->load, from_us, till_us, n);
}

/* Before anything changes: what has been given by now. */
static void
wire_catch_up(struct sim_wire *w)
{
	uint64_t now_us = sim_clock_us(w->clock), from_us = w->at_us;
	double given = (double)(now_us - from_us) * wire_rate(w);

	w->at_us = now_us;
	if (w->sending == 0 || now_us == from_us)
		return;
	w->each += given;
	w->bytes += given * (double)w->sending / 1000;
	wire_tell_load(w, from_us, now_us);
}

/* After anything has changed: when is the next one done? */
static void
wire_set(struct sim_wire *w)
{
	uint64_t next = sim_clock_next_us(w->given);
	double left;

	if (w->sending == 0) {
		sim_clock_unset(w->clock, &w->done);
		/* All is gone; what is left is of roundings. */
		sim_load_out(w->load, w->at_us, w->owed);
		w->owed = 0;
		w->bytes = 0;
		return;
	}
	left = (double)next - w->each;
	/* Cannot fail: its place is held. */
	(void)sim_clock_set(
	    w->clock, &w->done, left > 0 ? (uint64_t)ceil(left / wire_rate(w)) : 0);
}

static void
wire_on_done(void *arg)
{
	struct sim_wire *w = arg;

	/* All that end at this moment; who hears of it may put something new. */
	wire_catch_up(w);
	/* A rounding error must not make it late: half a thousandth early will do. */
	while (w->sending > 0 && sim_clock_step(w->given, (uint64_t)(w->each + 0.5)))
		w->sending--;
	wire_set(w);
}

/* ---- slots ---- */

/* The slot first, so that what its owner puts next may take it. */
static void
wire_on_left(void *arg)
{
	struct sim_wire_slot *slot = arg;
	struct sim_wire *w = slot->wire;

	slot->spare = w->spare;
	w->spare = slot;
	w->fn(slot->arg);
}

/* Made when they are needed, kept until the end. */
static struct sim_wire_slot *
wire_slot(struct sim_wire *w)
{
	struct sim_wire_slot *slot = w->spare;

	if (slot != NULL) {
		w->spare = slot->spare;
		return slot;
	}
	slot = mem_new(sizeof *slot);
	if (slot == NULL)
		return NULL;
	slot->ev.fn = wire_on_left;
	slot->ev.arg = slot;
	slot->wire = w;
	slot->next = w->slots;
	w->slots = slot;
	return slot;
}

/* ---- the calls ---- */

int
sim_wire_init(struct sim_wire *w, struct sim_clock *clock, struct sim_load *load,
    sim_wire_fn *fn, uint64_t bytes_per_s)
{
	*w = (struct sim_wire){
		.clock = clock, .load = load, .fn = fn, .bytes_per_s = bytes_per_s
	};
	w->done.fn = wire_on_done;
	w->done.arg = w;
	if (sim_clock_new(&w->given) < 0)
		return -ENOMEM;
	if (sim_clock_hold(clock, &w->done) == 0)
		return 0;
	sim_clock_free(w->given);
	w->given = NULL;
	return -ENOMEM;
}

void
sim_wire_done(struct sim_wire *w)
{
	if (w->given == NULL)
		return;
	sim_clock_let(w->clock, &w->done);
	sim_clock_free(w->given);
	w->given = NULL;
	while (w->slots != NULL) {
		struct sim_wire_slot *slot = w->slots;

		w->slots = slot->next;
		mem_free(slot);
	}
}

void
sim_wire_limit_each(struct sim_wire *w, uint64_t bytes_per_s)
{
	/* Until now by the old limit, from now on by the new one. */
	wire_catch_up(w);
	w->each_per_s = bytes_per_s;
	wire_set(w);
}

bool
sim_wire_is_limited(const struct sim_wire *w)
{
	return w->bytes_per_s != 0 || w->each_per_s != 0;
}

struct sim_wire_slot *
sim_wire_put(struct sim_wire *w, uint64_t bytes, void *arg)
{
	struct sim_wire_slot *slot = wire_slot(w);
	double ahead;

	if (slot == NULL)
		return NULL;
	wire_catch_up(w);
	/* Idle, it begins anew from where its clock stands: numbers stay small and exact. */
	if (w->sending == 0)
		w->each = (double)sim_clock_us(w->given);
	/* Its clock stands where the last one ended, which may be a while ago. */
	ahead = w->each - (double)sim_clock_us(w->given);
	if (sim_clock_set(
		w->given, &slot->ev, (ahead > 0 ? (uint64_t)ahead : 0) + 1000 * bytes) < 0) {
		slot->spare = w->spare;
		w->spare = slot;
		return NULL;
	}
	slot->arg = arg;
	w->owed += bytes;
	w->sending++;
	wire_set(w);
	return slot;
}

void
sim_wire_take(struct sim_wire *w, struct sim_wire_slot *slot)
{
	uint64_t left;

	/* What has not gone yet never will; of others a little more may be told than has gone.
	 */
	wire_catch_up(w);
	left = (double)slot->ev.at_us > w->each
	    ? (uint64_t)(((double)slot->ev.at_us - w->each) / 1000)
	    : 0;
	w->owed -= left < w->owed ? left : w->owed;
	sim_clock_unset(w->given, &slot->ev);
	slot->spare = w->spare;
	w->spare = slot;
	w->sending--;
	wire_set(w);
}
