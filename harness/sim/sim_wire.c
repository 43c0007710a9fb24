/* sim_wire.c - see sim_wire.h. */
#include "sim_wire.h"

#include <errno.h>
#include <math.h>

/* More than any wire; instead of none. */
#define WIRE_NO_LIMIT 1e12

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

/* Before anything changes: what has been given by now. */
static void
wire_catch_up(struct sim_wire *w)
{
	uint64_t now_us = sim_clock_us(w->clock);

	if (w->sending > 0) {
		w->each += (double)(now_us - w->at_us) * wire_rate(w);
		sim_load_wire(w->load, w->at_us, now_us);
	}
	w->at_us = now_us;
}

/* After anything has changed: when is the next one done? */
static void
wire_set(struct sim_wire *w)
{
	uint64_t next = sim_clock_next_us(w->given);
	double left;

	if (w->sending == 0) {
		sim_clock_unset(w->clock, &w->done);
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

	wire_catch_up(w);
	/* A rounding error must not make it late: half a thousandth early will do. */
	while (w->sending > 0 && sim_clock_step(w->given, (uint64_t)(w->each + 0.5)))
		w->sending--;
	wire_set(w);
}

int
sim_wire_init(
    struct sim_wire *w, struct sim_clock *clock, struct sim_load *load, uint64_t bytes_per_s)
{
	*w = (struct sim_wire){ .clock = clock, .load = load, .bytes_per_s = bytes_per_s };
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
}

void
sim_wire_limit_each(struct sim_wire *w, uint64_t bytes_per_s)
{
	wire_catch_up(w);
	w->each_per_s = bytes_per_s;
	wire_set(w);
}

bool
sim_wire_is_limited(const struct sim_wire *w)
{
	return w->bytes_per_s != 0 || w->each_per_s != 0;
}

int
sim_wire_put(struct sim_wire *w, struct sim_event *ev, uint64_t bytes)
{
	double ahead;
	int rc;

	wire_catch_up(w);
	/* Idle, it begins anew from where its clock stands: numbers stay small and exact. */
	if (w->sending == 0)
		w->each = (double)sim_clock_us(w->given);
	ahead = w->each - (double)sim_clock_us(w->given);
	rc = sim_clock_set(w->given, ev, (ahead > 0 ? (uint64_t)ahead : 0) + 1000 * bytes);
	if (rc < 0)
		return rc;
	w->sending++;
	wire_set(w);
	return 0;
}

void
sim_wire_take(struct sim_wire *w, struct sim_event *ev)
{
	wire_catch_up(w);
	sim_clock_unset(w->given, ev);
	w->sending--;
	wire_set(w);
}
