/* expect_find.c - see expect_find.h. */
#include "expect_find.h"

#include <string.h>

#include "load.h"

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

/* Shares are of the planned. */
static struct expect_found
found_phones(const struct expectation *e, uint32_t planned, uint32_t started, uint32_t finished,
    uint32_t failed)
{
	/* By enum expectation_phones. */
	const uint32_t figures[] = { planned, started, finished, failed,
		started - finished - failed };

	return found(figures[e->figure], planned);
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

/* The number of the group with this name; run->n_groups: there is none. */
static size_t
group_of(const struct expectation *e, const struct report_run *run)
{
	size_t i = 0;

	while (i < run->n_groups && strcmp(run->groups[i].name, e->name) != 0)
		i++;
	return i;
}

/* Shares are of the group's phones. */
static struct expect_found
find_group(const struct expectation *e, const struct report_run *run, const struct metrics *m)
{
	size_t i = group_of(e, run);
	const struct group_metrics *n = &m->group[i];

	if (i == run->n_groups)
		return found_none("no such group");
	return found_phones(e, report_group_phones(run, i), n->started, n->finished, n->failed);
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

struct expect_found
expect_find(
    const struct expectation *e, const struct report_run *run, const struct report_end *end)
{
	const struct metrics *m = end->metrics;
	const struct phone_counts *n = &m->phones;
	const struct row_metrics *row = row_of(e, run, m);
	size_t group = group_of(e, run);

	switch (e->subject) {
	case EXPECT_PHONES:
		return found_phones(e, run->planned, n->started, n->finished, n->failed);
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
		return find_group(e, run, m);
	case EXPECT_GROUP_BOOT:
		return group < run->n_groups ? find_figure(e, &m->group[group].boot)
					     : found_none("no such group");
	case EXPECT_FIRMWARE:
		return found((double)m->firmware_bytes, 0);
	}
	return found_none("not counted");
}
