/* step_case.c - see step_case.h. */
#include "step_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "step_wire.h"
#include "trace.h"

enum { SEED = 11, IMAGE = 64 << 10 };

static const uint64_t S = 1000000, HOUR = 3600ull * 1000000;

/* ---- one walk ------------------------------------------------------------------------------
 */

static bool
is_of_leaving(const char *step)
{
	return strcmp(step, "sip_sign_out") == 0 || strcmp(step, "dhcp_release") == 0;
}

static bool
is_chore(const char *step)
{
	return journey_find(step) == NULL && !is_of_leaving(step);
}

static void
on_leave(void *arg)
{
	journey_leave(((struct rehearsal *)arg)->phone[0].j);
}

/* A firmware that knows every row, in a pool that wants every row walked. */
static struct rehearsal *
world(const char *step, const struct faults *faults)
{
	static struct servers servers;
	struct rehearsal *r;

	servers_default(&servers);
	servers.dhcp.lease_s = 3600;
	servers.dhcp.voice_vlan = 200;
	servers.update.size = IMAGE; /* each world makes its own */
	(void)snprintf(servers.update.version, sizeof servers.update.version, "3.5.6907.35");
	r = rehearsal_new(&(struct rehearsal_cfg){ .phones = 1,
	    .seed = SEED,
	    .profile = "cx700-1.0.522.101",
	    .servers = &servers,
	    .faults = faults,
	    .leave = true,
	    .stay_us = is_chore(step) ? 3 * HOUR
		: is_of_leaving(step) ? HOUR
				      : 0 });
	r->profile->dhcp.wait_jitter_ms = 0; /* so that each wait is the table's */
	rehearsal_on(r, 0, 0);
	return r;
}

/* Leave a minute after power-on, when all is done. */
static void
leave_if_wanted(struct rehearsal *r, const char *step, struct sim_event *leave)
{
	*leave = (struct sim_event){ .fn = on_leave, .arg = r };
	if (is_of_leaving(step))
		assert_int_equal(sim_clock_set(r->clock, leave, 60 * S), 0);
}

static bool
is_over(const struct rehearsal *r)
{
	enum journey_state state = r->phone[0].state;

	return sim_now_us(r->sim) > 0 && state != JOURNEY_WALKING && state != JOURNEY_STAYING &&
	    state != JOURNEY_LEAVING;
}

static void
run(struct rehearsal *r, uint64_t until_us)
{
	while (!is_over(r) && sim_step(r->sim, until_us))
		;
}

uint64_t
step_case_begins(const char *step)
{
	struct rehearsal *r = world(step, NULL);
	const struct rehearsal_row *row;
	struct sim_event leave;
	uint64_t at;

	leave_if_wanted(r, step, &leave);
	run(r, 4 * HOUR);
	row = rehearsal_row(r, 0, step, 0);
	if (row == NULL)
		rehearsal_show(r, 0);
	assert_non_null(row);
	at = row->started_us;
	sim_clock_unset(r->clock, &leave);
	rehearsal_free(r);
	return at;
}

void
step_case_play(struct step_case *c)
{
	static struct faults faults;
	struct sim_event leave;
	struct rehearsal_phone *p;

	if (c->started_us == 0)
		c->started_us = step_case_begins(c->step);
	faults = (struct faults){ .n = c->server != SERVERS_COUNT };
	if (faults.n != 0) {
		struct fault *f = &faults.fault[0];

		*f = (struct fault){
			.from_us = c->started_us, .for_us = c->for_us, .deed = c->deed
		};
		(void)snprintf(f->server, sizeof f->server, "%s", servers_name[c->server]);
	}
	c->r = world(c->step, &faults);
	step_wire_on(c);
	leave_if_wanted(c->r, c->step, &leave);
	run(c->r, c->started_us + (is_chore(c->step) ? HOUR / 2 : 6 * HOUR));
	sim_clock_unset(c->r->clock, &leave);

	p = &c->r->phone[0];
	while (c->first_row < p->n_rows &&
	    (p->row[c->first_row].ended_us < c->started_us ||
		strcmp(p->row[c->first_row].step, c->step) != 0))
		c->first_row++;
	assert_true(c->first_row < p->n_rows);
}

void
step_case_free(struct step_case *c)
{
	rehearsal_free(c->r);
	*c = (struct step_case){ 0 };
}

/* ---- what became of it ----------------------------------------------------------------------
 */

/* The nth telling of this row, tries too: its place among all, or n_rows. */
static size_t
telling(const struct step_case *c, size_t nth)
{
	const struct rehearsal_phone *p = &c->r->phone[0];
	size_t i = c->first_row;

	for (; i < p->n_rows; i++)
		if (strcmp(p->row[i].step, c->step) == 0 && nth-- == 0)
			break;
	return i;
}

static void
words(char *out, const char *verdict, const struct rehearsal_row *row)
{
	if (row->why == WHY_NONE)
		(void)snprintf(out, 128, "%s%s%s", verdict, row->detail[0] != '\0' ? " " : "",
		    row->detail);
	else
		(void)snprintf(out, 128, "%s%s%s %s", verdict, verdict[0] != '\0' ? " " : "",
		    reason_name(row->why), row->detail);
}

const char *
step_case_outcome(const struct step_case *c, char out[STEP_CASE_TEXT])
{
	const struct rehearsal_phone *p = &c->r->phone[0];
	const struct rehearsal_row *first = &p->row[c->first_row], *last = first;
	char begin[128], end[128];
	bool same = true;
	size_t n = 1;

	for (; !last->final && telling(c, n) < p->n_rows; n++) {
		last = &p->row[telling(c, n)];
		same =
		    same && last->why == first->why && strcmp(last->detail, first->detail) == 0;
	}
	words(begin, "", first);
	words(end, verdict_name(last->verdict), last);
	if (n == 1)
		(void)snprintf(out, STEP_CASE_TEXT, "%s", end);
	else if (same)
		(void)snprintf(out, STEP_CASE_TEXT, "%s x%zu", end, n);
	else
		(void)snprintf(out, STEP_CASE_TEXT, "%s, then %s x%zu", begin, end, n);
	return out;
}

/* How many rows had been told when this one began. */
static size_t
told_before(const struct step_case *c)
{
	const struct rehearsal_phone *p = &c->r->phone[0];
	size_t n = 0;

	while (n < c->first_row && p->row[n].ended_us <= c->started_us)
		n++;
	return n;
}

const char *
step_case_story(
    const struct step_case *c, size_t nth, const char *among, char out[STEP_CASE_TEXT])
{
	size_t from = nth > 0 ? telling(c, nth - 1) + 1 : told_before(c), to = telling(c, nth);
	uint64_t first_us = UINT64_MAX;
	size_t n = 0;

	out[0] = '\0';
	if (to == c->r->phone[0].n_rows)
		return out;
	for (size_t i = 0; i < c->n_sent; i++) {
		const struct step_sent *s = &c->sent[i];

		if (s->row < from || s->row > to ||
		    (among != NULL && strstr(among, s->what) == NULL))
			continue;
		if (first_us == UINT64_MAX)
			first_us = s->at_us;
		n += (size_t)snprintf(out + n, STEP_CASE_TEXT - n, "%s%s+%.6g",
		    n > 0 ? " " : "", s->what, (double)(s->at_us - first_us) / 1e6);
	}
	return out;
}

/* ---- cut off
 * ----------------------------------------------------------------------------------- */

bool
step_case_cut(const char *step, uint64_t begins_us, size_t events)
{
	long before = mem_out();
	struct rehearsal *r = world(step, NULL);
	struct sim_event leave;
	bool going;

	leave_if_wanted(r, step, &leave);
	(void)sim_run(r->sim, begins_us);
	while (events-- > 0 && rehearsal_told(r, 0, step) == 0 && sim_step(r->sim, UINT64_MAX))
		;
	going = rehearsal_told(r, 0, step) == 0;
	journey_power_off(r->phone[0].j);
	assert_int_equal(sim_open(r->sim), 0);
	sim_clock_unset(r->clock, &leave);
	rehearsal_free(r);
	assert_int_equal(mem_out(), before);
	return going;
}
