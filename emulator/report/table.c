/* table.c - the table of steps at the end of a run.  See live.h. */
#include "live.h"

#define TABLE_GREEN "\033[32m"
#define TABLE_RED "\033[31m"
#define TABLE_PLAIN "\033[0m"

/* "17", "17-18", or "-" for a row that is not in the guide. */
static void
table_guide(struct buf *out, const struct farm_row *row)
{
	char text[16] = "-";
	struct buf b;

	buf_over(&b, text, sizeof text);
	if (row->first != 0 && row->first == row->last)
		buf_printf(&b, "%u", row->first);
	else if (row->first != 0)
		buf_printf(&b, "%u-%u", row->first, row->last);
	buf_printf(out, "%5s", text);
}

/* Only those that came up, at the end of the line. */
static void
table_reasons(struct buf *out, const struct report_run *run, const struct row_metrics *m)
{
	for (size_t why = 1; why < run->n_reasons && why < METRICS_REASONS; why++)
		if (m->reasons[why] != 0)
			buf_printf(out, "  %s %llu", run->reasons[why],
			    (unsigned long long)m->reasons[why]);
}

/* Latencies in milliseconds; dashes where nothing was done. */
static void
table_row(struct buf *out, const struct report_run *run, const struct farm_row *row,
    const struct row_metrics *m)
{
	table_guide(out, row);
	buf_printf(out, " %-21s %8llu %7llu %7llu %7llu", row->name,
	    (unsigned long long)m->done, (unsigned long long)m->failed,
	    (unsigned long long)m->skipped, (unsigned long long)metrics_retries(m));
	if (m->latency.count > 0)
		buf_printf(out, " %9.1f %9.1f %9.1f", (double)hist_at(&m->latency, 0.5) / 1e3,
		    (double)hist_at(&m->latency, 0.99) / 1e3, (double)m->latency.max_us / 1e3);
	else
		buf_printf(out, " %9s %9s %9s", "-", "-", "-");
	table_reasons(out, run, m);
	buf_text(out, "\n");
}

/* From both starts, because only the intended one shows a farm that was late. */
static void
table_boot(struct buf *out, const char *from, const struct hist *h)
{
	if (h->count == 0)
		return;
	buf_printf(out,
	    "boot from the %s start: p50 %.2f s, p95 %.2f s, p99 %.2f s, max %.2f s\n", from,
	    (double)hist_at(h, 0.5) / 1e6, (double)hist_at(h, 0.95) / 1e6,
	    (double)hist_at(h, 0.99) / 1e6, (double)h->max_us / 1e6);
}

/* How each group came off; the boot times are from the intended start. */
static void
table_groups(struct buf *out, const struct report_run *run, const struct metrics *m)
{
	for (size_t i = 0; i < run->n_groups; i++) {
		const struct group_metrics *g = &m->group[i];

		buf_printf(out, "group %-15s %u planned, %u started: %u finished, %u failed",
		    run->groups[i].name, report_group_phones(run, i), g->started, g->finished,
		    g->failed);
		if (g->boot.count > 0)
			buf_printf(out, "; boot p50 %.2f s, p99 %.2f s",
			    (double)hist_at(&g->boot, 0.5) / 1e6,
			    (double)hist_at(&g->boot, 0.99) / 1e6);
		buf_text(out, "\n");
	}
}

/* Each expectation, what was measured, and whether it holds. */
static void
table_expect(struct buf *out, const struct live_look *look, const struct report_end *end)
{
	for (size_t i = 0; i < end->n_expect; i++) {
		const struct report_expect *e = &end->expect[i];

		if (look->colour)
			buf_text(out, e->pass ? TABLE_GREEN : TABLE_RED);
		buf_text(out, e->pass ? "holds " : "broken");
		if (look->colour)
			buf_text(out, TABLE_PLAIN);
		buf_printf(out, "  %-40s is %s\n", e->text, e->value);
	}
}

/* The two last lines: the phones, and the verdict with its reason. */
static void
table_end(struct buf *out, const struct report_run *run, const struct live_look *look,
    const struct report_end *end)
{
	const struct phone_counts *n = &end->metrics->phones;
	const char *colour = end->verdict == REPORT_PASS ? TABLE_GREEN : TABLE_RED;

	buf_printf(out,
	    "%u phones planned, %u started: %u finished, %u failed, %u unfinished, in %.1f s;"
	    " %.1f MB of firmware\n",
	    run->planned, n->started, n->finished, n->failed,
	    n->started - n->finished - n->failed, end->wall_s,
	    (double)end->metrics->firmware_bytes / 1e6);
	buf_printf(out, "%s%s%s", look->colour ? colour : "", report_verdict_name(end->verdict),
	    look->colour ? TABLE_PLAIN : "");
	if (end->why != NULL)
		buf_printf(out, ": %s", end->why);
	buf_text(out, "\n");
}

void
live_table(const struct report_run *run, const struct live_look *look,
    const struct report_end *end, struct buf *out)
{
	buf_printf(out, "%5s %-21s %8s %7s %7s %7s %9s %9s %9s  lost tries\n", "guide", "step",
	    "done", "failed", "skipped", "retries", "p50 ms", "p99 ms", "max ms");
	for (size_t i = 0; i < run->n_rows; i++) {
		const struct row_metrics *m = &end->metrics->row[i];

		/* A chore that never came up is not worth a line. */
		if (!run->rows[i].chore || m->attempts + m->skipped > 0)
			table_row(out, run, &run->rows[i], m);
	}
	table_boot(out, "intended", &end->metrics->from_intended);
	table_boot(out, "actual", &end->metrics->from_actual);
	table_groups(out, run, end->metrics);
	table_expect(out, look, end);
	table_end(out, run, look, end);
}
