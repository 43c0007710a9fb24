/* expect.c - see expect.h. */
#include "expect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load.h"

/* What was found for one expectation. */
struct expect_found {
	double v;         /* a count, seconds, bytes */
	double of;        /* what a share is of */
	const char *none; /* why there is nothing to compare; or NULL */
};

static struct expect_found
found(double v, double of)
{
	return (struct expect_found){ .v = v, .of = of };
}

static struct expect_found
found_none(const char *why)
{
	return (struct expect_found){ .none = why };
}

/* ---- what is measured ---------------------------------------------------- */

static struct expect_found
find_phones(const struct expectation *e, const struct report_run *run, const struct metrics *m)
{
	const struct phone_counts *n = &m->phones;
	/* By enum expectation_phones. */
	const uint32_t figures[] = { run->planned, n->started, n->finished, n->failed,
		n->started - n->finished - n->failed };

	return found(figures[e->figure], run->planned);
}

/* The row with this name; the plan has checked that there is one. */
static const struct row_metrics *
row_of(const struct expectation *e, const struct report_run *run, const struct metrics *m)
{
	for (size_t i = 0; i < run->n_rows; i++)
		if (strcmp(run->rows[i].name, e->name) == 0)
			return &m->row[i];
	return NULL;
}

/* Shares are of rows: one that was tried three times is one. */
static struct expect_found
find_step(const struct expectation *e, const struct row_metrics *row)
{
	uint64_t figures[] = { row->attempts, row->done, row->failed, row->skipped,
		metrics_retries(row) };

	return found(
	    (double)figures[e->figure], (double)(row->done + row->failed + row->skipped));
}

static struct expect_found
find_figure(const struct expectation *e, const struct hist *h)
{
	uint64_t us = e->share < 1 ? hist_at(h, e->share) : h->max_us;

	return h->count == 0 ? found_none("no sample") : found((double)us / 1e6, 0);
}

/* Of the tries of all rows. */
static double
tries(const struct report_run *run, const struct metrics *m)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_rows; i++)
		n += m->row[i].attempts;
	return (double)n;
}

static struct expect_found
find_reason(const struct expectation *e, const struct report_run *run, const struct metrics *m)
{
	uint64_t n = 0;
	size_t why = 1;

	while (why < run->n_reasons && strcmp(run->reasons[why], e->name) != 0)
		why++;
	for (size_t i = 0; i < run->n_rows && why < METRICS_REASONS; i++)
		n += m->row[i].reasons[why];
	return found((double)n, tries(run, m));
}

static struct expect_found
find_detail(const struct expectation *e, const struct report_run *run, const struct metrics *m)
{
	for (size_t i = 0; i < run->n_watch; i++)
		if (strcmp(run->watch[i], e->name) == 0)
			return found((double)m->watched[i], tries(run, m));
	return found_none("not counted");
}

/* A rehearsal counts by server, a real run by protocol. */
static struct expect_found
find_server(const struct expectation *e, const struct report_end *end, const struct metrics *m)
{
	const struct load_report *load = end->load;

	for (size_t i = 0; load != NULL && i < load->n_servers; i++) {
		const struct load_server *s = &load->server[i];
		const uint64_t figures[] = { s->requests, s->replies, s->bytes_in,
			s->bytes_out };

		if (strcmp(s->name, e->name) == 0)
			return found((double)figures[e->figure], 0);
	}
	for (size_t i = 0; load == NULL && i < METRICS_SERVICES; i++) {
		const struct service_metrics *s = &m->service[i];
		const uint64_t figures[] = { s->requests, s->replies, s->bytes_in,
			s->bytes_out };

		if (strcmp(metrics_service[i], e->name) == 0)
			return found((double)figures[e->figure], 0);
	}
	return found_none("not counted");
}

static struct expect_found
find(const struct expectation *e, const struct report_run *run, const struct report_end *end)
{
	const struct metrics *m = end->metrics;
	const struct row_metrics *row = row_of(e, run, m);

	switch (e->subject) {
	case EXPECT_PHONES:
		return find_phones(e, run, m);
	case EXPECT_STEP:
		return row != NULL ? find_step(e, row) : found_none("no such step");
	case EXPECT_LATENCY:
		return row != NULL ? find_figure(e, &row->latency) : found_none("no such step");
	case EXPECT_BOOT:
		return find_figure(e, &m->from_intended);
	case EXPECT_REASON:
		return find_reason(e, run, m);
	case EXPECT_DETAIL:
		return find_detail(e, run, m);
	case EXPECT_GUIDE:
		return found((double)m->guide[e->number], run->planned);
	case EXPECT_SERVER:
		return find_server(e, end, m);
	case EXPECT_WALL:
		return found(end->wall_s, 0);
	case EXPECT_CPU:
		return found(end->cpu_user_s + end->cpu_sys_s, 0);
	case EXPECT_RSS:
		return found((double)end->max_rss_bytes, 0);
	case EXPECT_LOOP_LAG:
		return found(m->loop_lag_p99_ms / 1e3, 0);
	case EXPECT_START_LAG:
		return find_figure(e, &m->start_lag);
	case EXPECT_GROUP:
	case EXPECT_GROUP_BOOT:
		break;
	case EXPECT_FIRMWARE:
		return found((double)m->firmware_bytes, 0);
	}
	return found_none("not counted");
}

/* ---- comparing -------------------------------------------------------------- */

/* In the unit that it is compared in. */
static double
in_unit(const struct expectation *e, const struct report_end *end, struct expect_found *f)
{
	if (e->unit == EXPECT_SHARE)
		return f->of > 0 ? f->v / f->of : 0;
	if (e->unit != EXPECT_PER_SECOND && e->unit != EXPECT_BYTES_PER_SECOND)
		return f->v;
	if (end->wall_s <= 0)
		f->none = "no time";
	return f->v / end->wall_s;
}

/* 0.1 is not 10 / 100 in every last bit; counts are whole, so equal is equal. */
static bool
holds(double a, enum expectation_op op, double b)
{
	bool equal = fabs(a - b) <= 1e-12 * fmax(1, fmax(fabs(a), fabs(b)));

	switch (op) {
	case EXPECT_EQ:
		return equal;
	case EXPECT_NE:
		return !equal;
	case EXPECT_LT:
		return a < b && !equal;
	case EXPECT_LE:
		return a < b || equal;
	case EXPECT_GT:
		return a > b && !equal;
	case EXPECT_GE:
		return a > b || equal;
	}
	return false;
}

/* ---- for people -------------------------------------------------------------- */

static void
say_bytes(double v, const char *per, char *out, size_t cap)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	size_t i = 0;

	for (; v >= 1000 && i < 3; i++)
		v /= 1000;
	(void)snprintf(out, cap, "%.6g %s%s", v, units[i], per);
}

/* v is in the unit of the expectation; a share says also of what. */
static void
say(const struct expectation *e, const struct expect_found *f, double v, char *out, size_t cap)
{
	if (f->none != NULL)
		(void)snprintf(out, cap, "%s", f->none);
	else if (e->unit == EXPECT_SHARE)
		(void)snprintf(out, cap, "%.6g%% (%.0f of %.0f)", v * 100, f->v, f->of);
	else if (e->unit == EXPECT_SECONDS)
		(void)snprintf(out, cap, v < 1 ? "%.6g ms" : "%.6g s", v < 1 ? v * 1e3 : v);
	else if (e->unit == EXPECT_BYTES)
		say_bytes(v, "", out, cap);
	else if (e->unit == EXPECT_BYTES_PER_SECOND)
		say_bytes(v, "/s", out, cap);
	else
		(void)snprintf(out, cap, e->unit == EXPECT_COUNT ? "%.0f" : "%.6g/s", v);
}

size_t
expect_judge(
    const struct report_run *run, const struct report_end *end, struct report_expect *out)
{
	size_t n = run->expect != NULL ? run->expect->n : 0;

	for (size_t i = 0; i < n; i++) {
		const struct expectation *e = &run->expect->item[i];
		struct expect_found f = find(e, run, end);
		double v = in_unit(e, end, &f);

		out[i].text = e->text;
		out[i].pass = f.none == NULL && holds(v, e->op, e->value);
		say(e, &f, v, out[i].value, sizeof out[i].value);
	}
	return n;
}
