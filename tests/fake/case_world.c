/* case_world.c - see case_world.h. */
#include "case_world.h"

#include <assert.h>
#include <string.h>

#include "mem.h"

enum { NUMBERS = 64, MS = 1000 };

static const uint64_t DAY_US = 24ull * 3600 * 1000000;

/* ---- the rows -------------------------------------------------------------- */

static void
row_begins(struct case_world *c)
{
	c->begun = true;
	c->began_us = sim_now_us(c->r->sim);
}

static void
on_told(void *arg, const struct journey_row *row)
{
	struct case_world *c = arg;

	if (row->leg->step == c->cases->step) {
		c->tells++;
		c->ended = c->ended || row->final;
	} else if (!c->begun && row->final && row->leg->step == c->rows[c->at - 1].step) {
		row_begins(c);
	}
}

/* The chore's row with this step. */
static const struct leg *
chore_row(const struct step_ops *step)
{
	for (size_t i = 0; i < chores_count; i++)
		for (size_t k = 0; k < chores_table[i].n_rows; k++)
			if (chores_table[i].rows[k].step == step)
				return &chores_table[i].rows[k];
	return NULL;
}

/* The journey's own; a chore's row comes behind them. */
static void
rows_take(struct case_world *c)
{
	assert(journey_rows < CASE_ROWS_MAX);
	c->n_rows = journey_rows;
	memcpy(c->rows, journey_table, journey_rows * sizeof *journey_table);
	for (c->at = 0; c->at < c->n_rows; c->at++)
		if (c->rows[c->at].step == c->cases->step)
			break;
	if (c->at < c->n_rows) {
		c->n_rows = c->at + 1;
		return;
	}
	assert(chore_row(c->cases->step) != NULL);
	c->rows[c->n_rows++] = *chore_row(c->cases->step);
}

/* ---- making one -------------------------------------------------------------- */

/* Near, quick, and with the habits of these cases. */
static void
take_habits(void *arg, struct servers *servers, struct faults *faults)
{
	const struct case_world *c = arg;
	struct fault *f = &faults->fault[0];

	for (int id = 0; id < SERVERS_COUNT; id++)
		servers->cost[id] =
		    (struct servers_cost){ .workers = 1000, .latency_us = CASE_LATENCY_US };
	if (c->cases->habits != NULL)
		c->cases->habits(servers);
	if (c->mood == NULL)
		return;
	faults->n = 1;
	f->deed = c->mood->fault;
	f->from_us = CASE_NOT_YET_US;
	(void)strcpy(f->server, servers_name[c->mood->server]);
}

struct case_world *
case_world_new(const struct step_cases *cases, const struct case_mood *mood)
{
	struct case_world *c = mem_new(sizeof *c);
	uint32_t numbers[NUMBERS];

	assert(c != NULL);
	c->cases = cases;
	c->mood = mood;
	rows_take(c);
	c->r = rehearsal_new(&(struct rehearsal_cfg){ .phones = 1,
	    .habits = take_habits,
	    .seed = 1,
	    .profile = cases->profile,
	    .table = c->rows,
	    .n_rows = c->n_rows,
	    .between = case_way_between,
	    .told = on_told,
	    .arg = c });
	c->r->plan.stage_loops = 0;
	/* The middle, and yet no two numbers alike: transaction numbers are drawn from it, too.
	 */
	for (uint32_t i = 0; i < NUMBERS; i++)
		numbers[i] = 0x80000000u + i;
	sim_random(c->r->sim, numbers, NUMBERS);
	return c;
}

void
case_world_free(struct case_world *c)
{
	journey_power_off(c->r->phone[0].j);
	assert(sim_open(c->r->sim) == 0);
	rehearsal_free(c->r);
	mem_free(c);
}

/* ---- running ---------------------------------------------------------------------- */

void
case_world_begin(struct case_world *c)
{
	if (c->at == 0)
		row_begins(c);
	journey_power_on(c->r->phone[0].j);
	while (!c->begun && sim_step(c->r->sim, DAY_US))
		;
	assert(c->begun);
}

bool
case_world_step(struct case_world *c)
{
	return !c->ended && sim_step(c->r->sim, 30 * DAY_US);
}

void
case_world_end(struct case_world *c)
{
	while (case_world_step(c))
		;
	(void)sim_run(c->r->sim, sim_now_us(c->r->sim) + DAY_US);
}

/* ---- looking ------------------------------------------------------------------------ */

const struct rehearsal_row *
case_world_row(const struct case_world *c)
{
	return rehearsal_last(c->r, 0, c->cases->step->name);
}

void
case_world_sent(const struct case_world *c, struct buf *out)
{
	for (size_t i = 0; i < c->n_sent; i++) {
		const struct case_sent *s = &c->sent[i];
		uint64_t us = s->at_us - c->began_us;

		if (i == 0 || s->to != c->sent[i - 1].to)
			buf_printf(out, "%s%s", i == 0 ? "" : " ", servers_name[s->to]);
		buf_printf(out, s->deed == SIM_OPENED ? " +%llu" : " %llu",
		    (unsigned long long)(us / MS));
		if (us % MS != 0)
			buf_printf(out, ".%03u", (unsigned)(us % MS));
	}
}
