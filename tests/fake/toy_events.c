/* toy_events.c - events for toys, and what became of them.  See toy_farm.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "toy_farm.h"

#define S UINT64_C(1000000)

struct toy_farm *
toy_farm_ten(void)
{
	struct toy_farm *all = toy_farm_new(10);

	for (unsigned row = 0; row < TOY_CHORE; row++)
		all->row_us[row] = (row + 1) * S;
	return all;
}

const struct farm_end *
toy_farm_run_with(struct toy_farm *all, const struct farm_event *events, size_t n)
{
	all->cfg.events = events;
	all->cfg.n_events = n;
	return toy_farm_run(all);
}

/* No more than the tests write; the real reader is config/'s. */
static struct phones
toy_phones(const char *who)
{
	struct phones p = { 0 };
	char *end;
	unsigned long first = strtoul(who, &end, 10), last;

	if (*end == '%') {
		p.share = (double)first / 100;
		return p;
	}
	for (;; first = strtoul(end + 1, &end, 10)) {
		last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
		p.range[p.n_ranges++] =
		    (struct phones_range){ (uint32_t)first, (uint32_t)last };
		if (*end != ',')
			return p;
	}
}

struct farm_event
toy_event(enum scenario_deed what, uint64_t at_us, const char *who)
{
	return (struct farm_event){ .what = what, .at_us = at_us, .phones = toy_phones(who) };
}

struct farm_event
toy_event_row(enum scenario_deed what, unsigned row, const char *who)
{
	struct farm_event event = toy_event(what, 0, who);

	event.by_row = true;
	event.row = row;
	return event;
}

void
toy_times_are(const struct toy_times *times, unsigned n, ...)
{
	va_list at;

	assert_int_equal(times->n, n);
	va_start(at, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(times->at_us[i], va_arg(at, uint64_t));
	va_end(at);
}

struct farm_event
toy_cycle(uint64_t at_us, uint64_t off_us, const char *who)
{
	struct farm_event event = toy_event(SCENARIO_POWER_CYCLE, at_us, who);

	event.off_for.a_us = off_us;
	return event;
}

struct farm_event
toy_cycle_row(unsigned row, uint64_t off_us, const char *who)
{
	struct farm_event event = toy_event_row(SCENARIO_POWER_CYCLE, row, who);

	event.off_for.a_us = off_us;
	return event;
}
