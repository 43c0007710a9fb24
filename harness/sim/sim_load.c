/* sim_load.c - see sim_load.h. */
#include "sim_load.h"

#include <errno.h>
#include <string.h>

#include "mem.h"

enum {
	LOAD_SECOND_US = 1000000,
	LOAD_BINS = 100, /* of the second that slides along */
	LOAD_BIN_US = LOAD_SECOND_US / LOAD_BINS
};

struct sim_load {
	uint32_t workers;
	uint64_t width_s;
	size_t n_cells;
	struct sim_load_total total;
	/* Work that arrived in the last second, by hundredths; bin is the newest one's number.
	 */
	uint64_t work[LOAD_BINS], work_sum, most_work, bin;
	struct sim_load_cell cell[SIM_CELLS_MAX];
};

int
sim_load_new(uint32_t workers, struct sim_load **out)
{
	struct sim_load *l = mem_new(sizeof *l);

	if (l == NULL)
		return -ENOMEM;
	l->workers = workers;
	l->width_s = 1;
	l->total.full_at_us = SIM_NEVER;
	*out = l;
	return 0;
}

void
sim_load_free(struct sim_load *l)
{
	mem_free(l);
}

/* ---- cells ---- */

/* Counts add up; of what is longest the longer one stays. */
static void
cell_add(struct sim_load_cell *to, const struct sim_load_cell *from)
{
	to->requests += from->requests;
	to->replies += from->replies;
	to->bytes_in += from->bytes_in;
	to->bytes_out += from->bytes_out;
	to->work_us += from->work_us;
	to->busy_us += from->busy_us;
	to->wire_us += from->wire_us;
	to->mishaps += from->mishaps;
	if (from->wait_us > to->wait_us)
		to->wait_us = from->wait_us;
	if (from->waiting > to->waiting)
		to->waiting = from->waiting;
}

/* Two and two become one, twice as wide. */
static void
load_fold(struct sim_load *l)
{
	for (size_t i = 0; i < SIM_CELLS_MAX / 2; i++) {
		struct sim_load_cell both = l->cell[2 * i];

		cell_add(&both, &l->cell[2 * i + 1]);
		l->cell[i] = both;
	}
	memset(&l->cell[SIM_CELLS_MAX / 2], 0, SIM_CELLS_MAX / 2 * sizeof l->cell[0]);
	l->n_cells = (l->n_cells + 1) / 2;
	l->width_s *= 2;
}

/* The one of this time; it may have to be made room for. */
static struct sim_load_cell *
load_cell(struct sim_load *l, uint64_t at_us)
{
	uint64_t second = at_us / LOAD_SECOND_US;

	while (second / l->width_s >= SIM_CELLS_MAX)
		load_fold(l);
	if (second / l->width_s >= l->n_cells)
		l->n_cells = (size_t)(second / l->width_s) + 1;
	if (at_us > l->total.last_us)
		l->total.last_us = at_us;
	return &l->cell[second / l->width_s];
}

/* ---- the second that counts from 0, and the one that slides ---- */

/* Each by its own second: the wire tells later than others what happened. */
static void
load_peak(struct sim_load_peak *p, uint64_t at_us, uint64_t n)
{
	uint64_t second = at_us / LOAD_SECOND_US;

	p->now = p->now_s == second ? p->now + n : n;
	p->now_s = second;
	if (p->now <= p->most)
		return;
	p->most = p->now;
	p->at_s = second;
}

/* The bins since the newest one have stayed empty. */
static void
load_slide(struct sim_load *l, uint64_t at_us)
{
	uint64_t bin = at_us / LOAD_BIN_US;

	for (unsigned i = 0; l->bin < bin && i < LOAD_BINS; i++) {
		l->bin++;
		l->work_sum -= l->work[l->bin % LOAD_BINS];
		l->work[l->bin % LOAD_BINS] = 0;
	}
	if (bin > l->bin)
		l->bin = bin;
}

/* It counts when it is asked for, not when it is done: a full server does no more than it can.
 */
static void
load_work(struct sim_load *l, uint64_t at_us, uint64_t work_us)
{
	load_cell(l, at_us)->work_us += work_us;
	l->total.work_us += work_us;
	/* The last hundredths, this one included: never more than a second. */
	load_slide(l, at_us);
	l->work[l->bin % LOAD_BINS] += work_us;
	l->work_sum += work_us;
	if (l->work_sum > l->most_work)
		l->most_work = l->work_sum;
	if (l->work_sum >= (uint64_t)l->workers * LOAD_SECOND_US &&
	    l->total.full_at_us == SIM_NEVER)
		l->total.full_at_us = at_us;
}

/* ---- what the link tells ---- */

void
sim_load_request(struct sim_load *l, uint64_t at_us, uint64_t bytes, uint64_t work_us)
{
	struct sim_load_cell *c = load_cell(l, at_us);

	c->requests++;
	c->bytes_in += bytes;
	l->total.requests++;
	l->total.bytes_in += bytes;
	load_peak(&l->total.requests_peak, at_us, 1);
	load_peak(&l->total.in_peak, at_us, bytes);
	load_work(l, at_us, work_us);
}

void
sim_load_handshake(struct sim_load *l, uint64_t at_us, uint64_t work_us)
{
	l->total.handshakes++;
	load_work(l, at_us, work_us);
}

void
sim_load_queue(struct sim_load *l, uint64_t at_us, size_t waiting)
{
	struct sim_load_cell *c = load_cell(l, at_us);

	if (waiting > c->waiting)
		c->waiting = (uint32_t)waiting;
	if (waiting > l->total.waiting)
		l->total.waiting = waiting;
}

void
sim_load_begun(struct sim_load *l, uint64_t at_us, uint64_t waited_us)
{
	struct sim_load_cell *c = load_cell(l, at_us);

	if (waited_us > c->wait_us)
		c->wait_us = waited_us;
	l->total.waits_us += waited_us;
	if (waited_us <= l->total.longest_wait_us)
		return;
	l->total.longest_wait_us = waited_us;
	l->total.longest_wait_at_us = at_us;
}

/* Cell by cell; the last one first, so that they become wider before, not in the middle. */
void
sim_load_busy(struct sim_load *l, uint64_t from_us, uint64_t till_us)
{
	uint64_t width_us, end_us;

	(void)load_cell(l, till_us);
	l->total.busy_us += till_us - from_us;
	for (width_us = l->width_s * LOAD_SECOND_US; from_us < till_us; from_us = end_us) {
		end_us = (from_us / width_us + 1) * width_us;
		if (end_us > till_us)
			end_us = till_us;
		load_cell(l, from_us)->busy_us += end_us - from_us;
	}
}

void
sim_load_reply(struct sim_load *l, uint64_t at_us)
{
	load_cell(l, at_us)->replies++;
	l->total.replies++;
}

void
sim_load_out(struct sim_load *l, uint64_t at_us, uint64_t bytes)
{
	load_cell(l, at_us)->bytes_out += bytes;
	l->total.bytes_out += bytes;
	load_peak(&l->total.out_peak, at_us, bytes);
}

/* Second by second, since the peak is one of seconds; the last takes what roundings left. */
void
sim_load_wire(struct sim_load *l, uint64_t from_us, uint64_t till_us, uint64_t bytes)
{
	(void)load_cell(l, till_us);
	l->total.wire_us += till_us - from_us;
	while (from_us < till_us) {
		uint64_t end_us = (from_us / LOAD_SECOND_US + 1) * LOAD_SECOND_US;
		uint64_t part_us = (end_us < till_us ? end_us : till_us) - from_us;
		uint64_t n = bytes;

		if (end_us < till_us)
			n = (uint64_t)((double)bytes * (double)part_us /
			    (double)(till_us - from_us));
		load_cell(l, from_us)->wire_us += part_us;
		sim_load_out(l, from_us, n);
		bytes -= n;
		from_us += part_us;
	}
}

void
sim_load_mishap(struct sim_load *l, uint64_t at_us, enum sim_mishap mishap)
{
	load_cell(l, at_us)->mishaps++;
	l->total.mishap[mishap]++;
}

/* ---- what the report asks ---- */

const struct sim_load_total *
sim_load_total(const struct sim_load *l)
{
	return &l->total;
}

const struct sim_load_cell *
sim_load_cells(const struct sim_load *l, size_t *n_out, uint64_t *width_s_out)
{
	*n_out = l->n_cells;
	*width_s_out = l->width_s;
	return l->cell;
}

uint32_t
sim_load_workers(const struct sim_load *l)
{
	return l->workers;
}

double
sim_load_saturation(const struct sim_load *l)
{
	return (double)l->most_work / ((double)l->workers * LOAD_SECOND_US);
}

double
sim_load_utilisation(const struct sim_load *l, uint64_t till_us)
{
	if (till_us == 0)
		return 0;
	return (double)l->total.busy_us / ((double)l->workers * (double)till_us);
}

const char *
sim_mishap_name(enum sim_mishap mishap)
{
	static const char *const name[SIM_MISHAPS] = { "dropped", "duplicated", "reordered",
		"corrupted", "delayed", "refused", "reset", "truncated", "overflowed" };

	return mishap < SIM_MISHAPS ? name[mishap] : "?";
}
