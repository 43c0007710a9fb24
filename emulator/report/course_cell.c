/* course_cell.c - one step in one span, and the heat map's bands; see course.h. */
#include <errno.h>
#include <string.h>

#include "course_priv.h"
#include "mem.h"

/* ---- the heat map's bands ---------------------------------------------------------- */

/* Below this many microseconds it is one band; above, an octave is cut at 5/4 and 25/16, which
 * are edges of the histogram's buckets too. */
enum { BAND_FIRST_LOG = 9 };

unsigned
course_band(uint64_t us)
{
	unsigned top, part, band;

	if (us >> BAND_FIRST_LOG == 0)
		return 0;
	top = 63 - (unsigned)__builtin_clzll(us);
	part = (unsigned)(us >> (top - 4) & 15);
	band = 1 + 3 * (top - BAND_FIRST_LOG) + (part >= 4) + (part >= 9);
	return band < COURSE_BANDS ? band : COURSE_BANDS - 1;
}

double
course_band_ms(unsigned band)
{
	static const double part[] = { 1.25, 1.5625, 2 };
	double octave_ms = (double)(UINT64_C(1) << BAND_FIRST_LOG) / 1e3;

	if (band + 1 >= COURSE_BANDS)
		return 0;
	if (band == 0)
		return octave_ms;
	return octave_ms * (double)(UINT64_C(1) << (band - 1) / 3) * part[(band - 1) % 3];
}

/* ---- a step in a span -------------------------------------------------------------- */

/* The scratch becomes the cell's bins, and is zero again. */
static void
cell_gather(struct course *c, struct course_cell *cell)
{
	struct course_bin *bin;
	uint32_t n = 0;

	for (unsigned i = 0; i < HIST_BUCKETS; i++)
		n += c->scratch[i] != 0;
	bin = n > 0 ? mem_realloc(cell->bin, n * sizeof *bin) : cell->bin;
	if (bin == NULL && n > 0) {
		memset(c->scratch, 0, sizeof c->scratch);
		c->err = -ENOMEM;
		return;
	}
	cell->bin = bin;
	cell->n_bins = 0;
	for (unsigned i = 0; i < HIST_BUCKETS && n > 0; i++) {
		if (c->scratch[i] == 0)
			continue;
		bin[cell->n_bins++] = (struct course_bin){ i, c->scratch[i] };
		c->scratch[i] = 0;
	}
}

static void
cell_scatter(struct course *c, const struct course_cell *cell)
{
	for (uint32_t i = 0; i < cell->n_bins; i++)
		c->scratch[cell->bin[i].bucket] += cell->bin[i].count;
}

/* What a row has counted since the last time. */
void
course_cell_grow(struct course *c, struct course_cell *cell, const struct row_metrics *now,
    const struct row_metrics *last)
{
	const struct hist *h = &now->latency, *before = &last->latency;
	unsigned top = 0;

	cell->done += (uint32_t)(now->done - last->done);
	cell->failed += (uint32_t)(now->failed - last->failed);
	cell->retries += (uint32_t)(metrics_retries(now) - metrics_retries(last));
	if (h->count == before->count)
		return;
	cell_scatter(c, cell);
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		if (h->bucket[i] == before->bucket[i])
			continue;
		c->scratch[i] += h->bucket[i] - before->bucket[i];
		top = i;
	}
	cell_gather(c, cell);
	/* The run's greatest value is known exactly, a span's only if it is that one. */
	if (h->max_us > before->max_us)
		cell->max_us = h->max_us;
	else if (hist_top(top) > cell->max_us)
		cell->max_us = hist_top(top) < h->max_us ? hist_top(top) : h->max_us;
}

void
course_cell_join(struct course *c, struct course_cell *to, const struct course_cell *from)
{
	to->done += from->done;
	to->failed += from->failed;
	to->retries += from->retries;
	if (from->max_us > to->max_us)
		to->max_us = from->max_us;
	if (from->n_bins == 0)
		return;
	cell_scatter(c, to);
	cell_scatter(c, from);
	cell_gather(c, to);
}

uint64_t
course_cell_at(const struct course_cell *cell, double p)
{
	uint64_t count = 0, seen = 0, want;

	for (uint32_t i = 0; i < cell->n_bins; i++)
		count += cell->bin[i].count;
	want = (uint64_t)(p * (double)count + 0.999999);
	for (uint32_t i = 0; i < cell->n_bins; i++) {
		uint64_t top = hist_top(cell->bin[i].bucket);

		seen += cell->bin[i].count;
		if (seen >= want)
			return top < cell->max_us ? top : cell->max_us;
	}
	return cell->max_us;
}
