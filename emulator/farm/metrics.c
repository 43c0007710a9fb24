/* metrics.c - see metrics.h. */
#include "metrics.h"

#include <string.h>

const char *const metrics_service[METRICS_SERVICES] = { "dhcp", "dns", "ntp", "kdc", "ldap",
	"http", "https", "sip", "other" };

/* The numbers of a done row, each counted once a phone. */
static void
metrics_guide(struct metrics *m, const struct farm_row *row, uint32_t *seen)
{
	if (row->first == 0)
		return;
	for (unsigned n = row->first; n <= row->last && n <= METRICS_GUIDE; n++) {
		if (!(*seen >> n & 1))
			m->guide[n]++;
		*seen |= UINT32_C(1) << n;
	}
}

void
metrics_try(struct metrics *m, const struct farm_row *rows, const struct instance_row *t,
    uint32_t *guide_seen)
{
	struct row_metrics *row = &m->row[t->row];

	m->firmware_bytes += t->firmware_bytes;
	if (t->verdict == INSTANCE_SKIPPED) {
		row->skipped++;
		return;
	}
	row->attempts++;
	m->without_descriptor += t->no_descriptor;
	/* Reasons are counted by try, the row's end only once. */
	if (t->why != 0 && t->why < METRICS_REASONS && t->verdict != INSTANCE_DONE)
		row->reasons[t->why]++;
	if (t->verdict == INSTANCE_NOT_DONE)
		row->failed++;
	if (t->verdict != INSTANCE_DONE)
		return;
	row->done++;
	hist_add(&row->latency, t->ended_us - t->started_us);
	/* A row may stand for several of the guide's numbers. */
	metrics_guide(m, &rows[t->row], guide_seen);
}

void
metrics_watch(
    struct metrics *m, const char *const *watch, size_t n, const struct instance_row *t)
{
	if (t->detail == NULL || t->verdict == INSTANCE_SKIPPED)
		return;
	for (size_t i = 0; i < n && i < METRICS_WATCHES; i++)
		m->watched[i] += strncmp(t->detail, watch[i], strlen(watch[i])) == 0;
}

/* Counts add, histograms merge bucket by bucket. */
static void
metrics_merge_row(struct row_metrics *to, const struct row_metrics *from)
{
	to->attempts += from->attempts;
	to->done += from->done;
	to->failed += from->failed;
	to->skipped += from->skipped;
	for (size_t i = 0; i < METRICS_REASONS; i++)
		to->reasons[i] += from->reasons[i];
	hist_merge(&to->latency, &from->latency);
}

static void
metrics_merge_phones(struct phone_counts *to, const struct phone_counts *from)
{
	to->started += from->started;
	to->arrived += from->arrived;
	to->finished += from->finished;
	to->failed += from->failed;
	to->off += from->off;
	to->signed_out += from->signed_out;
	for (size_t i = 0; i < METRICS_ROWS; i++)
		to->at[i] += from->at[i];
}

static void
metrics_merge_service(struct service_metrics *to, const struct service_metrics *from)
{
	to->requests += from->requests;
	to->replies += from->replies;
	to->bytes_out += from->bytes_out;
	to->bytes_in += from->bytes_in;
}

static void
metrics_merge_group(struct group_metrics *to, const struct group_metrics *from)
{
	to->started += from->started;
	to->finished += from->finished;
	to->failed += from->failed;
	hist_merge(&to->boot, &from->boot);
}

/* Percentiles cannot be added: the worst shard speaks for all. */
static void
metrics_merge_lag(struct metrics *to, const struct metrics *from)
{
	if (from->loop_lag_p99_ms <= to->loop_lag_p99_ms)
		return;
	to->loop_lag_p99_ms = from->loop_lag_p99_ms;
	to->loop_lag_shard = from->loop_lag_shard;
}

void
metrics_merge(struct metrics *to, const struct metrics *from)
{
	if (from->n_rows > to->n_rows)
		to->n_rows = from->n_rows;
	for (size_t i = 0; i < from->n_rows; i++)
		metrics_merge_row(&to->row[i], &from->row[i]);
	for (size_t n = 1; n <= METRICS_GUIDE; n++)
		to->guide[n] += from->guide[n];
	to->firmware_bytes += from->firmware_bytes;

	hist_merge(&to->start_lag, &from->start_lag);
	hist_merge(&to->from_intended, &from->from_intended);
	hist_merge(&to->from_actual, &from->from_actual);
	metrics_merge_phones(&to->phones, &from->phones);
	for (size_t i = 0; i < METRICS_WATCHES; i++)
		to->watched[i] += from->watched[i];
	for (size_t i = 0; i < METRICS_SERVICES; i++)
		metrics_merge_service(&to->service[i], &from->service[i]);
	if (from->n_groups > to->n_groups)
		to->n_groups = from->n_groups;
	for (size_t i = 0; i < from->n_groups; i++)
		metrics_merge_group(&to->group[i], &from->group[i]);
	to->without_descriptor += from->without_descriptor;
	metrics_merge_lag(to, from);
}

/* Each row that ended took one try; the rest were again. */
uint64_t
metrics_retries(const struct row_metrics *row)
{
	return row->attempts - (row->done + row->failed);
}
